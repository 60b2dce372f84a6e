import type { RequestOptions } from "./options.js";
import type { Transport } from "./transport.js";
import type * as voice from "./voice.js";

const PATH = "/agent";

/** The AI agent of a running call. */
export class Agents {
  constructor(private readonly transport: Transport) {}

  spawn(body: voice.SpawnAgentRequest, options?: RequestOptions): Promise<voice.SpawnAgentResponse> {
    return this.transport.send({ method: "POST", path: PATH, body }, options);
  }

  get(query: voice.GetAgentQuery, options?: RequestOptions): Promise<voice.GetAgentResponse> {
    return this.transport.send({ method: "GET", path: PATH, query }, options);
  }

  update(body: voice.UpdateAgentRequest, options?: RequestOptions): Promise<voice.UpdateAgentResponse> {
    return this.transport.send({ method: "PATCH", path: PATH, body }, options);
  }

  remove(query: voice.RemoveAgentQuery, options?: RequestOptions): Promise<voice.RemoveAgentResponse> {
    return this.transport.send({ method: "DELETE", path: PATH, query }, options);
  }
}
