import { expect, it } from "vitest";
import { plain } from "../language/sentence";
import { seriesKey } from "../store/catalogue.svelte";
import { openView } from "../testing/openView";
import { withoutBrowser } from "../testing/withoutBrowser";
import { EvaluationState } from "./state.svelte";
import { type Logged, serverOf } from "./testing";
import { evaluation as evaluationView } from "./view";
import { captionWords } from "./words";

withoutBrowser();

/** Accuracy of a few slices; the second run is a tenth better. */
function logged(run: string, more = 0): Logged {
  return {
    run,
    steps: [0, 10],
    slices: ["all", "length: 0 to 9", "length: 10 or more", "rare"],
    measures: ["accuracy", "log_loss"],
    cell: (step, slice, measure) => {
      const accuracy = (slice === "length: 10 or more" ? 0.4 : 0.7) + step / 100 + more;
      const value = measure === "accuracy" ? accuracy : 1 - accuracy;
      return { value, low: value - 0.02, high: value + 0.02, count: slice === "rare" ? 9 : 400 };
    },
  };
}

/** A page that knows the tables of some runs. */
async function pageOf(...runs: Logged[]): Promise<EvaluationState> {
  const evaluation = openView(evaluationView, EvaluationState, serverOf(runs));
  evaluation.session.change({ runs: runs.map(({ run }) => run) });
  await evaluation.session.refresh();
  for (const info of evaluation.session.inSight) await evaluation.session.catalogue.follow(info);
  return evaluation;
}

const namesIn = ({ rows }: EvaluationState) => rows.map(({ slice }) => slice);

it("sorts what was logged, and reads the chosen slice beside the whole set", async () => {
  const evaluation = await pageOf(logged("a"));
  expect(namesIn(evaluation)).toEqual(["all", "length: 10 or more", "length: 0 to 9", "rare"]);
  evaluation.stepSlice(1);
  expect(plain(evaluation.reading ?? [])).toBe(
    "length 10 or more, accuracy 0.500 (0.480 to 0.520), 0.300 below the whole set",
  );
  evaluation.stepMeasure(1);
  expect(evaluation.session.line?.key).toBe("log_loss");
  expect(evaluation.release()).toBe(true);
  expect(evaluation.release()).toBe(false);
});

it("compares with a step, or with a run that is no part of the mean then", async () => {
  const evaluation = await pageOf(logged("a"), logged("b", 0.1));
  const accuracy = () => evaluation.rows[0]?.a.get("accuracy")?.value;
  expect(accuracy()).toBeCloseTo(0.85);
  evaluation.session.compareWithRun("b");
  expect(accuracy()).toBeCloseTo(0.8);
  expect(evaluation.rows[0]?.changes.get("accuracy")).toMatchObject({ value: expect.closeTo(-0.1), isClear: true });
  expect(plain(evaluation.reading ?? [])).toContain("B 0.900, worse by 0.100, clearly");
  evaluation.session.stopComparing();
  expect(accuracy()).toBeCloseTo(0.85);
  evaluation.session.compareAt(0);
  expect(evaluation.rows[0]?.b.get("accuracy")?.value).toBeCloseTo(0.75);
});

it("has nothing of a run that was not evaluated by then", async () => {
  const evaluation = await pageOf(logged("a"), { ...logged("b", 0.1), steps: [10, 20] });
  const values = () =>
    evaluation.rows[0] && [evaluation.rows[0].a, evaluation.rows[0].b].map((of) => of.get("accuracy")?.value);
  evaluation.session.compareWithRun("b");
  evaluation.session.goToIndex(0);
  expect(values()).toEqual([expect.closeTo(0.7), Number.NaN]);
  evaluation.session.goToIndex(1);
  expect(values()).toEqual([expect.closeTo(0.8), expect.closeTo(0.9)]);
});

it("shows measures that are chosen, never none, and says what a link asks for in vain", async () => {
  const evaluation = await pageOf(logged("a"));
  evaluation.toggleMeasure("accuracy");
  evaluation.toggleMeasure("log_loss");
  expect(evaluation.shownMeasures).toEqual(["log_loss"]);
  const { page, views } = evaluation.session.link;
  evaluation.session.follow({
    page,
    views: { ...views, evaluation: { ...evaluation.place, slice: "idioms", measure: "bleu" } },
  });
  expect(evaluation.notices).toHaveLength(2);
  expect(evaluation.session.catalogue.tracks.has(seriesKey({ run: "a", tag: "evaluation/set" }))).toBe(true);
});

it("does not claim to show slices of a kind that this set has not", async () => {
  const evaluation = await pageOf(logged("a"));
  evaluation.change({ group: "length" });
  expect(captionWords(evaluation).group?.text).toBe("by length");
  evaluation.change({ group: "domain" });
  expect(captionWords(evaluation).group?.text).toBe("all slices");
  expect(namesIn(evaluation)).toHaveLength(4);
});

it("does not claim to show all slices where those of very many of a kind are left out", async () => {
  const many = Array.from({ length: 25 }, (_, at) => `class: ${at}`);
  const { slices, ...one } = logged("a");
  const evaluation = await pageOf({ ...one, slices: [...slices, ...many] });
  expect(namesIn(evaluation)).toHaveLength(4);
  expect(captionWords(evaluation).group?.text).toBe("all kinds of at most 24 slices");
});
