/** A tiny HTTP server that answers as a test says, one request after the other, and keeps what it was asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

export type Reply =
  | { status: number; body?: unknown; headers?: Record<string, string> }
  /** Closes the connection without an answer. */
  | "hang-up"
  /** Never answers. */
  | "silence";

export class TinyServer {
  readonly seen: Seen[] = [];
  readonly #replies: Reply[] = [];
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      this.seen.push({
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: text ? JSON.parse(text) : null,
      });
      answer(response, this.#replies.shift() ?? { status: 500, body: { error: "the test planned no answer" } });
    });
  });

  plan(...replies: Reply[]): void {
    this.#replies.push(...replies);
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function answer(response: ServerResponse, reply: Reply): void {
  if (reply === "silence") return;
  if (reply === "hang-up") {
    response.socket?.destroy();
    return;
  }
  response.writeHead(reply.status, { "Content-Type": "application/json", ...reply.headers });
  response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? {}));
}

export const failed = (status: number, code: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "X-Request-Id": "request-1", ...headers },
  body: { error: "Words", message: "A sentence.", details: { code, requestId: "request-1" } },
});
