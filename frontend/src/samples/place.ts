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
import type { Unit } from "../tokens/diff";
import { type Limit, readLimits, writeLimits } from "./find/limits";

export const ROWS = ["steps", "prompts"] as const;
/** What a row of the grid is. */
export type Rows = (typeof ROWS)[number];

export const MARKS = ["nothing", "new", "reference"] as const;
/** What is marked where nothing is compared: nothing, what is new since the step before, or what the reference does not have. */
export type Marks = (typeof MARKS)[number];

export const UNITS: readonly Unit[] = ["word", "character"];

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
  /** Whether one column is read as a document. */
  isAlone: boolean;
  /** Whether the chosen text's beam search is shown below. */
  tree: boolean;
  /** Whether tokens are shaded by their probability. */
  shade: boolean;
  marks: Marks | null;
  unit: Unit;
  /** Name of the measure beside each text; "" for none. */
  measure: string | null;
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
  isAlone: false,
  tree: false,
  shade: true,
  marks: null,
  unit: "word",
  measure: null,
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
    isAlone: text("alone") === "1",
    tree: text("tree") === "1",
    shade: text("shade") !== "0",
    marks: oneOf(MARKS, text("marks")),
    unit: oneOf(UNITS, text("unit")) ?? SAMPLES_START.unit,
    measure: text("figure"),
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
    alone: place.isAlone ? "1" : null,
    tree: place.tree ? "1" : null,
    shade: place.shade ? null : "0",
    marks: place.marks,
    unit: unless(SAMPLES_START.unit, place.unit),
    figure: place.measure,
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
