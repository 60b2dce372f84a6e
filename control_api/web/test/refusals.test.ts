import { afterEach, expect, test, vi } from "vitest";
import { forget, keep, kept } from "../src/app/kept_call.ts";
import { chooseDevice, chosenDevice, devices, meter } from "../src/app/microphone.ts";
import { play, RING } from "../src/app/ring_tone.ts";
import { DevelopmentSignIn } from "../src/session/development.ts";
import { initial } from "../src/words/names.ts";

const CALL = { callId: "c1", roomName: "r1", callType: "support", title: "Assistant", recorded: false } as const;

function refuse(name: string): void {
  const throws = () => {
    throw new DOMException("refused", "SecurityError");
  };
  vi.stubGlobal(name, { getItem: throws, setItem: throws, removeItem: throws });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a store that refuses keeps things while the page lives", () => {
  refuse("sessionStorage");
  refuse("localStorage");
  keep(CALL);
  expect(kept()).toEqual(CALL);
  forget();
  expect(kept()).toBeNull();
  expect(chosenDevice()).toBeUndefined();
  chooseDevice("m1");
  expect(chosenDevice()).toBe("m1");
});

test("somebody can be at the sign-in, and leave, without a store", () => {
  refuse("sessionStorage");
  const signIn = new DevelopmentSignIn();
  expect(signIn.who()).toBeNull();
  signIn.signOut();
  expect(signIn.token({ skipCache: false })).toBeNull();
});

test.each(["{", "3", "[]", '{"callId":7}', "null"])("a kept call that reads %s is none", (text) => {
  vi.stubGlobal("sessionStorage", { getItem: () => text, setItem: () => {}, removeItem: () => {} });
  forget();
  expect(kept()).toBeNull();
});

test("a name has a letter without a segmenter", () => {
  vi.stubGlobal("Intl", { ...Intl, Segmenter: undefined });
  expect([initial("e\u0301va"), initial("\u{1F600}x"), initial(" ")]).toEqual(["E\u0301", "\u{1F600}", "?"]);
});

test("a ring without a sound is no fault", () => {
  vi.stubGlobal("AudioContext", undefined);
  expect(() => play(RING)()).not.toThrow();
});

test("a level that cannot be shown is no fault of the microphone", () => {
  vi.stubGlobal("AudioContext", undefined);
  expect(meter({} as MediaStream, () => {})).toBeNull();
});

test("a meter that the browser holds back is asked to begin", () => {
  const resume = vi.fn(() => Promise.reject(new Error("refused")));
  vi.stubGlobal("requestAnimationFrame", () => 1);
  vi.stubGlobal("cancelAnimationFrame", () => {});
  vi.stubGlobal(
    "AudioContext",
    class {
      state = "suspended";
      resume = resume;
      createAnalyser = () => ({ fftSize: 0 });
      createMediaStreamSource = () => ({ connect: () => {} });
      close = () => Promise.reject(new Error("refused"));
    },
  );
  meter({} as MediaStream, () => {})?.();
  expect(resume).toHaveBeenCalledOnce();
});

test("devices that the browser does not tell are none", async () => {
  vi.stubGlobal("navigator", { mediaDevices: { enumerateDevices: () => Promise.reject(new Error("refused")) } });
  expect(await devices()).toEqual([]);
});
