import { expect, test } from "vitest";
import { sentenceOf } from "../src/console/words.ts";

test.each([
  ["ai-agent-0123456789ab", "agent", "The agent"],
  ["ai-agent-recorder-0123456789ab", "agent", "The hidden recorder"],
  ["user-1", "caller", "Caller user-1"],
  ["user-3", "other", "user-3"],
] as const)("%s comes and goes as %s", (identity, party, name) => {
  expect(sentenceOf({ kind: "participant_joined", identity, party }).text).toBe(`${name} joined`);
  expect(sentenceOf({ kind: "participant_left", identity, party, why: "lost" })).toEqual({
    text: `${name} left (lost)`,
    tone: "warn",
  });
});
