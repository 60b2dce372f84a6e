/** The service's stream of events, by fetch, so that it can be signed in by a token: one connection, until it ends. */
import type { TokenProvider } from "voice-client";

export interface Frame {
  name: string;
  id: string | null;
  data: string;
}

export async function* frames(
  token: TokenProvider | undefined,
  lastId: string | null,
  signal: AbortSignal,
): AsyncGenerator<Frame> {
  const bearer = await token?.({ skipCache: false });
  const response = await fetch("/api/voice/events", {
    headers: {
      Accept: "text/event-stream",
      ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
      ...(lastId === null ? {} : { "Last-Event-ID": lastId }),
    },
    signal,
  });
  if (!response.ok || response.body === null) throw new Error(`The stream answered ${response.status}.`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parts = new FrameParts();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield* parts.add(value);
  }
}

/** Cuts the text of a stream into its frames. Pure. */
export class FrameParts {
  #rest = "";

  add(text: string): Frame[] {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map(frameOf).filter((frame) => frame.data !== "");
  }
}

function frameOf(block: string): Frame {
  const fields = new Map(
    block.split("\n").map((line) => {
      const [name = "", ...rest] = line.split(":");
      return [name, rest.join(":").trimStart()];
    }),
  );
  return { name: fields.get("event") ?? "message", id: fields.get("id") ?? null, data: fields.get("data") ?? "" };
}
