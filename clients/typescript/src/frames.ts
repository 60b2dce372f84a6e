/** Server-sent events out of the text of a stream. Pure. */

export interface Frame {
  /** Empty for an event without a name. */
  name: string;
  id: string | null;
  data: string;
}

/** A frame that does not end is no stream of ours. */
const MAX_CHARS = 1_000_000;

export class FrameParser {
  #rest = "";

  /** The frames that this piece completes; comments are none. */
  push(text: string): Frame[] {
    const blocks = (this.#rest + text).split(/\r?\n\r?\n/);
    this.#rest = blocks.pop() ?? "";
    if (this.#rest.length > MAX_CHARS) throw new RangeError("an event is too large");
    return blocks.map(frameOf).filter((frame) => frame !== null);
  }
}

function frameOf(block: string): Frame | null {
  const frame: Frame = { name: "", id: null, data: "" };
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const at = line.indexOf(":");
    const value = line.slice(at + 1).replace(/^ /, "");
    switch (at < 0 ? line : line.slice(0, at)) {
      case "event":
        frame.name = value;
        break;
      case "id":
        frame.id = value;
        break;
      case "data":
        data.push(value);
        break;
    }
  }
  frame.data = data.join("\n");
  return data.length > 0 ? frame : null;
}
