import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { VoiceApiError, VoiceClient, type VoiceClientOptions, VoiceConnectionError, VoiceRateLimitError } from "../src/index.js";
import { failed, TinyServer } from "./server.js";

const ENDED = { status: 200, body: { success: true, message: "Session ended successfully", duration: 3 } };
const CREATED = { status: 200, body: { success: true, message: "ok", session: { callId: "1", roomName: "room", token: "t" } } };
const QUICK = { baseMs: 1, capMs: 2 };

let server: TinyServer;
let baseUrl: string;

beforeEach(async () => {
  server = new TinyServer();
  baseUrl = await server.start();
});
afterEach(() => server.stop());

const client = (options: VoiceClientOptions = {}) => new VoiceClient({ baseUrl, retry: QUICK, ...options });

test("each method sends what the contract says", async () => {
  const voice = client();
  const ok = { status: 200, body: { success: true, session: { callId: "1" }, sessions: [], count: 0, total: 0 } };
  const calls: [() => Promise<unknown>, string, unknown][] = [
    [() => voice.sessions.create({ callType: "support" }), "POST /api/voice/session", { callType: "support" }],
    [() => voice.sessions.get({ roomName: "a-b" }), "GET /api/voice/session?roomName=a-b", null],
    [() => voice.sessions.list({ status: "completed", limit: 20, offset: 0 }), "GET /api/voice/session?status=completed&limit=20&offset=0", null],
    [() => voice.sessions.update({ roomName: "r", status: "completed" }), "PATCH /api/voice/session", { roomName: "r", status: "completed" }],
    [() => voice.sessions.end({ roomName: "r" }), "DELETE /api/voice/session?roomName=r", null],
    [() => voice.tokens.create({ roomName: "r" }), "POST /api/voice/token", { roomName: "r" }],
    [() => voice.agents.spawn({ roomName: "r" }), "POST /api/voice/agent", { roomName: "r" }],
    [() => voice.agents.get({ listAll: true }), "GET /api/voice/agent?listAll=true", null],
    [() => voice.agents.update({ roomName: "r", status: "active" }), "PATCH /api/voice/agent", { roomName: "r", status: "active" }],
    [() => voice.agents.remove({ roomName: "r" }), "DELETE /api/voice/agent?roomName=r", null],
    [() => voice.realtime.start({ roomName: "r" }), "POST /api/voice/realtime", { roomName: "r" }],
    [() => voice.realtime.get({ roomName: "r" }), "GET /api/voice/realtime?roomName=r", null],
    [() => voice.realtime.end({ roomName: "r" }), "DELETE /api/voice/realtime?roomName=r", null],
    [() => voice.recordings.start({ roomName: "r", fileType: "ogg" }), "POST /api/voice/recording", { roomName: "r", fileType: "ogg" }],
    [() => voice.recordings.get({ roomName: "r", egressId: "EG_1" }), "GET /api/voice/recording?roomName=r&egressId=EG_1", null],
    [() => voice.recordings.update({ roomName: "r", transcript: "t" }), "PATCH /api/voice/recording", { roomName: "r", transcript: "t" }],
    [() => voice.recordings.stop({ roomName: "r" }), "DELETE /api/voice/recording?roomName=r", null],
  ];
  for (const [call, line, body] of calls) {
    server.plan(ok);
    await call();
    const seen = server.seen.at(-1);
    assert.equal(`${seen?.method} ${seen?.url}`, line);
    assert.deepEqual(seen?.body, body);
    assert.equal(seen?.headers["idempotency-key"] !== undefined, line.startsWith("POST"), line);
  }
});

test("a list is read to its end, page by page", async () => {
  const page = (count: number, total: number) => ({
    status: 200,
    body: { success: true, count, total, sessions: Array.from({ length: count }, (_, n) => ({ callId: String(n) })) },
  });
  server.plan(page(100, 130), page(30, 130));
  let count = 0;
  for await (const _ of client().sessions.all({ status: "completed" })) count += 1;
  assert.equal(count, 130);
  assert.deepEqual(server.seen.map((seen) => new URL(seen.url, baseUrl).searchParams.get("offset")), ["0", "100"]);
});

test("a POST is repeated with the key that it had, and the next one has another", async () => {
  server.plan(failed(503, "livekit_unreachable"), "hang-up", CREATED, CREATED);
  const voice = client();
  assert.equal((await voice.sessions.create()).session.token, "t");
  await voice.sessions.create();
  const keys = server.seen.map((seen) => seen.headers["idempotency-key"]);
  assert.equal(new Set(keys.slice(0, 3)).size, 1);
  assert.notEqual(keys[3], keys[0]);
});

test("a caller's own key is sent", async () => {
  server.plan(CREATED);
  await client().sessions.create({}, { idempotencyKey: "mine" });
  assert.equal(server.seen[0]?.headers["idempotency-key"], "mine");
});

test("what will fail again is not sent again", async () => {
  for (const [status, code] of [[400, "invalid_request"], [403, "forbidden"], [409, "room_taken"], [500, "internal_error"], [503, "livekit_not_configured"]] as const) {
    server.plan(failed(status, code));
    const before = server.seen.length;
    await assert.rejects(client().sessions.create(), (error: VoiceApiError) => {
      assert.ok(error instanceof VoiceApiError);
      assert.deepEqual([error.status, error.code, error.phrase, error.message, error.requestId], [status, code, "Words", "A sentence.", "request-1"]);
      return true;
    });
    assert.equal(server.seen.length - before, 1, code);
  }
});

test("it gives up after so many attempts, with the last error", async () => {
  server.plan(failed(503, "no_free_slot"), failed(503, "no_free_slot"), failed(502, "other"));
  const voice = client({ retry: { ...QUICK, attempts: 3 } });
  await assert.rejects(voice.sessions.create(), (error: VoiceApiError) => error.status === 502);
  assert.equal(server.seen.length, 3);
});

test("a short Retry-After is kept to, a long one is told to the caller", async () => {
  server.plan(failed(429, "rate_limited", { "Retry-After": "0" }), CREATED);
  await client().sessions.create();
  assert.equal(server.seen.length, 2);
  const headers = { "Retry-After": "3600", "X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1640995200" };
  server.plan(failed(429, "rate_limited", headers));
  await assert.rejects(client().sessions.create(), (error: VoiceRateLimitError) => {
    assert.ok(error instanceof VoiceRateLimitError);
    assert.deepEqual([error.retryAfterMs, error.limit, error.remaining, error.resetAt?.toISOString()], [3_600_000, 10, 0, "2022-01-01T00:00:00.000Z"]);
    return true;
  });
  assert.equal(server.seen.length, 3);
});

test("an expired token is fetched afresh, once", async () => {
  const asked: boolean[] = [];
  const token = ({ skipCache }: { skipCache: boolean }) => {
    asked.push(skipCache);
    return skipCache ? "fresh" : "stale";
  };
  server.plan({ status: 401, body: { error: "Unauthorized" } }, ENDED);
  await client({ token }).sessions.end({ roomName: "r" });
  assert.deepEqual(server.seen.map((seen) => seen.headers.authorization), ["Bearer stale", "Bearer fresh"]);
  server.plan({ status: 401, body: { error: "Unauthorized" } }, { status: 401, body: { error: "Unauthorized" } });
  await assert.rejects(client({ token }).sessions.end({ roomName: "r" }), (error: VoiceApiError) => error.code === "unauthorized");
  assert.deepEqual(asked, [false, true, false, true]);
});

test("the cookie goes along unless there is a token", async () => {
  const seen: (RequestCredentials | undefined)[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    seen.push(init?.credentials);
    return Response.json(ENDED.body);
  };
  await client({ fetch }).sessions.end({ roomName: "r" });
  await client({ fetch, token: () => "t" }).sessions.end({ roomName: "r" });
  await client({ fetch, credentials: "same-origin" }).sessions.end({ roomName: "r" });
  assert.deepEqual(seen, ["include", "omit", "same-origin"]);
});

test("a caller's signal stops a request, and a wait between two", async () => {
  const abort = new AbortController();
  server.plan("silence");
  const request = client().sessions.end({ roomName: "r" }, { signal: abort.signal });
  while (server.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort(new Error("enough"));
  await assert.rejects(request, /enough/);

  const second = new AbortController();
  server.plan(failed(503, "no_free_slot", { "Retry-After": "20" }));
  const waiting = client().sessions.end({ roomName: "r" }, { signal: second.signal });
  while (server.seen.length === 1) await new Promise((resolve) => setImmediate(resolve));
  second.abort(new Error("enough of this too"));
  await assert.rejects(waiting, /enough of this too/);
});

test("a service that does not answer in time, or with a proxy's page", async () => {
  server.plan("silence", "silence");
  const impatient = client({ timeoutMs: 30, retry: { ...QUICK, attempts: 2 } });
  await assert.rejects(impatient.sessions.end({ roomName: "r" }), VoiceConnectionError);
  assert.equal(server.seen.length, 2);
  server.plan({ status: 200, body: "<html>" });
  await assert.rejects(client({ retry: { attempts: 1 } }).sessions.end({ roomName: "r" }), VoiceConnectionError);
  server.plan({ status: 418, body: "<html>" });
  await assert.rejects(client().sessions.end({ roomName: "r" }), (error: VoiceApiError) => error.code === "http_error" && error.status === 418);
});
