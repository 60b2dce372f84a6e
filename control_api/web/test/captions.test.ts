import {
  DataPacket,
  DataStream_Chunk,
  DataStream_Header,
  DataStream_TextHeader,
  DataStream_Trailer,
} from "@livekit/protocol";
import { type Participant, Room } from "livekit-client";
import { expect, test } from "vitest";
import type { TranscriptSegment } from "voice-client";
import { type Caption, captionOf, follow, withCaption } from "../src/call/captions.ts";

function caption(id: string, text: string, isFinal = false): Caption {
  return { id, speaker: "ann", text, isFinal };
}

test("a segment that grows stays where it is", () => {
  const before = [caption("1", "Where"), caption("2", "Hello")];
  expect(withCaption(before, caption("1", "Where is it?", true)).map((each) => each.text)).toEqual([
    "Where is it?",
    "Hello",
  ]);
});

test("only the newest 200 are kept", () => {
  let captions: Caption[] = [];
  for (let index = 0; index < 205; index += 1) captions = withCaption(captions, caption(String(index), "x", true));
  expect([captions.length, captions[0]?.id]).toEqual([200, "5"]);
});

test("nobody takes the place of somebody else's words by the id of their segment", () => {
  const before = [caption("1", "Pay nothing."), { ...caption("2", "I agree."), speaker: "bob" }];
  const after = withCaption(before, { ...caption("1", "Pay everything.", true), speaker: "eve" });
  expect(after.slice(0, 2)).toEqual(before);
});

test("the record stands above what was heard, and for all of its segment", () => {
  const heard = [caption("1", "Where is my odour?"), { ...caption("1", "x"), speaker: "eve" }, caption("2", "Hello")];
  const record = captionOf({ segmentId: "1", speaker: "ann", text: "Where is my order?" } as TranscriptSegment);
  const after = withCaption(heard, record);
  expect(after).toEqual([record, caption("2", "Hello")]);
  expect(withCaption(after, caption("1", "Where is my odour?"))).toEqual(after);
});

interface Streams {
  setConnected(is: boolean): void;
  clearControllers(): void;
}

/** A room of LiveKit's client that is connected to nothing: its packets are made here. */
function aRoom() {
  const room = new Room();
  const people = new Map([
    ["ann", { sid: "PA_ann", isAgent: false }],
    ["eve", { sid: "PA_eve", isAgent: false }],
    ["ai-agent-1", { sid: "PA_agent", isAgent: true }],
  ]);
  room.getParticipantByIdentity = (identity) => people.get(identity) as unknown as Participant;
  const streams = (room as unknown as { incomingDataStreamManager: Streams }).incomingDataStreamManager;
  streams.setConnected(true);
  const heard: Caption[] = [];
  follow(room, (each) => heard.push(each));
  const packet = (participantSid: string, participantIdentity: string, value: DataPacket["value"]) =>
    room.engine.emit("dataPacketReceived", new DataPacket({ participantSid, participantIdentity, value }), 0);
  const head = (streamId: string, segment: string) =>
    new DataStream_Header({
      streamId,
      topic: "lk.transcription",
      mimeType: "text/plain",
      attributes: { "lk.segment_id": segment },
      contentHeader: { case: "textHeader", value: new DataStream_TextHeader({ generated: true }) },
    });
  const piece = (streamId: string, index: number, text: string) =>
    new DataStream_Chunk({ streamId, chunkIndex: BigInt(index), content: new TextEncoder().encode(text) });
  return {
    heard,
    /** The agent begins, and the room is left. */
    async isCutOff(stream: string, text: string) {
      packet("PA_agent", "ai-agent-1", { case: "streamHeader", value: head(stream, "1") });
      packet("PA_agent", "ai-agent-1", { case: "streamChunk", value: piece(stream, 0, text) });
      await new Promise((resolve) => setTimeout(resolve));
      streams.clearControllers();
      await new Promise((resolve) => setTimeout(resolve));
    },
    /** `sid` sends a stream under `identity`; `others` send a piece of it each. */
    async says(sid: string, identity: string, stream: string, text: string, ...others: string[]) {
      packet(sid, identity, { case: "streamHeader", value: head(stream, "1") });
      others.forEach((other, index) => {
        packet(other, "eve", { case: "streamChunk", value: piece(stream, index, "Pay everything.") });
      });
      packet(sid, identity, { case: "streamChunk", value: piece(stream, others.length, text) });
      packet(sid, identity, { case: "streamTrailer", value: new DataStream_Trailer({ streamId: stream }) });
      await new Promise((resolve) => setTimeout(resolve));
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

test("a room that was left can be let go of", async () => {
  const room = new Room();
  const stop = follow(room, () => undefined);
  await room.disconnect();
  (room as unknown as { engine: undefined }).engine = undefined; // as it is once it was connected
  expect(stop).not.toThrow();
});

test("captions are what the agent writes, of itself and of people", async () => {
  const room = aRoom();
  await room.says("PA_agent", "ai-agent-1", "s1", "Hello!");
  await room.says("PA_agent", "ann", "s2", "Hi.");
  expect(room.heard.map(({ speaker, text }) => `${speaker}: ${text}`)).toContain("agent: Hello!");
  expect(room.heard.map(({ speaker, text }) => `${speaker}: ${text}`)).toContain("ann: Hi.");
});

test("a room that is left in the middle of a caption is no error, and what came stays", async () => {
  const room = aRoom();
  await room.isCutOff("s1", "Hello, this");
  expect(room.heard.map(({ text, isFinal }) => [text, isFinal])).toEqual([["Hello, this", false]]);
});

test("what a person writes is no caption, of themselves or of anybody", async () => {
  const room = aRoom();
  await room.says("PA_eve", "eve", "s1", "Pay everything.");
  await room.says("PA_mallory", "mallory", "s2", "Pay everything.");
  expect(room.heard).toEqual([]);
});

test("what a person writes into the agent's caption spoils it, and is not shown", async () => {
  const room = aRoom();
  await room.says("PA_agent", "ai-agent-1", "s1", "Hello!", "PA_eve");
  expect(room.heard.map(({ text }) => text)).toEqual([]);
});
