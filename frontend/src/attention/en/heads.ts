/** What is said of heads in particular: of their measures, patterns and alarms. */

import { count } from "../../language/en";
import { type Sentence, sentence, strong, word } from "../../language/sentence";
import type { Alarm, AlarmKind } from "../../wire/schema.gen";
import type { Pattern } from "../heads/patterns";
import type { Order } from "../heads/rows";
import type { Measure, Shape } from "../types";
import { headTitle, MEASURE_NAMES } from ".";

export const PATTERN_NAMES: Record<Pattern, string> = {
  previous: "token before",
  self: "itself",
  next: "token after",
  near: "close by",
  first: "first token",
  separator: "separators",
  padding: "padding",
  induction: "follows repeats",
  duplicate: "same token before",
  aligned: "along the diagonal",
  broad: "spread",
  few: "few keys",
  mixed: "mixed",
};

export const PATTERN_MEANINGS: Record<Pattern, string> = {
  previous: "half of the weight or more on the token before",
  self: "half or more on the query's own token",
  next: "half or more on the token after",
  near: "0.7 or more on the token itself and its neighbours",
  first: "half or more on the first token",
  separator: "half or more on separators and the end",
  padding: "half or more on padding",
  induction: "half or more on what came after the token before",
  duplicate: "half or more on earlier places of the token",
  aligned: "within a tenth of the diagonal, and in order",
  broad: "0.9 or more of the entropy that the mask allows",
  few: "half or more on one key, another for each query",
  mixed: "nothing of these",
};

/** The table of heads. */
export const TABLE = "table of heads";
export const FIND = "Find heads";
export const FIND_EXAMPLE = "such as block_0 induction>0.3";
export const NO_HEAD_MATCHES = "No head is like this.";
export const COLUMNS_OF_HEADS = {
  head: "head",
  pattern: "pattern",
  formed: "formed at",
  was: "at B",
} as const;

export const TABLE_HEADINGS = {
  as: "How heads are shown · t",
  order: "Order of the heads",
  pattern: "Which heads",
} as const;
export const AS_PICTURE = "as the picture of one head";
export const SHAPE_NAMES: Record<Shape, string> = { table: "as a table", wall: "as a wall of pictures" };
export const WALL = "wall of heads";
export const ALL_PATTERNS = "whatever they do";

export function tableCaption(heads: number, all: number, isWall: boolean): Sentence {
  const every = all === 1 ? "The only head" : `All ${count(all)} heads`;
  const which = heads === all ? every : `${count(heads)} of ${count(all)} heads`;
  const said = sentence`${which} ${word("as")}, ${word("pattern")}, ${word("order")}`;
  return isWall ? sentence`${said}; below each ${word("measure")}.` : sentence`${said}.`;
}

export function orderName(order: Order): string {
  const names: Partial<Record<Order, string>> = {
    alarms: "alarms first",
    layer: "by layer",
    pattern: "by pattern",
    formed: "latest formed first",
    change: "largest change from B first",
  };
  return names[order] ?? `${MEASURE_NAMES[order as Measure]}, largest first`;
}

export function formedAtStep(step: number): string {
  return `step ${count(step)}`;
}

export const FROM_THE_START = "from the start";
export const NOT_YET = "not yet";

export function sinceStep(step: number): string {
  return `since step ${count(step)}`;
}

export function headTold(name: string, pattern: string, formed: string): Sentence {
  return sentence`${strong(name)} ${pattern}, ${formed}. Enter opens it; drag over a line compares its ends, A and B.`;
}

/** Alarms. */
export const ALARMS = "alarms";

export function alarmCount(alarms: number): string {
  return alarms === 1 ? "1 alarm" : `${count(alarms)} alarms`;
}

export const NO_ALARMS = "No alarms.";
export const NOT_WATCHED = "This log was not watched for alarms.";

export const ALARM_NAMES: Record<AlarmKind, string> = {
  padding: "Looks at padding",
  future: "Looks into the future",
  uniform: "Never left uniform",
  collapsed: "Looks at one key alone",
  "entropy collapse": "Entropy collapsed",
  "max logit": "Logits grow without bound",
  copies: "Copies of each other",
  nan: "Not a number",
  uncovered: "Words never looked at",
  "no diagonal": "No diagonal",
};

export function alarmText(alarm: Pick<Alarm, "kind" | "text">): string {
  return alarm.text;
}

export function alarmHeads(layer: string, heads: readonly number[]): string {
  const [first = 0] = heads;
  return heads.length === 1 ? headTitle(layer, first) : `${layer}, heads ${heads.join(", ")}`;
}

export const SHOW_ALARM = "show";

/** `unit` may be "". */
export function alarmValue(value: string, limit: string, unit: string): string {
  return `${value}${unit ? ` ${unit}` : ""}, limit ${limit}`;
}
