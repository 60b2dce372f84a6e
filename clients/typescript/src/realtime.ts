import type { RequestOptions } from "./options.js";
import type { Transport } from "./transport.js";
import type * as voice from "./voice.js";

const PATH = "/realtime";

/** The model session behind a call's agent. */
export class Realtime {
  constructor(private readonly transport: Transport) {}

  start(body: voice.StartRealtimeRequest, options?: RequestOptions): Promise<voice.StartRealtimeResponse> {
    return this.transport.send({ method: "POST", path: PATH, body }, options);
  }

  get(query: voice.GetRealtimeQuery, options?: RequestOptions): Promise<voice.GetRealtimeResponse> {
    return this.transport.send({ method: "GET", path: PATH, query }, options);
  }

  /** The agent leaves; the call goes on. */
  end(query: voice.EndRealtimeQuery, options?: RequestOptions): Promise<voice.EndRealtimeResponse> {
    return this.transport.send({ method: "DELETE", path: PATH, query }, options);
  }
}
