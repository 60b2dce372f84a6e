import assert from "node:assert/strict";
import { test } from "node:test";
import { retryAfterMs, VoiceApiError, VoiceConnectionError } from "../src/errors.js";
import { DEFAULT_RETRY, waitMs } from "../src/retry.js";

const answered = (status: number, asked: number | null = null) => new VoiceApiError(status, "x", "x", "x", null, {}, asked);

test("waits grow, are spread by chance, and have a cap", () => {
  const policy = { ...DEFAULT_RETRY, attempts: 99, baseMs: 100, capMs: 1_000 };
  const longest = [1, 2, 3, 4, 5, 6].map((attempt) => waitMs(new VoiceConnectionError("x"), attempt, policy, () => 1));
  assert.deepEqual(longest, [100, 200, 400, 800, 1_000, 1_000]);
  assert.equal(waitMs(answered(503), 3, policy, () => 0.25), 100);
});

test("what the service asks for comes first", () => {
  assert.equal(waitMs(answered(503, 5_000), 1, DEFAULT_RETRY, () => 0), 5_000);
  assert.equal(waitMs(answered(429, DEFAULT_RETRY.maxRetryAfterMs + 1), 1, DEFAULT_RETRY, () => 0), null);
});

test("only what can pass is tried again", () => {
  const statuses = [400, 401, 403, 404, 408, 409, 413, 425, 429, 500, 501, 502, 503, 504];
  const again = statuses.filter((status) => waitMs(answered(status), 1, DEFAULT_RETRY, () => 0) !== null);
  assert.deepEqual(again, [408, 425, 429, 502, 503, 504]);
  assert.equal(waitMs(new TypeError("a mistake in the program"), 1, DEFAULT_RETRY, () => 0), null);
  assert.equal(waitMs(answered(503), DEFAULT_RETRY.attempts, DEFAULT_RETRY, () => 0), null);
});

test("Retry-After as seconds and as a date", () => {
  const nowMs = Date.parse("2026-01-01T00:00:00Z");
  assert.equal(retryAfterMs("3", nowMs), 3_000);
  assert.equal(retryAfterMs("Thu, 01 Jan 2026 00:00:09 GMT", nowMs), 9_000);
  assert.equal(retryAfterMs("Wed, 31 Dec 2025 00:00:00 GMT", nowMs), 0);
  assert.deepEqual([retryAfterMs(null, nowMs), retryAfterMs("", nowMs), retryAfterMs("soon", nowMs)], [null, null, null]);
});
