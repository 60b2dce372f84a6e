import { expect, test } from "vitest";
import { type Caption, withCaption } from "../src/call/captions.ts";

function caption(id: string, text: string, isFinal = false): Caption {
  return { id, speaker: "ann", text, isFinal };
}

test("a segment that grows stays where it is", () => {
  const before = [caption("1", "Where"), caption("2", "Hello")];
  expect(withCaption(before, caption("1", "Where is it?", true)).map((each) => each.text)).toEqual([
    "Where is it?",
    "Hello",
  ]);
});

test("only the newest 200 are kept", () => {
  let captions: Caption[] = [];
  for (let index = 0; index < 205; index += 1) captions = withCaption(captions, caption(String(index), "x", true));
  expect([captions.length, captions[0]?.id]).toEqual([200, "5"]);
});
