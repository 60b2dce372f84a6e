import type { RequestOptions } from "./options.js";
import type { Transport } from "./transport.js";
import type * as voice from "./voice.js";

const PATH = "/recording";

/** The recordings of a call. */
export class Recordings {
  constructor(private readonly transport: Transport) {}

  start(body: voice.StartRecordingRequest, options?: RequestOptions): Promise<voice.StartRecordingResponse> {
    return this.transport.send({ method: "POST", path: PATH, body }, options);
  }

  get(query: voice.GetRecordingQuery, options?: RequestOptions): Promise<voice.GetRecordingResponse> {
    return this.transport.send({ method: "GET", path: PATH, query }, options);
  }

  update(body: voice.UpdateRecordingRequest, options?: RequestOptions): Promise<voice.UpdateRecordingResponse> {
    return this.transport.send({ method: "PATCH", path: PATH, body }, options);
  }

  stop(query: voice.StopRecordingQuery, options?: RequestOptions): Promise<voice.StopRecordingResponse> {
    return this.transport.send({ method: "DELETE", path: PATH, query }, options);
  }
}
