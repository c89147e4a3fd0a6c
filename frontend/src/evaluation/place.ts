/** What the user looks at in the evaluation view. */

import { index, joinList, oneOf, type Parameters, splitList, unless, type Written } from "../store/parameters";

export const PANELS = ["slices", "curves", "confusion", "calibration", "tokens", "map"] as const;
/** What is drawn of the evaluation. */
export type Panel = (typeof PANELS)[number];

export const ORDERS = ["worst", "change", "clearest", "logged"] as const;
/** Worst at A first, what lost most since B first, what differs from B most surely first, or as they were logged. */
export type Order = (typeof ORDERS)[number];

export const FILTERS = ["all", "wrong", "learnt", "forgotten"] as const;
/** Which examples are listed: all, those wrong now, those learnt since B, those forgotten since B. */
export type Filter = (typeof FILTERS)[number];

export const BESIDES = ["reference", "b"] as const;
/** What predictions are compared with. */
export type Besides = (typeof BESIDES)[number];

/** null stands for "not chosen": the page then chooses. */
export interface EvaluationPlace {
  panel: Panel | null;
  /** Names of the measures that have a column. */
  measures: string[] | null;
  /** The one that the slices are sorted by. */
  measure: string | null;
  order: Order;
  /** What the slices shown are told by; null: whatever it is. */
  group: string | null;
  /** The chosen one. */
  slice: string | null;
  /** Of several runs of A the one that is drawn where there is no mean. */
  run: string | null;
  filter: Filter;
  beside: Besides | null;
  /** Of the confusion matrix: what is of a class, and was taken for one. */
  mistaken: readonly [right: number, said: number] | null;
  /** Name of the record of tokens. */
  text: string | null;
  token: number | null;
  /** Of the data map: from and to of the mean, and of the deviation. */
  brushed: readonly [number, number, number, number] | null;
}

export const EVALUATION_START: Readonly<EvaluationPlace> = {
  panel: null,
  measures: null,
  measure: null,
  order: "worst",
  group: null,
  slice: null,
  run: null,
  filter: "all",
  beside: null,
  mistaken: null,
  text: null,
  token: null,
  brushed: null,
};

export function readEvaluationPlace(text: Parameters): EvaluationPlace {
  const [right = null, said = null] = (text("mistaken") ?? "").split(",").map(index);
  const brushed = (text("brushed") ?? "").split(",").map(Number);
  return {
    panel: oneOf(PANELS, text("panel")),
    measures: splitList(text("measures")),
    measure: text("sorted"),
    order: oneOf(ORDERS, text("order")) ?? EVALUATION_START.order,
    group: text("sliced"),
    slice: text("slice"),
    run: text("arun"),
    filter: oneOf(FILTERS, text("only")) ?? EVALUATION_START.filter,
    beside: oneOf(BESIDES, text("beside")),
    mistaken: right !== null && said !== null ? [right, said] : null,
    text: text("passage"),
    token: index(text("learnt")),
    brushed: isBox(brushed) ? brushed : null,
  };
}

export function writeEvaluationPlace(place: EvaluationPlace): Written {
  return {
    panel: place.panel,
    measures: place.measures && joinList(place.measures),
    sorted: place.measure,
    order: unless(EVALUATION_START.order, place.order),
    sliced: place.group,
    slice: place.slice,
    arun: place.run,
    only: unless(EVALUATION_START.filter, place.filter),
    beside: place.beside,
    mistaken: place.mistaken?.join(",") ?? null,
    passage: place.text,
    learnt: unless(null, place.token),
    brushed: place.brushed?.map((end) => end.toFixed(3)).join(",") ?? null,
  };
}

function isBox(numbers: readonly number[]): numbers is [number, number, number, number] {
  return numbers.length === 4 && numbers.every(Number.isFinite);
}
