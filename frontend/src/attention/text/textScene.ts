import type { ColouredHead, Hover } from "../types";
import { weightAt } from "../weights";
import { DRAWN_SHARE, strongestInto, strongestRibbons } from "./ribbons";

/** The token whose weights are told; null where none is chosen. */
export type Focus = { side: "query" | "key"; position: number } | null;

/** A line to draw, between original positions. */
export interface ColouredRibbon {
  query: number;
  key: number;
  weight: number;
  colour: string;
}

const MOST_LINES = 2400;
const LEAST_PER_QUERY = 3;
const MOST_PER_QUERY = 24;

/** How many lines each query may draw per head while no token is chosen, so that scrolling stays smooth. */
export function linesPerQuery(queriesInSight: number, heads: number): number {
  const fair = Math.floor(MOST_LINES / Math.max(1, queriesInSight * heads));
  return Math.max(LEAST_PER_QUERY, Math.min(MOST_PER_QUERY, fair));
}

/** What is under the pointer comes before what is pinned, and a query before a key. */
export function focusOf(hover: Hover, pinned: number | null): Focus {
  if (hover.query !== null) return { side: "query", position: hover.query };
  if (pinned !== null) return { side: "query", position: pinned };
  return hover.key === null ? null : { side: "key", position: hover.key };
}

/** The lines to draw, weak ones first so that strong ones lie on top. `visible` are the queries in sight. */
export function ribbonsToDraw(
  heads: ColouredHead[],
  queries: number[],
  keys: number[],
  visible: number[],
  focus: Focus,
): ColouredRibbon[] {
  const most = linesPerQuery(visible.length, heads.length);
  const ribbons = heads.flatMap(({ matrix, colour }) => {
    let drawn = [];
    if (focus?.side === "query") drawn = strongestRibbons(matrix, focus.position, keys);
    else if (focus?.side === "key") drawn = strongestInto(matrix, focus.position, queries);
    else drawn = visible.flatMap((query) => strongestRibbons(matrix, query, keys, DRAWN_SHARE, most));
    return drawn.map((ribbon) => ({ ...ribbon, colour }));
  });
  return ribbons.sort((one, other) => one.weight - other.weight);
}

/** The weights between the chosen token and one on the other side, one per head; null where no token is chosen. */
export function weightsAcross(
  heads: ColouredHead[],
  focus: Focus,
  side: "query" | "key",
  position: number,
): number[] | null {
  if (focus === null || focus.side === side) return null;
  return heads.map(({ matrix }) =>
    side === "key" ? weightAt(matrix, focus.position, position) : weightAt(matrix, position, focus.position),
  );
}

/** How opaque a weight is drawn: its square root, as the matrix does by default. */
export function opacityOf(weight: number): number {
  return Number.isFinite(weight) ? Math.sqrt(Math.min(1, Math.max(0, weight))) : 0;
}

// Text stays readable on a token that takes all the weight.
const STRONGEST_SHADE = 0.6;

/** The background of a token whose weight comes from one head. */
export function shade(colour: string, weight: number): string {
  return tint(colour, STRONGEST_SHADE * opacityOf(weight));
}

/** Slim bars side by side, one per head, each as opaque as its weight. */
export function bars(colours: string[], weights: number[], direction: "to right" | "to bottom"): string {
  const share = 100 / weights.length;
  const stops = weights.map((weight, i) => {
    const end = (i + 1) * share;
    return `${tint(colours[i] ?? "black", opacityOf(weight))} ${(i * share).toFixed(2)}% ${end.toFixed(2)}%`;
  });
  return `linear-gradient(${direction}, ${stops.join(", ")})`;
}

function tint(colour: string, opacity: number): string {
  return `color-mix(in srgb, ${colour} ${(100 * opacity).toFixed(1)}%, transparent)`;
}
