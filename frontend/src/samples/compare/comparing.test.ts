import { expect, it } from "vitest";
import { key, seriesOf, setupOf } from "../testing";
import { referenceOf, sameSample } from "./comparing";

const setup = setupOf({
  prompts: ["Once", "Twice"],
  references: ["upon", "told"],
  samples: [key({ prompt: 1, repeat: 0 }), key({ prompt: 1, repeat: 1 })],
});
const series = seriesOf(setup, { 10: ["a0", "a1"], 20: ["b0", "b1"], 30: ["c0", "c1"] });
const place = (at: number, sample = 1) => ({ run: "run", step: series.steps[at] as number, at, sample });

it("finds the same sample at another step", () => {
  expect(sameSample(series, place(2), series, 1)).toEqual(place(1));
  expect(sameSample(series, place(0), series, -1)).toBeNull();
});

it("finds the same sample of another run, wherever it is there", () => {
  const theirs = setupOf({ prompts: ["Twice"], samples: [key({ repeat: 1 }), key({ repeat: 0 })] });
  const other = seriesOf(theirs, { 15: ["o1", "o0"] }, "other");
  expect(sameSample(series, place(1), other, 0)).toEqual({ run: "other", step: 15, at: 0, sample: 0 });
  expect(sameSample(series, place(1, 0), other, 0)).toEqual({ run: "other", step: 15, at: 0, sample: 1 });
  const cold = seriesOf(setupOf({ prompts: ["Twice"], samples: [key({ temperature: 0 })] }), { 15: ["cold"] }, "other");
  expect(sameSample(series, place(1), cold, 0)).toBeNull();
});

it("finds the reference of the prompt where there is one", () => {
  expect(referenceOf(series, place(0))).toBe("told");
  const bare = seriesOf({ ...setup, references: [] }, { 10: ["a0", "a1"] });
  expect(referenceOf(bare, place(0))).toBeNull();
});
