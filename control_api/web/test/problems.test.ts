import { expect, test } from "vitest";
import { VoiceApiError, VoiceConnectionError, VoiceRateLimitError } from "voice-client";
import { microphoneProblem, problemOf } from "../src/words/problems.ts";

function apiError(code: string, status = 409) {
  return new VoiceApiError(status, code, "Conflict", "A sentence of the service.", null, {}, null);
}

test("a code that is known has our words", () => {
  expect(problemOf(apiError("too_many_calls")).title).toBe("You have other calls open");
});

test("one that is not has the service's", () => {
  expect(problemOf(apiError("a_new_code"))).toEqual({ title: "Conflict", advice: "A sentence of the service." });
});

test.each([
  [null, "Try again in a minute."],
  [59_000, "Try again in a minute."],
  [61_000, "Try again in 2 minutes."],
])("how long to wait: %s ms", (retryAfterMs, advice) => {
  const base = new VoiceApiError(429, "rate_limited", "Too many requests", "", null, {}, retryAfterMs);
  expect(problemOf(new VoiceRateLimitError(base, 10, 0, null)).advice).toBe(advice);
});

test("no answer at all", () => {
  expect(problemOf(new VoiceConnectionError("x")).advice).toContain("network");
});

test("a microphone that the person has refused, and any other", () => {
  expect(microphoneProblem(new DOMException("", "NotAllowedError")).title).toBe("The microphone is blocked");
  expect(microphoneProblem(new Error("?")).title).toBe("The microphone does not work");
});
