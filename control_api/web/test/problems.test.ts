import { afterEach, expect, test, vi } from "vitest";

import { VoiceApiError, VoiceConnectionError, VoiceRateLimitError } from "voice-client";
import { microphoneProblem, problemOf } from "../src/words/problems.ts";

function apiError(code: string, status = 409, details = {}) {
  return new VoiceApiError(status, code, "Conflict", "A sentence of the service.", null, details, null);
}

test("a code that is known has our words", () => {
  expect(problemOf(apiError("too_many_calls")).title).toBe("You have other calls open");
});

test.each([
  ["a_new_code", 409],
  ["a_new_code", 500],
  ["invalid_request", 400],
  ["method_not_allowed", 405],
])("of %s people see no word that is for programs", (code, status) => {
  const { title, advice } = problemOf(apiError(code, status, { field: "metadata" }));
  expect(`${title} ${advice}`).not.toMatch(/Conflict|sentence|metadata|request|[a-z][A-Z]|_/);
});

test.each([
  ["calleeId", "must be somebody else", "That is you"],
  ["calleeId", "must be the id of a user", "Nobody has such an id"],
  ["roomName", "must be 1 to 128 of the characters", "This name cannot be used"],
])("%s %s", (field, problem, title) => {
  const details = { field, problems: [{ field, problem }] };
  expect(problemOf(apiError("invalid_request", 400, details)).title).toBe(title);
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
  vi.stubGlobal("navigator", { mediaDevices: {} });
  expect(microphoneProblem(new DOMException("", "NotAllowedError")).title).toBe("The microphone is blocked");
  expect(microphoneProblem(new Error("?")).title).toBe("The microphone does not work");
});

test("a page that is given no microphone at all, and why", () => {
  const missing = new TypeError("Cannot read properties of undefined (reading 'getUserMedia')");
  vi.stubGlobal("navigator", {});
  expect(microphoneProblem(missing).title).toBe("This browser gives no microphone");
  vi.stubGlobal("isSecureContext", false);
  expect(microphoneProblem(missing).advice).toContain("https://");
});

afterEach(() => vi.unstubAllGlobals());
