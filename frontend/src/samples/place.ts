/** What the user looks at in the samples view. */

import {
  index,
  indices,
  integer,
  joinList,
  oneOf,
  type Parameters,
  splitList,
  unless,
  type Written,
} from "../store/parameters";
import { type Limit, readLimits, writeLimits } from "./find/limits";

export const ROWS = ["steps", "prompts"] as const;
/** What a row of the grid is. */
export type Rows = (typeof ROWS)[number];

export const LINES = ["fit", "3", "6", "12"] as const;
/** How many lines of text a cell shows: a number, or what the longest text needs. */
export type Lines = (typeof LINES)[number];
/** How many lines a cell shows at most. */
export const MOST_LINES: Record<Lines, number> = { fit: 6, "3": 3, "6": 6, "12": 12 };

export const COMPARISONS = ["nothing", "before", "pinned", "reference", "run"] as const;
/** What a text is compared with: the same sample at the step before, at a pinned step, its reference, another run's. */
export type Comparison = (typeof COMPARISONS)[number];

export const UNITS = ["word", "character"] as const;
export type Unit = (typeof UNITS)[number];

export const PANES = ["row", "tree"] as const;
/** What is shown below the grid: the row of the cursor whole, or the chosen text's beam search. */
export type Pane = (typeof PANES)[number];

/** null stands for "not chosen": the page then chooses. */
export interface SamplesPlace {
  rows: Rows;
  /** Place in the prompts of the runs in sight. */
  prompt: number | null;
  /** Key of the chosen column, see `columnKey`. */
  column: string | null;
  /** The run of the chosen cell, where several are in sight. */
  run: string | null;
  /** Which of the samples of a prompt and temperature is shown; null: all of them. */
  repeat: number | null;
  lines: Lines;
  pane: Pane | null;
  /** Whether tokens are shaded by their probability. */
  shade: boolean;
  compare: Comparison;
  unit: Unit;
  pinnedStep: number | null;
  /** The run to compare with. */
  otherRun: string | null;
  /** Names of the measures beside each text. */
  measures: string[] | null;
  /** What is searched for, and whether it is a regular expression. */
  search: string;
  isRegex: boolean;
  /** Which prompts and columns are looked at, of steps between two, both included. */
  filteredPrompts: number[] | null;
  filteredColumns: string[] | null;
  fromStep: number | null;
  toStep: number | null;
  limits: Limit[];
  /** The pinned token of the chosen cell. */
  token: number | null;
}

export const SAMPLES_START: Readonly<SamplesPlace> = {
  rows: "steps",
  prompt: null,
  column: null,
  run: null,
  repeat: 0,
  lines: "fit",
  pane: null,
  shade: false,
  compare: "nothing",
  unit: "word",
  pinnedStep: null,
  otherRun: null,
  measures: null,
  search: "",
  isRegex: false,
  filteredPrompts: null,
  filteredColumns: null,
  fromStep: null,
  toStep: null,
  limits: [],
  token: null,
};

const ALL = "all";

export function readSamplesPlace(text: Parameters): SamplesPlace {
  const repeat = text("repeat");
  return {
    rows: oneOf(ROWS, text("rows")) ?? SAMPLES_START.rows,
    prompt: index(text("prompt")),
    column: text("column"),
    run: text("run"),
    repeat: repeat === ALL ? null : (index(repeat) ?? SAMPLES_START.repeat),
    lines: oneOf(LINES, text("lines")) ?? SAMPLES_START.lines,
    pane: oneOf(PANES, text("pane")),
    shade: text("shade") === "1",
    compare: oneOf(COMPARISONS, text("compare")) ?? SAMPLES_START.compare,
    unit: oneOf(UNITS, text("unit")) ?? SAMPLES_START.unit,
    pinnedStep: integer(text("pinned")),
    otherRun: text("other"),
    measures: splitList(text("measures")),
    search: text("search") ?? "",
    isRegex: text("regex") === "1",
    filteredPrompts: text("prompts") === "" ? [] : indices(text("prompts")),
    filteredColumns: splitList(text("columns")),
    fromStep: integer(text("from")),
    toStep: integer(text("to")),
    limits: readLimits(text("limits")),
    token: index(text("token")),
  };
}

export function writeSamplesPlace(place: SamplesPlace): Written {
  return {
    rows: unless(SAMPLES_START.rows, place.rows),
    prompt: unless(null, place.prompt),
    column: place.column,
    run: place.run,
    repeat: place.repeat === null ? ALL : unless(SAMPLES_START.repeat, place.repeat),
    lines: unless(SAMPLES_START.lines, place.lines),
    pane: place.pane,
    shade: place.shade ? "1" : null,
    compare: unless(SAMPLES_START.compare, place.compare),
    unit: unless(SAMPLES_START.unit, place.unit),
    pinned: unless(null, place.pinnedStep),
    other: place.otherRun,
    measures: place.measures && joinList(place.measures),
    search: unless(SAMPLES_START.search, place.search),
    regex: place.isRegex ? "1" : null,
    prompts: place.filteredPrompts && joinList(place.filteredPrompts.map(String)),
    columns: place.filteredColumns && joinList(place.filteredColumns),
    from: unless(null, place.fromStep),
    to: unless(null, place.toStep),
    limits: writeLimits(place.limits),
    token: unless(null, place.token),
  };
}
