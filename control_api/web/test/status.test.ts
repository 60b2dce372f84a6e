import { expect, test } from "vitest";
import { agentStateOf, type CallFacts, isLive, statusOf } from "../src/call/status.ts";

const FACTS: CallFacts = {
  callType: "support",
  title: "bob",
  isConnected: true,
  agentState: undefined,
  people: 0,
  wasLive: false,
};

test.each<[Partial<CallFacts>, string, boolean]>([
  [{ isConnected: false }, "Connecting …", false],
  [{}, "Waiting for the assistant …", false],
  [{ agentState: "thinking" }, "Thinking", true],
  [{ callType: "user-to-user" }, "Ringing bob …", false],
  [{ callType: "user-to-user", people: 1 }, "Connected", true],
  [{ callType: "user-to-user", agentState: "listening" }, "Ringing bob …", false],
  [{ callType: "user-to-user", wasLive: true }, "Waiting for bob to come back …", false],
  [{ callType: "conference" }, "You are the only one here", false],
  [{ callType: "conference", agentState: "listening" }, "Listening", true],
  [{ callType: "conference", people: 1 }, "You and one other person", true],
  [{ callType: "conference", people: 4 }, "You and 4 others", true],
])("%j", (change, words, live) => {
  const facts = { ...FACTS, ...change };
  expect([statusOf(facts), isLive(facts)]).toEqual([words, live]);
});

test("a state that is not known is one of getting ready", () => {
  expect([agentStateOf(undefined), agentStateOf("idle"), agentStateOf("speaking")]).toEqual([
    "initializing",
    "initializing",
    "speaking",
  ]);
});
