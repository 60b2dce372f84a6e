import type { RequestOptions } from "./options.js";
import type { Transport } from "./transport.js";
import type * as voice from "./voice.js";

const PATH = "/session";

type ListQuery = Omit<voice.GetSessionQuery, "roomName" | "callId" | "include">;

/** Calls: open, find, change, end. */
export class Sessions {
  constructor(private readonly transport: Transport) {}

  create(body: voice.CreateSessionRequest = {}, options?: RequestOptions): Promise<voice.CreateSessionResponse> {
    return this.transport.send({ method: "POST", path: PATH, body }, options);
  }

  /** The newest call of a room, or the one with this id; `include: "timeline"` for its log. */
  async get(which: ({ roomName: string } | { callId: string }) & Pick<voice.GetSessionQuery, "include">, options?: RequestOptions): Promise<voice.SessionDetail> {
    const found = await this.transport.send<voice.SessionFound>({ method: "GET", path: PATH, query: which }, options);
    return found.session;
  }

  list(query: ListQuery = {}, options?: RequestOptions): Promise<voice.SessionList> {
    return this.transport.send({ method: "GET", path: PATH, query }, options);
  }

  /** All of them, page by page, newest first. */
  async *all(query: Omit<ListQuery, "limit" | "offset"> = {}, options?: RequestOptions): AsyncGenerator<voice.SessionItem> {
    const limit = 100;
    for (let offset = 0; ; offset += limit) {
      const page = await this.list({ ...query, limit, offset }, options);
      yield* page.sessions;
      if (page.count < limit || offset + page.count >= page.total) return;
    }
  }

  update(body: voice.UpdateSessionRequest, options?: RequestOptions): Promise<voice.UpdateSessionResponse> {
    return this.transport.send({ method: "PATCH", path: PATH, body }, options);
  }

  /** A call that has ended before is answered as it ended. */
  end(query: voice.EndSessionQuery, options?: RequestOptions): Promise<voice.EndSessionResponse> {
    return this.transport.send({ method: "DELETE", path: PATH, query }, options);
  }
}
