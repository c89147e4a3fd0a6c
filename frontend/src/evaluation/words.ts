/** The words of the caption: what can be chosen, and what is. */

import { type Option, type Word, wordOf } from "../ui/caption";
import { exampleNames, namesOf } from "../ui/exampleNames";
import { WHOLE_SET } from "../wire/schema.gen";
import { phrases } from "./language";
import type { Panel } from "./place";
import type { EvaluationState } from "./state.svelte";
import { lowerIsBetter } from "./table/measures";
import { slicesIn } from "./table/slices";

const EVERY = "";

/** Chooses the run that is drawn where there is no mean of those of A. */
export function runWord(evaluation: EvaluationState): Word {
  const { session, run, runsOfA } = evaluation;
  const nameOf = (one: string) => session.runNames.get(one) ?? one;
  return {
    text: run === null ? "" : nameOf(run),
    heading: phrases.CAPTION_HEADINGS.run,
    options: runsOfA.map((key): Option => ({ key, text: nameOf(key), colour: session.runColours.get(key) ?? "" })),
    chosen: run,
    choose: (run) => evaluation.change({ run }),
  };
}

export function captionWords(evaluation: EvaluationState): Record<string, Word> {
  const { session, place } = evaluation;
  const heading = phrases.CAPTION_HEADINGS;
  const names = exampleNames(session);
  const isLower = evaluation.measure !== null && lowerIsBetter(evaluation.measure);
  const { passage, slices } = evaluation;
  const texts = namesOf(passage.names, passage.texts);
  const every = slicesIn(slices, null).length < slices.length ? phrases.FEW_OF_A_KIND : phrases.SLICES;
  return {
    panel: {
      text: phrases.PANEL_NAMES[evaluation.panel],
      heading: heading.panel,
      options: evaluation.panels.map((key) => ({
        key,
        text: phrases.PANEL_NAMES[key],
        note: phrases.PANEL_MEANINGS[key],
      })),
      chosen: evaluation.panel,
      choose: (panel) => evaluation.change({ panel: panel as Panel }),
    },
    run: runWord(evaluation),
    slice: {
      text: phrases.sliceName(evaluation.row?.slice ?? WHOLE_SET),
      heading: heading.slice,
      options: evaluation.rows.map(({ slice }) => ({ key: slice, text: phrases.sliceName(slice) })),
      chosen: evaluation.row?.slice ?? null,
      choose: (slice) => evaluation.choose(slice),
    },
    text: {
      text: (passage.name !== null && texts.get(passage.name)?.quoted) || "",
      heading: heading.text,
      options: [...texts].map(([key, { text, note }]) => ({ key, text, note })),
      chosen: passage.name,
      choose: (text) => evaluation.change({ text, token: null }),
    },
    set: {
      text: session.example ?? "",
      heading: heading.set,
      options: session.examples.map((key) => ({ key, text: names.get(key)?.text ?? key })),
      chosen: session.example,
      choose: (example) => session.selectExample(example),
    },
    group: {
      text: evaluation.group === null ? every : phrases.groupName(evaluation.group),
      heading: heading.group,
      options: [
        { key: EVERY, text: every },
        ...[...evaluation.groups].map(([key, count]): Option => {
          return { key: key || EVERY, text: phrases.groupName(key), note: phrases.sliceCount(count) };
        }),
      ].filter(({ key }, at) => at === 0 || key !== EVERY),
      chosen: evaluation.group ?? EVERY,
      choose: (group) => evaluation.change({ group: group === EVERY ? null : group }),
    },
    measures: {
      text: phrases.measureCount(evaluation.shownMeasures.length, evaluation.measures.length),
      heading: heading.measures,
      options: evaluation.measures.map((key) => ({
        key,
        text: phrases.measureName(key),
        note: evaluation.shownMeasures.includes(key) ? phrases.SHOWN : "",
      })),
      chosen: null,
      choose: (measure) => evaluation.toggleMeasure(measure),
    },
    measure: {
      text: evaluation.measure === null ? "" : phrases.measureName(evaluation.measure),
      heading: heading.measure,
      options: evaluation.shownMeasures.map((key) => ({ key, text: phrases.measureName(key) })),
      chosen: evaluation.measure,
      choose: (measure) => evaluation.sortBy(measure),
    },
    order: wordOf(
      heading.order,
      evaluation.orders,
      {
        worst: phrases.orderName("worst", isLower, true),
        change: phrases.orderName("change", isLower, true),
        clearest: phrases.orderName("clearest", isLower, true),
        logged: phrases.orderName("logged", isLower, true),
      },
      evaluation.orders.includes(place.order) ? place.order : "worst",
      (order) => evaluation.change({ order }),
      phrases.ORDER_MEANINGS,
    ),
  };
}
