import type { RequestOptions } from "./options.js";
import type { Transport } from "./transport.js";
import type * as voice from "./voice.js";

/** The worker processes; for admins. */
export class Workers {
  constructor(private readonly transport: Transport) {}

  list(options?: RequestOptions): Promise<voice.WorkerList> {
    return this.transport.send({ method: "GET", path: "/workers" }, options);
  }
}

/** What all calls together were like; for admins. */
export class Statistics {
  constructor(private readonly transport: Transport) {}

  get(query: voice.GetStatsQuery = {}, options?: RequestOptions): Promise<voice.Stats> {
    return this.transport.send({ method: "GET", path: "/stats", query }, options);
  }
}
