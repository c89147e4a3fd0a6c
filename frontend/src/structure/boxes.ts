/** What stands in each box, and how large that makes it. */

import type { StructureNode } from "../wire/schema.gen";
import { cutMiddle, type TextWidth } from "./labels";
import { boundaryName, type Item, isGroup, layersOf, ownName } from "./tree";
import { bundleName, callsText, loopText, NOT_CALLED, ROLE_NAMES, SHARED } from "./words";

export interface BoxText {
  /** As far as it fits. */
  name: string;
  /** Class, or which layers it stands for. */
  kind: string;
  /** What is special about it: role, calls, sharing. */
  marks: string;
  /** All of it, without cuts. */
  whole: string;
  width: number;
  height: number;
}

/** How wide texts of the drawing are. */
export interface Fonts {
  name: TextWidth;
  small: TextWidth;
}

export const NAME_SIZE = 12;
export const SMALL_SIZE = 10;
/** From the left border to the text. */
export const INDENT = 10;
/** Room at the right end of the second row, for a figure. */
export const FIGURE_ROOM = 52;
/** Of the cells of what stands for several, at the bottom. */
export const STRIP_HEIGHT = 6;
export const TITLE_HEIGHT = 22;
export const ROW = 15;
export const EDGE = 7;
const LEAST_WIDTH = 96;
const MOST_WIDTH = 216;
const OPENER = "▸ ";

/** Returns what stands in the box of an item that is not open. */
export function boxText(item: Item, fonts: Fonts): BoxText {
  const name = (isGroup(item) ? OPENER : "") + nameOf(item);
  const kind = kindOf(item);
  const marks = marksOf(item).join(" · ");
  const hasFigure = item.node !== null;
  const figure = hasFigure ? FIGURE_ROOM : 0;
  const wanted = Math.max(fonts.name(name), fonts.small(kind) + figure, fonts.small(marks)) + 2 * INDENT;
  const width = Math.ceil(Math.min(MOST_WIDTH, Math.max(hasFigure ? LEAST_WIDTH : 0, wanted)));
  const room = width - 2 * INDENT;
  const rows = 1 + Number(kind !== "") + Number(marks !== "");
  const strip = isSeveral(item) ? STRIP_HEIGHT + 2 : 0;
  return {
    name: cutMiddle(name, room, fonts.name),
    kind: cutMiddle(kind, room - figure, fonts.small),
    marks: cutMiddle(marks, room, fonts.small),
    whole: [nameOf(item), kind, marks].filter(Boolean).join("\n"),
    width,
    height: 2 * EDGE + rows * ROW + strip,
  };
}

/** Returns what stands above an open group. */
export function titleOf(item: Item): { name: string; kind: string } {
  return { name: `▾ ${nameOf(item)}`, kind: kindOf(item) };
}

/** Whether it stands for several layers in a row. */
export function isSeveral({ kind }: Item): boolean {
  return kind === "repeats" || kind === "bundle";
}

export function nameOf(item: Item): string {
  const { kind, node, times } = item;
  if (!node) return boundaryName(item);
  if (kind === "bundle") return bundleName(layersOf(item).length);
  return kind === "repeats" ? `${node.class_name} × ${times}` : ownName(node.path);
}

function kindOf(item: Item): string {
  const { kind, node } = item;
  if (!node) return "";
  if (kind === "layer") return node.class_name;
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
  if (!node || kind === "bundle") return [];
  const marks: string[] = [];
  const role = node.role && ROLE_NAMES[node.role];
  // What is called so needs no more, unless it leads somewhere.
  const isLink = node.attention !== "" || node.role === "embedding";
  if (role && (isLink || !`${ownName(node.path)} ${node.class_name}`.toLowerCase().includes(role))) marks.push(role);
  if (kind === "repeats") return marks;
  if (node.calls === 0) marks.push(NOT_CALLED);
  else if (node.calls !== 1) marks.push((isLoop ? loopText : callsText)(node.calls));
  if (node.shared_with) marks.push(SHARED);
  return marks;
}
