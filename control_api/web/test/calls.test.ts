import { expect, test } from "vitest";
import { roomNameOf } from "../src/app/calls.ts";
import { loudness } from "../src/app/microphone.ts";
import { userOf } from "../src/session/claims.ts";
import { initial } from "../src/words/names.ts";
import { clock, spell } from "../src/words/times.ts";

test.each([
  ["Monday stand-up!", "Monday-stand-up"],
  ["  Café Müller ", "Cafe-Muller"],
  ["会议", "u-5Lya6K6u"],
  ["ｶﾞ", roomNameOf("ガ")],
  ["Größe", "u-R3LDtsOfZQ"],
  ["🎉", "u-8J-OiQ"],
  ["会".repeat(100), `u-${"5Lya".repeat(31)}5L`],
  ["x".repeat(200), "x".repeat(128)],
  ["!!!", ""],
])("the room of %j", (name, room) => {
  expect(roomNameOf(name)).toBe(room);
});

test.each([
  ["ann", "A"],
  ["🇩🇪 Jan", "🇩🇪"],
  ["किरण", "कि"],
  ["ßeta", "ß"],
  ["éva".normalize("NFD"), "É".normalize("NFD")],
  ["  ", "?"],
])("what stands for %j", (name, letter) => {
  expect(initial(name)).toBe(letter);
});

test.each([
  [0, "0:00", "0 s"],
  [83.9, "1:23", "1 min 23 s"],
  [3723, "1:02:03", "62 min 3 s"],
])("%d seconds", (seconds, short, words) => {
  expect([clock(seconds), spell(seconds)]).toEqual([short, words]);
});

test("loudness goes from silence to full scale", () => {
  expect(loudness(new Float32Array(64))).toBe(0);
  expect(loudness(new Float32Array(64).fill(1))).toBeCloseTo(1);
  expect(loudness(new Float32Array(64).fill(0.0316))).toBeCloseTo(0.5, 2);
});

function token(claims: object): string {
  return `head.${btoa(JSON.stringify(claims)).replaceAll("+", "-").replaceAll("/", "_")}.signature`;
}

test.each([
  [
    { sub: "ann", name: "Ann", metadata: { role: "admin" } },
    { id: "ann", name: "Ann", isAdmin: true },
  ],
  [{ sub: "ann" }, { id: "ann", name: "ann", isAdmin: false }],
  [{ sub: "ann", exp: 1 }, null],
  [{ name: "nobody" }, null],
])("who %j is", (claims, user) => {
  expect(userOf(token(claims), 2000)).toEqual(user);
});

test("what is no token is nobody", () => {
  expect(userOf("nonsense", 0)).toBeNull();
});
