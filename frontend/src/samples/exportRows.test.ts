import { expect, it } from "vitest";
import { exportRow } from "./exportRows";
import { key, seriesOf, setupOf } from "./testing";

const setup = setupOf({ prompts: ["a", "b"], references: ["x", "y"], samples: [key({ prompt: 1, temperature: 0.5 })] });
const series = seriesOf(setup, { 30: ["text"] });
const place = { run: "run", step: 30, at: 0, sample: 0 };

it("holds all that is known of a sample", () => {
  expect(exportRow(series, place, ["perplexity", "bleu"], [2, Number.NaN])).toEqual({
    run: "run",
    step: 30,
    prompt: "b",
    temperature: 0.5,
    repeat: 0,
    beams: 0,
    text: "text",
    reference: "y",
    measures: { perplexity: 2 },
  });
});

it("is nothing where there is no sample", () => {
  expect(exportRow(series, { ...place, at: 9 }, [], null)).toBeNull();
});
