import { describe, expect, it } from "vitest";
import { timeTicks } from "./timeTicks";

describe("ticks of time", () => {
  const axis = { cell: 10, start: 0, length: 400, cells: 40 };
  const ms = { axis: "audio", unit: "ms", per_token: 12.5 } as const;

  it("are round times where they begin, as many as fit", () => {
    expect(timeTicks(axis, 0, ms, 60).map(({ value }) => value)).toEqual([0, 100, 200, 300, 400]);
    expect(timeTicks(axis, 0, ms, 60).map(({ at }) => at)).toEqual([0, 80, 160, 240, 320]);
    expect(
      timeTicks({ ...axis, cell: 40, length: 1600 }, 0, ms, 30)
        .map(({ value }) => value)
        .slice(0, 3),
    ).toEqual([0, 20, 40]);
  });

  it("stay where they are when the matrix is zoomed and moved", () => {
    const zoomed = timeTicks({ cell: 20, start: 7.5, length: 400, cells: 40 }, 0, ms, 60);
    expect(zoomed).toEqual([
      { value: 100, at: 10 },
      { value: 150, at: 90 },
      { value: 200, at: 170 },
      { value: 250, at: 250 },
      { value: 300, at: 330 },
    ]);
  });

  it("are parts of a second, and frames in their middle", () => {
    const seconds = { ...ms, unit: "s", per_token: 0.01 } as const;
    expect(timeTicks(axis, 0, seconds, 60).map(({ value }) => value)).toEqual([0, 0.1, 0.2, 0.3]);
    const frames = { ...ms, unit: "frames", per_token: 1 } as const;
    expect(timeTicks(axis, 0, frames, 60).map(({ value, at }) => [value, at])).toEqual([
      [0, 5],
      [10, 105],
      [20, 205],
      [30, 305],
    ]);
  });
});
