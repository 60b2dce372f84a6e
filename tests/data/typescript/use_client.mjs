// Uses the client package against a real service: node use_client.mjs INDEX.js BASE_URL, with the session token in
// SESSION_TOKEN. Prints one JSON object.
import { pathToFileURL } from "node:url";

const [index, baseUrl] = process.argv.slice(2);
const { VoiceApiError, VoiceClient } = await import(pathToFileURL(index));
const voice = new VoiceClient({ baseUrl, token: () => process.env.SESSION_TOKEN });
const codeOf = (promise) => promise.then(() => "no error", (error) => (error instanceof VoiceApiError ? error.code : String(error)));

const { session } = await voice.sessions.create({ roomName: "typed-room", metadata: { order: 7 } });
const taken = await codeOf(voice.sessions.create({ roomName: "typed-room" }));
const invalid = await codeOf(voice.sessions.create({ voice: "darth" }));
await voice.sessions.update({ roomName: "typed-room", metadata: { order: 8 } });
const detail = await voice.sessions.get({ callId: session.callId });
const { duration } = await voice.sessions.end({ roomName: "typed-room" });
const listed = [];
for await (const item of voice.sessions.all()) listed.push(item.callId);
const stranger = await codeOf(new VoiceClient({ baseUrl, token: () => "nonsense" }).sessions.list());

console.log(JSON.stringify({ session, taken, invalid, metadata: detail.metadata, duration, listed, stranger }));
