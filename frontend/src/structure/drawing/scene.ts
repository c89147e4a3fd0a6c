/** The drawing of a structure: what is to be laid out, and then where everything is. */

import { cutMiddle } from "../../tokens/cutMiddle";
import type { StructureTensor } from "../../wire/schema.gen";
import type { GroupLayout, GroupSpec, Way } from "../layout/layout";
import type { Point } from "../layout/lineEnds";
import type { Labels } from "../place";
import { type Item, isGroup, type Tree } from "../tree";
import { boxSize, type Fonts, TITLE_HEIGHT, titleOf } from "./boxes";
import { isChain } from "./folding";
import { LABEL_MARGIN, type LabelText, lineText } from "./labels";
import { type GroupLines, inPort, type Line, outPort, tensorsOf } from "./lines";
import { loopOf, wayOf } from "./ways";

/** What a drawing is made of. */
export interface Source {
  tree: Tree;
  tensors: readonly StructureTensor[];
  lines: ReadonlyMap<string, GroupLines>;
  open: ReadonlySet<string>;
  labels: Labels;
  fonts: Fonts;
  /** Whether long texts are cut, as on a screen, where the whole can be asked for. */
  isCut?: boolean;
  /** Of more layers built alike than this only the first is shown inside of the box for all. */
  mostAlike?: number;
  /** Whether boxes say no more than names and figures. */
  isBrief?: boolean;
}

export interface SceneBox {
  item: Item;
  x: number;
  y: number;
  width: number;
  height: number;
  isOpen: boolean;
}

export interface SceneLine {
  key: string;
  line: Line;
  /** Of SVG. */
  path: string;
  /** The head of its arrow; "" where it goes on inside of an open group, or outside. */
  arrow: string;
  label: (LabelText & Point) | null;
  bounds: Bounds;
}

export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Scene {
  width: number;
  height: number;
  /** Those around others first. */
  boxes: SceneBox[];
  lines: SceneLine[];
  /** By which all texts were measured. */
  fonts: Fonts;
}

export const LABEL_HEIGHT = 14;
const LONGEST_LABEL = 240;
const LONGEST_TITLE = 300;
export const TITLE_GAP = 8;

const NO_LINES: GroupLines = { lines: [], ins: [], outs: [] };

/** Returns what is to be laid out of a group, and of all that is open in it. */
export function specOf(source: Source, group: Item = source.tree.root): GroupSpec {
  const { lines, ins, outs } = source.lines.get(group.key) ?? NO_LINES;
  const { fonts } = source;
  const title = titleOf(group);
  return {
    boxes: shownIn(source, group).map((item) => {
      const isOpen = isGroup(item) && source.open.has(item.key);
      const { width, height } = isOpen ? { width: 0, height: 0 } : boxSize(item, fonts, source);
      return { key: item.key, width, height, group: isOpen ? specOf(source, item) : null };
    }),
    lines: lines.map((line) => {
      const text = labelOf(source, group, line);
      return {
        from: line.from,
        to: line.to,
        fromPort: source.tree.byKey.has(line.to) ? outPort(line.to, line.kind) : line.to,
        toPort: source.tree.byKey.has(line.from) ? inPort(line.from, line.kind) : line.from,
        labelWidth: text ? Math.ceil(fonts.small(text)) + 2 * LABEL_MARGIN : 0,
        labelHeight: text ? LABEL_HEIGHT : 0,
      };
    }),
    ins,
    outs,
    titleWidth: Math.min(
      source.isCut === false ? Number.POSITIVE_INFINITY : LONGEST_TITLE,
      Math.ceil(fonts.name(title.name) + TITLE_GAP + fonts.small(title.kind)),
    ),
    titleHeight: TITLE_HEIGHT,
  };
}

/** Returns what is shown inside of an open group. */
export function shownIn({ mostAlike }: Pick<Source, "mostAlike">, group: Item): Item[] {
  return mostAlike !== undefined && isChain(group, mostAlike) ? group.children.slice(0, 1) : group.children;
}

/** Puts what was laid out into one drawing. */
export function sceneOf(source: Source, layout: GroupLayout): Scene {
  const scene: Scene = { width: layout.width, height: layout.height, boxes: [], lines: [], fonts: source.fonts };
  const { root } = source.tree;
  scene.boxes.push({ item: root, x: 0, y: 0, width: layout.width, height: layout.height, isOpen: true });
  addGroup(scene, source, root, layout, 0, 0);
  return scene;
}

function addGroup(scene: Scene, source: Source, group: Item, layout: GroupLayout, left: number, top: number): void {
  const { lines } = source.lines.get(group.key) ?? NO_LINES;
  const shown = shownIn(source, group);
  const boxes = new Map<string, SceneBox>();
  const inside: [Item, GroupLayout, SceneBox][] = [];
  layout.boxes.forEach(({ x, y, width, height, group: inner }, index) => {
    const item = shown[index] as Item;
    const box = { item, x: left + x, y: top + y, width, height, isOpen: inner !== null };
    boxes.set(item.key, box);
    scene.boxes.push(box);
    if (inner) inside.push([item, inner, box]);
  });
  layout.lines.forEach((way, at) => {
    const line = lines[at] as Line;
    const box = boxes.get(line.from);
    const isLoop = line.from === line.to && box !== undefined;
    const points = moved(way, left, top);
    const { path, arrow } = isLoop ? loopOf(box) : wayOf(points);
    const goesOn = !isLoop && (boxes.get(line.to)?.isOpen ?? true);
    const text = way.label ? labelOf(source, group, line) : "";
    const label = way.label && {
      text,
      short: textOf(source, line, "short"),
      x: left + way.label.x,
      y: top + way.label.y,
      width: source.fonts.small(text) + 2 * LABEL_MARGIN,
    };
    scene.lines.push({
      key: lineKey(group.key, line),
      line,
      path,
      arrow: goesOn ? "" : arrow,
      label,
      bounds: isLoop ? box : boundsOf(points, label),
    });
  });
  for (const [item, inner, { x, y }] of inside) addGroup(scene, source, item, inner, x, y);
}

/** Returns what tells a line from all others, whatever is open. */
export function lineKey(group: string, { from, to, kind }: Line): string {
  return [group, from, to, kind].join("\n");
}

function labelOf(source: Source, group: Item, line: Line): string {
  if (line.from === line.to) return "";
  const text = textOf(source, line);
  const before = lineOutside(source, group, line);
  // It stands there already.
  if (before && textOf(source, before) === text) return "";
  return source.isCut === false ? text : cutMiddle(text, LONGEST_LABEL, source.fonts.small);
}

function textOf({ tensors, labels: usual }: Source, line: Line, labels: Labels | "short" = usual): string {
  return lineText(
    tensorsOf(line).map((tensor) => tensors[tensor] as StructureTensor),
    labels,
  );
}

/** Returns the line that one through the border of its group goes on as outside. */
function lineOutside({ tree, lines }: Source, { key, parent }: Item, { from, to, kind }: Line): Line | null {
  if (!parent) return null;
  const outside = lines.get(parent.key)?.lines ?? [];
  const isIn = !tree.byKey.has(from);
  if (!isIn && tree.byKey.has(to)) return null;
  const goesOn = (other: Line) =>
    isIn
      ? other.to === key && (other.from === from || inPort(other.from, kind) === from)
      : other.from === key && (other.to === to || outPort(other.to, kind) === to);
  return outside.find((other) => other.kind === kind && goesOn(other)) ?? null;
}

/** Returns the parts of a drawing that lie in a rectangle. */
export function partOf(scene: Scene, sight: Bounds): Scene {
  const meets = ({ x, y, width, height }: Bounds) =>
    x < sight.x + sight.width && x + width > sight.x && y < sight.y + sight.height && y + height > sight.y;
  return { ...scene, boxes: scene.boxes.filter(meets), lines: scene.lines.filter(({ bounds }) => meets(bounds)) };
}

function boundsOf(points: readonly Point[], label: SceneLine["label"]): Bounds {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  if (label) xs.push(label.x - label.width / 2, label.x + label.width / 2);
  const [x, y] = [Math.min(...xs) - 1, Math.min(...ys) - 1];
  return { x, y, width: Math.max(...xs) + 1 - x, height: Math.max(...ys) + 1 - y };
}

function moved({ points }: Way, left: number, top: number): Point[] {
  return points.map(({ x, y }) => ({ x: x + left, y: y + top }));
}
