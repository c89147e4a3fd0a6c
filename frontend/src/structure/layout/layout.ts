/** Where the boxes of open groups lie, and how lines go between them: each group by itself, those within it first. */

import type { Layered } from "./graph";
import { layered } from "./layered";
import { type Point, type Ports, spreadEnds } from "./lineEnds";

/** A box to place; an open group has what is in it instead of a size. */
export interface BoxSpec {
  key: string;
  width: number;
  height: number;
  group: GroupSpec | null;
}

export interface GroupSpec {
  /** In an order in which most lines lead onwards. */
  boxes: BoxSpec[];
  lines: LineSpec[];
  /** Ports above and below, in no order. */
  ins: string[];
  outs: string[];
  /** Room for what stands above it. */
  titleWidth: number;
  titleHeight: number;
}

export interface LineSpec {
  /** Keys of boxes, or ports of the group. */
  from: string;
  to: string;
  /** Where it meets its boxes if they are open. */
  fromPort: string;
  toPort: string;
  /** 0 for none. */
  labelWidth: number;
  labelHeight: number;
}

export interface Box {
  /** Of its upper left corner, in the group. */
  x: number;
  y: number;
  width: number;
  height: number;
  group: GroupLayout | null;
}

/** What there is in it is in the order of the specification. */
export interface GroupLayout {
  width: number;
  height: number;
  boxes: Box[];
  lines: Way[];
}

export interface Way {
  /** From its beginning to its end; of a line from a box to itself none. */
  points: Point[];
  /** Middle of its label. */
  label: Point | null;
}

interface Placed extends GroupLayout {
  ports: Ports;
}

/** A box whose size is known, and where the lines of an open one meet it. */
interface Sized {
  key: string;
  width: number;
  height: number;
  ports: Ports;
}

/** Beside a box that has a line to itself. */
export const LOOP_ROOM = 26;
const PADDING = 12;
/** Above and below open groups, for lines to reach their ports. */
const ROUND_GROUPS = 10;
const GAPS = { boxes: 20, lines: 14, rows: 28 };
const MOST_REMEMBERED = 2000;

/** Returns what lays out a group and all open groups in it; each is laid out anew only where something in it changed. */
export function createLayouter(): (spec: GroupSpec) => GroupLayout {
  const remembered = new Map<string, Placed>();
  const layOut = (spec: GroupSpec): Placed => {
    const inner = spec.boxes.map(({ group }) => group && layOut(group));
    const sized = spec.boxes.map(({ key, width, height }, index): Sized => {
      const group = inner[index];
      return { key, width: group?.width ?? width, height: group?.height ?? height, ports: group?.ports ?? {} };
    });
    const name = JSON.stringify([sized, { ...spec, boxes: null }]);
    let placed = remembered.get(name);
    if (!placed) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      placed = layOutGroup(spec, sized);
      remembered.set(name, placed);
    }
    return { ...placed, boxes: placed.boxes.map((box, at) => ({ ...box, group: inner[at] ?? null })) };
  };
  return layOut;
}

function layOutGroup(spec: GroupSpec, sized: readonly Sized[]): Placed {
  const layout = layersOf(spec, sized);
  const above = PADDING + spec.titleHeight;
  const width = Math.max(layout.width, spec.titleWidth) + 2 * PADDING;
  const height = layout.height + above + PADDING;
  const left = (width - layout.width) / 2;
  const move = ({ x, y }: Point): Point => ({ x: x + left, y: y + above });

  const centreOf = (index: number) => move(layout.centres[index] as Point);
  const boxes = sized.map((box, at) => {
    const { x, y } = centreOf(spec.ins.length + at);
    return { x: x - box.width / 2, y: y - box.height / 2, width: box.width, height: box.height, group: null };
  });
  const ports: Record<string, number> = {};
  spec.ins.forEach((port, i) => {
    ports[port] = centreOf(i).x;
  });
  spec.outs.forEach((port, place) => {
    ports[port] = centreOf(spec.ins.length + sized.length + place).x;
  });

  const places = new Map(sized.map(({ key }, place) => [key, place]));
  const found = joining(spec.lines).map((place) => (place < 0 ? null : place));
  const bends = found.map((place) => (place === null ? null : (layout.bends[place] as Point[]).map(move)));
  const ends = spreadEnds(spec.lines, bends, (end) => {
    const place = places.get(end);
    if (place !== undefined) return { ...(boxes[place] as Box), ports: sized[place]?.ports ?? {} };
    return { x: ports[end] as number, y: spec.ins.includes(end) ? 0 : height, width: 0, height: 0, ports: {} };
  });
  const lines = found.map((place, which): Way => {
    const end = ends[which];
    if (place === null || !end) return { points: [], label: null };
    const label = layout.labels[place];
    return { points: [end.start, ...(bends[which] ?? []), end.stop], label: label ? move(label) : null };
  });
  return { width, height, boxes, lines, ports };
}

/** Lays out ports above, boxes, ports below. */
function layersOf(spec: GroupSpec, sized: readonly Sized[]): Layered {
  const hasLoop = new Set(spec.lines.filter(({ from, to }) => from === to).map(({ from }) => from));
  const port = { width: 0, height: 0 };
  const sizes = [
    ...spec.ins.map(() => port),
    ...spec.boxes.map(({ key, group }, index) => ({
      width: (sized[index] as Sized).width + (hasLoop.has(key) ? 2 * LOOP_ROOM : 0),
      height: (sized[index] as Sized).height + (group ? 2 * ROUND_GROUPS : 0),
    })),
    ...spec.outs.map(() => port),
  ];
  const keys = [...spec.ins, ...sized.map(({ key }) => key), ...spec.outs];
  const indices = new Map(keys.map((key, at) => [key, at]));
  const portOf = (key: string, port: string) => {
    const box = sized[(indices.get(key) as number) - spec.ins.length];
    const x = box?.ports[port];
    return box && x !== undefined ? x - box.width / 2 : 0;
  };
  const lines = spec.lines
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, fromPort, toPort, labelWidth, labelHeight }) => ({
      from: indices.get(from) as number,
      to: indices.get(to) as number,
      fromX: portOf(from, fromPort),
      toX: portOf(to, toPort),
      label: { width: labelWidth, height: labelHeight },
    }));
  return layered(sizes, lines, spec.ins.length, spec.outs.length, GAPS);
}

/** Returns the place of each line among those that join two boxes, -1 for the others. */
function joining(lines: readonly LineSpec[]): number[] {
  let count = 0;
  return lines.map(({ from, to }) => (from === to ? -1 : count++));
}
