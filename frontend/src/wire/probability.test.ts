import { describe, expect, it } from "vitest";
import { decodeProbability } from "./probability";

describe("probabilities", () => {
  it.each([
    [0, 1],
    [1024, 0.5],
    [65534, 0],
    [65535, Number.NaN],
  ])("code %d is %d", (code, probability) => {
    expect(decodeProbability(code >> 8, code & 255)).toBe(probability);
  });
});
