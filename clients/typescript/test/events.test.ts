import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Followed, FollowOptions } from "../src/events.js";
import { FrameParser } from "../src/frames.js";
import { VoiceApiError, VoiceClient, type VoiceClientOptions } from "../src/index.js";
import { failed, type Reply, TinyServer } from "./server.js";

const QUICK = { baseMs: 1, capMs: 2 };
let server: TinyServer;
let baseUrl: string;

beforeEach(async () => {
  server = new TinyServer();
  baseUrl = await server.start();
});
afterEach(() => server.stop());

const ready = (id: number, isResumed: boolean) => `retry: 1000\nid: ${id}\nevent: ready\ndata: {"isResumed": ${isResumed}}\n\n`;
const told = (id: number) => `id: ${id}\ndata: {"id": ${id}, "event": {"kind": "ringing"}}\n\n`;
const bye = 'event: bye\ndata: {"why": "expired"}\n\n';
const stream = (...frames: string[]): Reply => ({ status: 200, headers: { "Content-Type": "text/event-stream" }, body: frames.join("") });

/** The first `count` things that a follower is told, and then it leaves. */
async function follow(count: number, options: FollowOptions = {}, client: VoiceClientOptions = {}): Promise<Followed[]> {
  const found: Followed[] = [];
  for await (const one of new VoiceClient({ baseUrl, retry: QUICK, ...client }).events.follow({}, options)) {
    found.push(one);
    if (found.length === count) break;
  }
  return found;
}

const ids = (found: Followed[]) =>
  found.map((one) => {
    if (one.type === "event") return one.event.id;
    return one.type === "ready" ? `${one.lastEventId} ${one.isResumed}` : one.type;
  });
const sent = (name: string) => server.seen.map((seen) => seen.headers[name]);

test("a stream that ends is opened again where it was", async () => {
  server.plan(stream(ready(7, false), told(8), ":\n\n", told(11), bye), stream(ready(11, true), told(12)));
  assert.deepEqual(ids(await follow(5)), ["7 false", 8, 11, "11 true", 12]);
  assert.deepEqual(sent("last-event-id"), [undefined, "11"]);
  assert.deepEqual(sent("accept"), ["text/event-stream", "text/event-stream"]);
});

test("that a stream is gone is told before there is one again", async () => {
  server.plan(stream(ready(7, false), told(8), bye), stream(ready(8, true)));
  let lost = 0;
  const found: string[] = [];
  for await (const one of new VoiceClient({ baseUrl, retry: QUICK }).events.follow({}, { onLost: () => { lost += 1; } })) {
    found.push(`${one.type} ${lost}`);
    if (found.length === 3) break;
  }
  assert.deepEqual(found, ["ready 0", "event 0", "ready 1"]);
});

test("that workers have changed is told, and moves the place in the stream by nothing", async () => {
  server.plan(stream(ready(7, false), told(8), "event: workers\ndata: {}\n\n", bye), stream(ready(8, true)));
  assert.deepEqual(ids(await follow(4)), ["7 false", 8, "workers", "8 true"]);
  assert.deepEqual(sent("last-event-id"), [undefined, "8"]);
});

test("it goes on across refusals that pass, and from where the caller says", async () => {
  server.plan(failed(503, "too_many_connections", { "Retry-After": "0" }), "hang-up", failed(429, "rate_limited"), stream(ready(5, true), told(6)));
  assert.deepEqual(ids(await follow(2, { lastEventId: 5 })), ["5 true", 6]);
  assert.deepEqual(sent("last-event-id"), ["5", "5", "5", "5"]);
});

test("an expired sign-in is fetched afresh; none at all is an error", async () => {
  const token = ({ skipCache }: { skipCache: boolean }) => (skipCache ? "fresh" : "stale");
  const refused: Reply = { status: 401, body: { error: "Unauthorized" } };
  server.plan(refused, stream(ready(1, false), told(2)));
  await follow(2, {}, { token });
  assert.deepEqual(sent("authorization"), ["Bearer stale", "Bearer fresh"]);
  server.plan(refused, refused);
  await assert.rejects(follow(1, {}, { token }), (error: VoiceApiError) => error.status === 401);
});

test("what will not pass is an error", async () => {
  server.plan(failed(403, "forbidden"));
  await assert.rejects(follow(1), (error: VoiceApiError) => error instanceof VoiceApiError && error.code === "forbidden");
});

test("a connection without a sign of life is given up, and a signal ends all", async () => {
  server.plan("silence", stream(ready(1, false)));
  assert.deepEqual(ids(await follow(1, { idleMs: 30 })), ["1 false"]);
  server.plan("silence");
  const abort = new AbortController();
  const following = follow(1, { signal: abort.signal });
  while (server.seen.length < 3) await new Promise((resolve) => setImmediate(resolve));
  abort.abort(new Error("enough"));
  await assert.rejects(following, /enough/);
});

test("frames come whole, in whatever pieces they are sent", () => {
  const text = `${ready(3, true)}:\r\n\r\n${told(4)}data: a\ndata: b\n\n`;
  for (const size of [1, 2, 7, text.length]) {
    const parser = new FrameParser();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...parser.push(text.slice(at, at + size)));
    assert.deepEqual(found.map((frame) => [frame.name, frame.id, frame.data]), [
      ["ready", "3", '{"isResumed": true}'],
      ["", "4", '{"id": 4, "event": {"kind": "ringing"}}'],
      ["", null, "a\nb"],
    ]);
  }
});

test("a frame that is too long is left out, wherever it is cut, and what follows it is not", () => {
  for (const tail of ["\n\n", "\r\n\r\n"]) {
    for (let at = 0; at <= tail.length; at += 1) {
      const parser = new FrameParser();
      const pieces = [`${told(3)}data: ${"x".repeat(1_000_001)}`, tail.slice(0, at), `${tail.slice(at)}${told(4)}`];
      assert.deepEqual(
        pieces.flatMap((piece) => parser.push(piece)).map((frame) => frame.id),
        ["3", "4"],
      );
    }
  }
});

test("a frame that cannot be read costs that frame, not the stream", async () => {
  const broken = ["id: 9\ndata: {\n\n", "id: 10\ndata: null\n\n", 'id: x\ndata: {"id": "x"}\n\n', "event: ready\ndata: nothing\n\n"];
  server.plan(stream(ready(7, false), told(8), ...broken, told(12), bye), stream(ready(12, true)));
  assert.deepEqual(ids(await follow(4)), ["7 false", 8, 12, "12 true"]);
  assert.deepEqual(sent("last-event-id"), [undefined, "12"]);
});

test("a stream is read without a TextDecoderStream", async () => {
  const { TextDecoderStream } = globalThis;
  Reflect.deleteProperty(globalThis, "TextDecoderStream");
  try {
    const umlaut = 'id: 8\ndata: {"id": 8, "roomName": "Grüße"}\n\n';
    server.plan(stream(ready(7, false), umlaut));
    assert.deepEqual(ids(await follow(2)), ["7 false", 8]);
  } finally {
    globalThis.TextDecoderStream = TextDecoderStream;
  }
});
