import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CookieSignIn } from "../src/session/cookie.ts";

const NOW_S = 1_800_000_000;

function token(sub: string, exp = NOW_S + 60): string {
  return `x.${btoa(JSON.stringify({ sub, exp }))}.x`;
}

function has(...tokens: string[]): void {
  vi.stubGlobal("document", { cookie: ["a=1", ...tokens.map((one) => `__session=${one}`)].join("; ") });
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW_S * 1000 });
  has();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("who signs in elsewhere is here without loading the page again", () => {
  const signIn = new CookieSignIn();
  expect(signIn.who()).toBeNull();
  has(token("ann"));
  vi.advanceTimersByTime(1000);
  expect(signIn.who()?.id).toBe("ann");
});

test("who has an expired token stays, and is the same one when it is renewed", () => {
  has(token("ann"));
  const signIn = new CookieSignIn();
  const changes = vi.fn();
  signIn.subscribe(changes);
  vi.advanceTimersByTime(90_000);
  expect(signIn.who()?.id).toBe("ann");
  has(token("ann", NOW_S + 200));
  vi.advanceTimersByTime(1000);
  expect(changes).not.toHaveBeenCalled();
});

test("of several cookies the one that is good counts", () => {
  has(token("ann", NOW_S - 1), token("ann"));
  expect(new CookieSignIn().who()?.id).toBe("ann");
});

test("who has signed out here comes back by a new sign-in only", () => {
  has(token("ann"));
  const signIn = new CookieSignIn();
  signIn.signOut();
  vi.advanceTimersByTime(2000);
  expect(signIn.who()).toBeNull();
  has();
  vi.advanceTimersByTime(1000);
  has(token("ann"));
  vi.advanceTimersByTime(1000);
  expect(signIn.who()?.id).toBe("ann");
});
