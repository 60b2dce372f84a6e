import assert from "node:assert/strict";
import { test } from "node:test";
import { placeInRecording } from "../src/index.js";

const words = { startMs: 35_000, endMs: 36_500 };

test("what is said 5 s after the recording began is 5 s into the file", () => {
  assert.deepEqual(placeInRecording({ recordingStartOffsetMs: 30_000 }, words), { startMs: 5_000, endMs: 6_500 });
});

test("what began before is heard from the file's beginning on", () => {
  assert.deepEqual(placeInRecording({ recordingStartOffsetMs: 36_000 }, words), { startMs: 0, endMs: 500 });
});

test("what was said before it or behind its end is not in it", () => {
  assert.equal(placeInRecording({ recordingStartOffsetMs: 36_500 }, words), null);
  assert.equal(placeInRecording({ recordingStartOffsetMs: 24_000 }, words, 11_000), null);
});

test("where nobody knows when it began, it began with the call", () => {
  assert.deepEqual(placeInRecording({ recordingStartOffsetMs: null }, words), words);
});
