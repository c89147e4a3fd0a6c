import { expect, it } from "vitest";
import { key, seriesOf, setupOf } from "../testing";
import { type Comparing, comparedText } from "./comparing";

const setup = setupOf({
  prompts: ["Once", "Twice"],
  references: ["upon", "told"],
  samples: [key({ prompt: 1, repeat: 0 }), key({ prompt: 1, repeat: 1 })],
});
const series = seriesOf(setup, { 10: ["a0", "a1"], 20: ["b0", "b1"], 30: ["c0", "c1"] });
const comparing = (some: Partial<Comparing>): Comparing => ({
  comparison: "nothing",
  pinnedStep: null,
  other: null,
  ...some,
});
const place = (at: number, sample = 1) => ({ run: "run", step: series.steps[at] as number, at, sample });

it("takes the same sample of the step before", () => {
  expect(comparedText(series, place(2), comparing({ comparison: "before" }))).toBe("b1");
  expect(comparedText(series, place(0), comparing({ comparison: "before" }))).toBeNull();
});

it("takes a pinned step, and not the text itself", () => {
  expect(comparedText(series, place(2), comparing({ comparison: "pinned", pinnedStep: 25 }))).toBe("b1");
  expect(comparedText(series, place(2), comparing({ comparison: "pinned", pinnedStep: 30 }))).toBeNull();
  expect(comparedText(series, place(2), comparing({ comparison: "pinned" }))).toBeNull();
});

it("takes the reference of the prompt where there is one", () => {
  expect(comparedText(series, place(0), comparing({ comparison: "reference" }))).toBe("told");
  const bare = seriesOf({ ...setup, references: [] }, { 10: ["a0", "a1"] });
  expect(comparedText(bare, place(0), comparing({ comparison: "reference" }))).toBeNull();
});

it("takes the same sample of another run, wherever it is there, at its latest step by then", () => {
  const theirs = setupOf({ prompts: ["Twice"], samples: [key({ repeat: 1 }), key({ repeat: 0 })] });
  const other = seriesOf(theirs, { 15: ["o1", "o0"], 40: ["late", "late"] }, "other");
  expect(comparedText(series, place(1), comparing({ comparison: "run", other }))).toBe("o1");
  expect(comparedText(series, place(1, 0), comparing({ comparison: "run", other }))).toBe("o0");
  expect(comparedText(series, place(1), comparing({ comparison: "run", other: series }))).toBeNull();
  const cold = seriesOf(setupOf({ prompts: ["Twice"], samples: [key({ temperature: 0 })] }), { 15: ["cold"] }, "other");
  expect(comparedText(series, place(1), comparing({ comparison: "run", other: cold }))).toBeNull();
});
