import { expect, test } from "vitest";
import { assistantAmong, isHeard, isOfService, takingPart } from "../src/call/who.ts";

const ann = { isAgent: false, attributes: {} };
const agent = { isAgent: true, attributes: { "lk.agent.state": "listening" } };
const notice = { isAgent: true, attributes: { "lk.publish_on_behalf": "ai-agent-recorder-1" } };

test("the assistant takes part in a call", () => {
  expect(takingPart([ann, agent])).toEqual([ann, agent]);
  expect(assistantAmong([ann, agent])).toBe(agent);
});

test("who only says that the call is recorded is neither the assistant nor somebody who is there", () => {
  expect(takingPart([ann, notice])).toEqual([ann]);
  expect(assistantAmong([ann, notice])).toBeUndefined();
  expect(assistantAmong([notice, agent])).toBe(agent);
});

test("a person stays somebody who is there, whatever they say of themselves", () => {
  const eve = { isAgent: false, attributes: { "lk.publish_on_behalf": "ann", "lk.agent.state": "speaking" } };
  expect(takingPart([eve])).toEqual([eve]);
  expect(assistantAmong([eve])).toBeUndefined();
});

test("what the call is told counts from the server and from the agent", () => {
  expect(isOfService("", undefined)).toBe(true);
  expect(isOfService("ai-agent-1", agent)).toBe(true);
  expect(isOfService("ann", ann)).toBe(false);
  expect(isOfService("eve", undefined)).toBe(false);
});

const track = (source: string, isMuted = false, kind = "audio") => ({ kind, source, isMuted });

test.each([
  ["a microphone", [track("microphone")], true],
  ["a muted one", [track("microphone", true)], false],
  ["a sound without a source", [track("unknown")], true],
  ["a muted one of these", [track("unknown", true)], false],
  ["a muted microphone beside such a sound", [track("unknown"), track("microphone", true)], false],
  ["a picture without a source", [track("unknown", false, "video")], false],
  ["the sound of a screen", [track("screen_share_audio")], false],
  ["nothing", [], false],
] as const)("who has published %s is heard as what it is", (_, published, is) => {
  expect(isHeard(published)).toBe(is);
});
