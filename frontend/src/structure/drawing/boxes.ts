/** What stands in each box, and how large that makes it. */

import { cutMiddle } from "../../tokens/cutMiddle";
import type { TextWidth } from "../../tokens/labels";
import type { StructureNode } from "../../wire/schema.gen";
import { phrases } from "../language";
import { boundaryName, type Item, isGroup, layersOf, ownName } from "../tree";
import { parametersText } from "./figure";

export interface BoxSize {
  width: number;
  height: number;
}

/** As far as it fits. */
export interface BoxText {
  name: string;
  /** Class, or which layers it stands for. */
  kind: string;
  /** What is special about it: role, calls, sharing. */
  marks: string;
}

/** How wide texts of the drawing are. */
export interface Fonts {
  name: TextWidth;
  small: TextWidth;
}

export const NAME_SIZE = 13;
export const SMALL_SIZE = 11;
/** From the left border to the text. */
export const INDENT = 8;
/** Least room at the right end of the second row, for a figure. */
const FIGURE_ROOM = 72;
const FIGURE_GAP = 6;
/** No figure beside a name is wider. */
const BRIEF_FIGURE = "0.000888";
/** Of such a box, so that nothing is cut in letters that are larger. */
const LARGER = 1.4;
/** Of the cells of what stands for several, at the bottom. */
export const STRIP_HEIGHT = 6;
export const TITLE_HEIGHT = 22;
export const ROW = 16;
export const EDGE = 6;
const LEAST_WIDTH = 104;
/** How much wider than their names inputs and outputs are, for larger letters. */
const SLACK = 1.5;
const MOST_WIDTH = 232;
const OPENER = "▸ ";

/** How boxes are filled. */
export interface Filling {
  isCut?: boolean;
  isBrief?: boolean;
}

/** Returns the size of the box of an item that is not open; all of its text fits where that need not be cut, or has at most `MOST_WIDTH`. */
export function boxSize(item: Item, fonts: Fonts, { isCut = true, isBrief = false }: Filling = {}): BoxSize {
  const { name, kind, marks } = isBrief ? briefOf(item) : textOf(item);
  const most = isCut ? MOST_WIDTH : Number.POSITIVE_INFINITY;
  if (!item.node)
    return { width: Math.ceil(Math.min(most, SLACK * fonts.name(name) + 2 * INDENT)), height: 2 * EDGE + ROW };
  const wanted = isBrief
    ? LARGER * (fonts.name(name) + fonts.small(BRIEF_FIGURE) + FIGURE_GAP) + 2 * INDENT
    : Math.max(fonts.name(name), fonts.small(kind) + figureRoom(item, fonts), fonts.small(marks)) + 2 * INDENT;
  const width = Math.ceil(Math.min(most, Math.max(LEAST_WIDTH, wanted)));
  const rows = 1 + Number(kind !== "") + Number(marks !== "");
  const strip = isSeveral(item) ? STRIP_HEIGHT + 2 : 0;
  return { width, height: 2 * EDGE + rows * ROW + strip };
}

function figureRoom(item: Item, fonts: Fonts): number {
  return Math.max(FIGURE_ROOM, fonts.small(parametersText(item)) + FIGURE_GAP);
}

/** Returns what stands in a box that says no more than name and figure; `figure`: which has its room first. */
export function briefText(item: Item, fonts: Fonts, width: number, scale: number, figure: string): BoxText {
  const room = (width - 2 * INDENT) / scale;
  const taken = figure === "" ? 0 : fonts.small(figure) + FIGURE_GAP;
  return { name: cutMiddle(briefOf(item).name, room - taken, fonts.name), kind: "", marks: "" };
}

/** Returns what stands in a box, in letters `scale` times as large; a class that has no room beside the figure then is left out. */
export function boxText(item: Item, fonts: Fonts, width: number, scale = 1, figure = ""): BoxText {
  const { name, kind, marks } = textOf(item);
  const room = (width - 2 * INDENT) / scale;
  const beside = room - (figure === "" ? 0 : fonts.small(figure) + FIGURE_GAP);
  return {
    name: cutMiddle(name, room, fonts.name),
    kind: scale > 1 && fonts.small(kind) > beside ? "" : cutMiddle(kind, beside, fonts.small),
    marks: cutMiddle(marks, room, fonts.small),
  };
}

/** Returns all that a box says of an item, without cuts. */
export function wholeText(item: Item): string {
  const { kind, marks } = textOf(item);
  return [nameOf(item), kind, marks].filter(Boolean).join("\n");
}

/** Returns what stands above an open group. */
export function titleOf(item: Item): { name: string; kind: string } {
  return { name: `▾ ${nameOf(item)}`, kind: kindOf(item) };
}

/** Whether it stands for several layers. */
export function isSeveral({ kind }: Item): boolean {
  return kind === "repeats" || kind === "bundle";
}

export function nameOf(item: Item): string {
  const { kind, node, times } = item;
  if (!node) return boundaryName(item);
  if (kind === "bundle") return phrases.bundleName(layersOf(item).length);
  return kind === "repeats" ? `${node.class_name} × ${times}` : ownName(node.path);
}

function textOf(item: Item): BoxText {
  const name = (isGroup(item) ? OPENER : "") + nameOf(item);
  return { name, kind: kindOf(item), marks: marksOf(item).join(" · ") };
}

function briefOf(item: Item): BoxText {
  return { name: textOf(item).name, kind: "", marks: "" };
}

function kindOf(item: Item): string {
  const { kind, node } = item;
  if (!node) return "";
  if (kind === "layer") return node.class_name;
  if (kind === "own") return phrases.itself(node.class_name);
  const layers = layersOf(item);
  const last = layers[layers.length - 1] as StructureNode;
  return fromTo(ownName(node.path), ownName(last.path));
}

/** Returns two names as a range, such as "block_0 … 11". */
function fromTo(first: string, last: string): string {
  const [, stem = "", end = ""] = /^(.*?)(\d*)$/u.exec(last) ?? [];
  const isNumbered = end !== "" && first.startsWith(stem) && /^\d*$/u.test(first.slice(stem.length));
  return `${first} … ${isNumbered ? end : last}`;
}

function marksOf({ kind, node, isLoop }: Item): string[] {
  if (!node || kind === "bundle" || kind === "own") return [];
  const marks: string[] = [];
  const role = node.role && phrases.ROLE_NAMES[node.role];
  // What is called so needs no more, unless it leads somewhere.
  const isLink = node.attention !== "" || node.role === "embedding";
  if (role && (isLink || !`${ownName(node.path)} ${node.class_name}`.toLowerCase().includes(role))) marks.push(role);
  if (kind === "repeats") return marks;
  if (node.calls === 0) marks.push(phrases.NOT_CALLED);
  else if (node.calls !== 1) marks.push((isLoop ? phrases.loopText : phrases.callsText)(node.calls));
  if (node.shared_with) marks.push(phrases.SHARED);
  return marks;
}
