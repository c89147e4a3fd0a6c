/** Where the boxes of open groups lie, and how lines go between them: in ranks from top to bottom, each group by itself. */

import type { Graph, layout as runLayout } from "@dagrejs/dagre";
import { type Point, type Ports, spreadEnds } from "./lineEnds";

/** The library, which only the worker that lays out needs. */
export interface Dagre {
  Graph: typeof Graph;
  layout: typeof runLayout;
}

/** A box to place; an open group has what is in it instead of a size. */
export interface BoxSpec {
  key: string;
  width: number;
  height: number;
  group: GroupSpec | null;
}

export interface GroupSpec {
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
  /** x, y, x, y, ... from its beginning to its end; of a line from a box to itself none. */
  points: number[];
  /** Middle of its label. */
  label: Point | null;
}

interface Placed extends GroupLayout {
  ports: Ports;
}

/** Beside a box that has a line to itself. */
export const LOOP_ROOM = 26;
const PADDING = 14;
const BETWEEN_BOXES = 20;
const BETWEEN_LINES = 14;
const BETWEEN_RANKS = 30;
/** Above and below open groups, for lines to reach their ports. */
const ROUND_GROUPS = 16;
const PORT_WEIGHT = 100;
const MOST_REMEMBERED = 2000;
/** No path of a layer has a line break at its end. */
const ABOVE = "above\n";
const BELOW = "below\n";

/** Returns what lays out a group and all open groups in it; each is laid out anew only where something in it changed. */
export function createLayouter(dagre: Dagre): (spec: GroupSpec) => GroupLayout {
  const remembered = new Map<string, Placed>();
  const layOut = (spec: GroupSpec): Placed => {
    const inner = spec.boxes.map(({ group }) => group && layOut(group));
    const boxes = spec.boxes.map(({ key, width, height }, place) => {
      const { ports = {}, ...size } = inner[place] ?? { width, height };
      return { key, width: size.width, height: size.height, ports };
    });
    const name = JSON.stringify([boxes, { ...spec, boxes: null }]);
    let placed = remembered.get(name);
    if (!placed) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      placed = layOutGroup(dagre, spec, boxes);
      remembered.set(name, placed);
    }
    return { ...placed, boxes: placed.boxes.map((box, place) => ({ ...box, group: inner[place] ?? null })) };
  };
  return layOut;
}

/** A box whose size is known, and where the lines of an open one meet it. */
interface Sized {
  key: string;
  width: number;
  height: number;
  ports: Ports;
}

function layOutGroup(dagre: Dagre, spec: GroupSpec, sized: readonly Sized[]): Placed {
  const graph = graphOf(dagre, spec, sized);
  dagre.layout(graph);
  const nodeAt = (key: string) => graph.node(key) as Point & { width: number; height: number };
  const edges = spec.lines.map(({ from, to }, place) =>
    from === to ? null : (graph.edge(from, to, String(place)) as { points: Point[] } & Partial<Point>),
  );

  const extent = new Extent();
  for (const { key } of sized) extent.add(nodeAt(key), nodeAt(key));
  edges.forEach((edge, place) => {
    const { labelWidth = 0, labelHeight = 0 } = spec.lines[place] ?? {};
    for (const { x } of edge?.points ?? []) extent.add({ x, y: extent.top }, { width: 0, height: 0 });
    if (edge && labelWidth > 0) extent.add(edge as Point, { width: labelWidth, height: labelHeight });
  });
  const above = PADDING + spec.titleHeight + (spec.ins.length > 0 ? BETWEEN_RANKS / 2 : 0);
  const below = PADDING + (spec.outs.length > 0 ? BETWEEN_RANKS / 2 : 0);
  const width = Math.max(extent.right - extent.left, spec.titleWidth) + 2 * PADDING;
  const height = extent.bottom - extent.top + above + below;
  const move = ({ x, y }: Point): Point => ({
    x: x - extent.left + (width - (extent.right - extent.left)) / 2,
    y: y - extent.top + above,
  });

  const boxes = sized.map((box) => {
    const { x, y } = move(nodeAt(box.key));
    return { x: x - box.width / 2, y: y - box.height / 2, width: box.width, height: box.height, group: null };
  });
  const xOf = (port: string) => [port, move(nodeAt(port)).x] as const;
  const ports = Object.fromEntries([...spec.ins, ...spec.outs].map(xOf));
  const bends = edges.map((edge) => edge?.points.slice(1, -1).map(move) ?? null);
  const ends = spreadEnds(spec.lines, bends, (end) => {
    const place = sized.findIndex(({ key }) => key === end);
    const box = boxes[place];
    if (box) return { ...box, ports: sized[place]?.ports ?? {} };
    return { x: ports[end] as number, y: spec.ins.includes(end) ? 0 : height, width: 0, height: 0, ports: {} };
  });
  const halves = new Map(boxes.map(({ y, height }) => [rankOf(y + height / 2), 0]));
  for (const { y, height } of boxes) {
    const rank = rankOf(y + height / 2);
    halves.set(rank, Math.max(halves.get(rank) ?? 0, height / 2));
  }
  const lines = edges.map((edge, place): Way => {
    const end = ends[place];
    if (!edge || !end) return { points: [], label: null };
    const isDown = end.start.y < end.stop.y;
    const inner = (bends[place] ?? []).flatMap(({ x, y }) => {
      // Straight past what else lies in this rank, however tall it is.
      const half = (halves.get(rankOf(y)) ?? 0) * (isDown ? 1 : -1);
      return half === 0 ? [x, y] : [x, y - half, x, y + half];
    });
    const label = (spec.lines[place]?.labelWidth ?? 0) > 0 ? move(edge as Point) : null;
    return { points: [end.start.x, end.start.y, ...inner, end.stop.x, end.stop.y], label };
  });
  return { width, height, boxes, lines, ports };
}

function graphOf({ Graph }: Dagre, spec: GroupSpec, sized: readonly Sized[]): Graph {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: BETWEEN_BOXES, edgesep: BETWEEN_LINES, ranksep: BETWEEN_RANKS });
  const hasLoop = new Set(spec.lines.filter(({ from, to }) => from === to).map(({ from }) => from));
  spec.boxes.forEach(({ key, group }, place) => {
    const { width, height } = sized[place] as Sized;
    graph.setNode(key, {
      width: width + (hasLoop.has(key) ? 2 * LOOP_ROOM : 0),
      height: height + (group ? 2 * ROUND_GROUPS : 0),
    });
  });
  // All ports of a side lie in one rank: beside a node at the very top, or the very bottom.
  if (spec.ins.length > 0) graph.setNode(ABOVE, { width: 0, height: 0 });
  if (spec.outs.length > 0) graph.setNode(BELOW, { width: 0, height: 0 });
  const near = { weight: PORT_WEIGHT, minlen: 1, width: 0, height: 0 };
  for (const port of [...spec.ins, ...spec.outs]) graph.setNode(port, { width: 1, height: 0 });
  for (const port of spec.ins) graph.setEdge(ABOVE, port, near);
  for (const port of spec.outs) graph.setEdge(port, BELOW, near);
  spec.lines.forEach(({ from, to, labelWidth, labelHeight }, place) => {
    const label = { minlen: 1, weight: 1, width: labelWidth, height: labelHeight, labelpos: "c" };
    if (from !== to) graph.setEdge(from, to, label, String(place));
  });
  return graph;
}

/** Middles of boxes and bends in one rank differ by rounding only. */
function rankOf(middle: number): number {
  return Math.round(middle * 4);
}

class Extent {
  left = Number.POSITIVE_INFINITY;
  right = Number.NEGATIVE_INFINITY;
  top = Number.POSITIVE_INFINITY;
  bottom = Number.NEGATIVE_INFINITY;

  add({ x, y }: Point, { width, height }: { width: number; height: number }): void {
    this.left = Math.min(this.left, x - width / 2);
    this.right = Math.max(this.right, x + width / 2);
    this.top = Math.min(this.top, y - height / 2);
    this.bottom = Math.max(this.bottom, y + height / 2);
  }
}
