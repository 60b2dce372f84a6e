// Runs the contract's example as a page would: relative addresses, the session cookie, the page's own Origin.
// node run_example.mjs EXAMPLE.js BASE_URL, with the session token in SESSION_TOKEN. One command a line on stdin:
// `start`, `end ROOM`; one JSON object a line on stdout.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [example, base] = process.argv.slice(2);
const plainFetch = globalThis.fetch;
let joined = null;

globalThis.fetch = (path, init = {}) =>
  plainFetch(new URL(path, base), {
    ...init,
    headers: { ...init.headers, Cookie: `__session=${process.env.SESSION_TOKEN}`, Origin: base },
  });
globalThis.connectToLiveKit = (token, roomName) => {
  joined = { token, roomName };
};

const { startVoiceCall, endVoiceCall } = await import(pathToFileURL(example));
const commands = {
  start: async () => {
    await startVoiceCall();
    return joined;
  },
  end: async (room) => {
    await endVoiceCall(room);
    return { ended: room };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, argument] = line.split(" ");
  const answer = await commands[name](argument).catch((error) => ({ error: error.message }));
  console.log(JSON.stringify(answer));
}
