import { describe, expect, it } from "vitest";
import { patchAxis, timeAxis } from "./naming";

describe("axes of time", () => {
  it("say from when to when", () => {
    const axis = timeAxis({ axis: "audio", unit: "ms", per_token: 12.5 }, 3);
    expect(axis.tokens).toEqual(["0", "12.5", "25"]);
    expect(axis.nameOf?.(2)).toBe("25–37.5 ms");
    expect(timeAxis({ axis: "audio", unit: "s", per_token: 0.1 }, 4).tokens).toEqual(["0", "0.1", "0.2", "0.3"]);
  });

  it("count frames", () => {
    expect(timeAxis({ axis: "audio", unit: "frames", per_token: 1 }, 9).nameOf?.(8)).toBe("frame 8");
    expect(timeAxis({ axis: "audio", unit: "frames", per_token: 4 }, 9).nameOf?.(8)).toBe("frames 32–35");
    expect(timeAxis({ axis: "audio", unit: "frames", per_token: 1.5 }, 9).nameOf?.(2)).toBe("3–4.5 frames");
  });
});

it("patches are named by row and column, from 1, and what comes before them", () => {
  const axis = patchAxis({ rows: 2, columns: 2, first: 2 }, 6);
  expect(axis.tokens).toEqual(["class", "added 1", "1,1", "1,2", "2,1", "2,2"]);
  expect(axis.nameOf?.(0)).toBe("class token");
  expect(axis.nameOf?.(5)).toBe("row 2, column 2");
});
