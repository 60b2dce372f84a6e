import { expect, test } from "vitest";
import { endingOf } from "../src/words/endings.ts";

test("an end without a known reason has words too", () => {
  expect(endingOf(null).title).not.toBe("");
  expect(endingOf("a_reason_of_a_newer_service" as never).title).not.toBe("");
});
