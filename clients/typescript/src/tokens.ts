import type { RequestOptions } from "./options.js";
import type { Transport } from "./transport.js";
import type * as voice from "./voice.js";

/** Tokens to join a call with. */
export class Tokens {
  constructor(private readonly transport: Transport) {}

  create(body: voice.CreateTokenRequest = {}, options?: RequestOptions): Promise<voice.CreateTokenResponse> {
    return this.transport.send({ method: "POST", path: "/token", body }, options);
  }
}
