import { expect, test } from "vitest";
import { shares } from "../src/console/trends/periods.ts";

test.each([
  [
    [0, 0, 0],
    ["—", "—", "—"],
  ],
  [
    [1, 1, 1],
    ["34 %", "33 %", "33 %"],
  ],
  [
    [46, 52, 2],
    ["46 %", "52 %", "2 %"],
  ],
  [
    [997, 2, 1],
    ["100 %", "0 %", "0 %"],
  ],
  [
    [5, 1, 1, 1],
    ["63 %", "13 %", "12 %", "12 %"],
  ],
])("the shares of %j", (parts, shown) => {
  expect(shares(parts)).toEqual(shown);
});
