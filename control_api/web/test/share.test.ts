import { expect, test } from "vitest";
import { Share, type Step, UNHEARD } from "../src/feed/share.ts";

const READY = { type: "ready", isResumed: false, lastEventId: 7 } as const;

/** A leader and one that follows it; what each posts reaches the other. */
function twoTabs(isLeaderVisible: boolean, isFollowerVisible: boolean) {
  const [leader, follower] = [new Share("a"), new Share("b")];
  function deliver(steps: Step[], to: Share): Step[] {
    const messages = steps.flatMap((step) => (step.do === "post" ? [step.message] : []));
    const isVisible = to === leader ? isLeaderVisible : isFollowerVisible;
    const answers = messages.flatMap((message) => to.heard(message, isVisible));
    return answers.length > 0 ? [...answers, ...deliver(answers, to === leader ? follower : leader)] : [];
  }
  deliver(leader.lead(1000, isLeaderVisible), follower);
  deliver(leader.read(READY), follower);
  const look = () => {
    const steps = follower.look();
    return [...steps, ...deliver(steps, leader)];
  };
  return { leader, follower, deliver, looks: () => Array.from({ length: 3 * UNHEARD }, look).flat() };
}

const takesOver = (steps: Step[]) => steps.some((step) => step.do === "takeOver");

test("a leader that answers stays, however little happens", () => {
  expect(takesOver(twoTabs(false, true).looks())).toBe(false);
});

test.each([
  [false, true, true],
  [true, true, false],
  [false, false, false],
])("a leader without a stream (seen: %s) is replaced by a tab (seen: %s): %s", (leads, follows, isReplaced) => {
  const { leader, looks } = twoTabs(leads, follows);
  leader.lost();
  expect(takesOver(looks())).toBe(isReplaced);
});

test("of two leaders the later one counts", () => {
  const { leader, follower, deliver } = twoTabs(true, true);
  const steps = deliver(follower.lead(1000, true), leader);
  expect(steps).toEqual([{ do: "stepDown" }]);
  expect(deliver(leader.follow(), follower)).not.toContainEqual({ do: "stepDown" });
});

test("a former leader is not listened to", () => {
  const { leader, follower } = twoTabs(true, true);
  follower.lead(2000, true);
  const [, late] = leader.read({ type: "event", event: { id: 9 } as never });
  expect(late?.do === "post" && follower.heard(late.message, true)).toEqual([]);
});
