import { expect, test } from "vitest";
import { endingOf } from "../src/words/endings.ts";

test("an end without a known reason has words too", () => {
  expect(endingOf(null, "other").title).not.toBe("");
  expect(endingOf("a_reason_of_a_newer_service" as never, "other").title).not.toBe("");
});

test.each([
  ["caller_hung_up", "caller", "You hung up."],
  ["caller_hung_up", "callee", "The caller hung up."],
  ["callee_hung_up", "callee", "You hung up."],
  ["declined", "callee", "The caller has been told."],
] as const)("%s, told to the %s", (reason, side, advice) => {
  expect(endingOf(reason, side).advice).toBe(advice);
});
