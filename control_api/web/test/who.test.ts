import { expect, test } from "vitest";
import { assistantAmong, takingPart } from "../src/call/who.ts";

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
