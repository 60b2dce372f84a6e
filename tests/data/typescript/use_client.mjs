// Uses the client package against a real service: node use_client.mjs INDEX.js BASE_URL, with the session token in
// SESSION_TOKEN. Prints one JSON object.
import { pathToFileURL } from "node:url";

const [index, baseUrl] = process.argv.slice(2);
const { VoiceApiError, VoiceClient } = await import(pathToFileURL(index));
const voice = new VoiceClient({ baseUrl, token: () => process.env.SESSION_TOKEN });
const codeOf = (promise) => promise.then(() => "no error", (error) => (error instanceof VoiceApiError ? error.code : String(error)));

// Follows from before the first call on; across a stream that breaks off.
const followed = [];
const leaving = new AbortController();
let broken = 0;
const breaking = async (url, init) => {
  const response = await fetch(url, init);
  if (broken > 0 || !String(url).endsWith("/events")) return response;
  broken += 1;
  const reader = response.body.getReader();
  let pieces = 0;
  const body = new ReadableStream({
    async pull(controller) {
      if (pieces === 2) return controller.error(new Error("cut"));
      pieces += 1;
      controller.enqueue((await reader.read()).value);
    },
    cancel: () => reader.cancel(),
  });
  return new Response(body, response);
};
const follower = new VoiceClient({ baseUrl, token: () => process.env.SESSION_TOKEN, fetch: breaking });
let isReady;
const ready = new Promise((resolve) => (isReady = resolve));
const following = (async () => {
  for await (const told of follower.events.follow({}, { signal: leaving.signal })) {
    if (told.type === "ready") isReady();
    followed.push(told.type === "ready" ? `ready ${told.isResumed}` : told.event.event.kind);
    if (followed.at(-1) === "ended") return;
  }
})();
await ready;

const { session } = await voice.sessions.create({ roomName: "typed-room", metadata: { order: 7 } });
const taken = await codeOf(voice.sessions.create({ roomName: "typed-room" }));
const invalid = await codeOf(voice.sessions.create({ voice: "darth" }));
await voice.sessions.update({ roomName: "typed-room", metadata: { order: 8 } });
const detail = await voice.sessions.get({ callId: session.callId });
const { duration } = await voice.sessions.end({ roomName: "typed-room" });
const listed = [];
for await (const item of voice.sessions.all()) listed.push(item.callId);
const stranger = await codeOf(new VoiceClient({ baseUrl, token: () => "nonsense" }).sessions.list());

const late = setTimeout(() => leaving.abort(new Error("the end was not told")), 10_000);
await following;
clearTimeout(late);

console.log(JSON.stringify({ session, taken, invalid, metadata: detail.metadata, duration, listed, stranger, followed }));
