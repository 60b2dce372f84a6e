/** Server-sent events out of the text of a stream. Pure. */

export interface Frame {
  /** Empty for an event without a name. */
  name: string;
  id: string | null;
  data: string;
}

/** A longer frame is none of ours, and is left out. */
const MAX_CHARS = 1_000_000;
const END = /\r?\n\r?\n/;
/** One character less than the longest end of a frame. */
const END_CHARS = 3;

export class FrameParser {
  #rest = "";
  /** `#rest` is the end of a frame that is left out. */
  #isTooLong = false;

  /** The frames that this piece completes; comments are none. */
  push(text: string): Frame[] {
    const blocks = (this.#rest + text).split(END);
    this.#rest = blocks.pop() ?? "";
    if (this.#isTooLong && blocks.length > 0) {
      blocks.shift();
      this.#isTooLong = false;
    }
    if (this.#rest.length > MAX_CHARS) this.#isTooLong = true;
    if (this.#isTooLong) this.#rest = this.#rest.slice(-END_CHARS);
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
