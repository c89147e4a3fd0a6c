import { expect, it } from "vitest";
import type { Choosing } from "../choosing";
import { EVALUATION_START } from "../place";
import { madeSetup, predictions } from "../testing";
import type { PredictionSeries, Setup } from "../types";
import { Examples } from "./examples.svelte";

const setupOf = (inputs: string[]) =>
  madeSetup({ inputs, references: inputs.map(() => "yes"), slices: { all: [0, 1] } });
const cats = setupOf(["a cat", "a dog"]);
const numbers = setupOf(["", ""]);

function seriesOf(...setups: Setup[]): PredictionSeries {
  const steps = setups.map((_, at) => 10 * at);
  return { run: "a", tag: "", steps, setups, entries: steps.map(() => predictions(["yes", "no"], [1, 0])) };
}

function examplesOf(predicted: PredictionSeries, other: PredictionSeries | null = null): Examples {
  const steps = predicted.steps;
  const session = { step: steps.at(-1), steps, b: other && { run: "b" }, indexB: steps.length - 1 };
  const evaluation = { session, place: EVALUATION_START, panel: "slices", row: null, predicted };
  return new Examples({ ...evaluation, predictionsOf: () => other } as unknown as Choosing);
}

it("are learnt since the first evaluation of the same examples, not of those of another data set", () => {
  expect(examplesOf(seriesOf(cats, cats, cats)).since?.step).toBe(0);
  expect(examplesOf(seriesOf(setupOf(["one", "two"]), cats, cats)).since?.step).toBe(10);
  expect(examplesOf(seriesOf(setupOf(["one", "two"]), cats)).since).toBeNull();
});

it("stand beside those of another run only where they are the same, told by their places where they have no text", () => {
  expect(examplesOf(seriesOf(cats), seriesOf(setupOf(["a cat", "a dog"]))).b?.step).toBe(0);
  expect(examplesOf(seriesOf(numbers), seriesOf(setupOf(["", ""]))).b?.step).toBe(0);
  expect(examplesOf(seriesOf(numbers), seriesOf({ ...numbers, index: [4, 5] })).b).toBeNull();
});

it("are none of a run that was not evaluated by then", () => {
  const late = { ...seriesOf(cats), steps: [10] };
  expect(examplesOf(seriesOf(cats), late).b).toBeNull();
  expect(examplesOf(seriesOf(cats, cats), late).b?.step).toBe(10);
});

it("are not learnt since a step where they stand beside those of another run", () => {
  expect(examplesOf(seriesOf(cats, cats)).sinceStep).toBe(0);
  expect(examplesOf(seriesOf(cats, cats), seriesOf(cats, cats)).sinceStep).toBeNull();
});
