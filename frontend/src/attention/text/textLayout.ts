import { type Label, widest } from "../../tokens/labels";
import type { TextLayout } from "../types";
import { createStrip, type Strip, type StripView, stripScroll } from "./strip";

interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where everything of the text view is, in CSS pixels. */
export interface TextPlaces {
  queries: Strip;
  keys: Strip;
  /** Pixels in sight along the tokens. */
  room: number;
  query: Place;
  ribbons: Place;
  key: Place;
  /** What the scroll bar is made for. */
  extent: { width: number; height: number };
  /** Room for the bars of several heads, across each key; 0 for one head. */
  bars: number;
}

const ROW = 22;
const PADDING = 8;
const LEAST_TOKEN = 16;
const MOST_TOKEN = 240;
const LEAST_COLUMN = 96;
const MOST_COLUMN = 200;
const VALUE = 52;
const BAR = 5;
const MOST_BARS = 48;

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most));

export function textLayout(
  layout: TextLayout,
  container: { width: number; height: number },
  queryLabels: Label[],
  keyLabels: Label[],
  heads: number,
): TextPlaces {
  const bars = heads > 1 ? Math.min(heads * BAR, MOST_BARS) : 0;
  return layout === "columns"
    ? columns(container, queryLabels, keyLabels, bars)
    : lines(container, queryLabels, keyLabels, bars);
}

function columns(
  { width, height }: { width: number; height: number },
  queryLabels: Label[],
  keyLabels: Label[],
  bars: number,
): TextPlaces {
  const rows = (labels: Label[]) => createStrip(new Float64Array(labels.length).fill(ROW));
  const [queries, keys] = [rows(queryLabels), rows(keyLabels)];
  const column = (labels: Label[]) =>
    clamp(
      Math.ceil(widest(labels.map((label) => label.width))) + PADDING + VALUE,
      LEAST_COLUMN,
      Math.min(MOST_COLUMN, width * 0.35),
    );
  const queryWidth = column(queryLabels);
  const keyWidth = column(keyLabels) + bars;
  const between = clamp(width - queryWidth - keyWidth, 40, 280);
  return {
    queries,
    keys,
    room: height,
    query: { left: 0, top: 0, width: queryWidth, height },
    ribbons: { left: queryWidth, top: 0, width: between, height },
    key: { left: queryWidth + between, top: 0, width: keyWidth, height },
    extent: { width, height: Math.max(height, queries.length, keys.length) },
    bars,
  };
}

function lines(
  { width, height }: { width: number; height: number },
  queryLabels: Label[],
  keyLabels: Label[],
  bars: number,
): TextPlaces {
  const line = (labels: Label[]) =>
    createStrip(labels.map((label) => clamp(Math.ceil(label.width) + PADDING, LEAST_TOKEN, MOST_TOKEN)));
  const [queries, keys] = [line(queryLabels), line(keyLabels)];
  const between = clamp(height - 2 * ROW - bars - 20, 48, 200);
  return {
    queries,
    keys,
    room: width,
    query: { left: 0, top: 0, width, height: ROW },
    ribbons: { left: 0, top: ROW, width, height: between },
    key: { left: 0, top: ROW + between, width, height: ROW + bars },
    extent: { width: Math.max(width, queries.length, keys.length), height },
    bars,
  };
}

/** One strip after the shared scroll bar moved by `scrolled` pixels. Mirrored lines run from right to left. */
export function stripView(places: TextPlaces, strip: Strip, scrolled: number, isMirrored: boolean): StripView {
  const longest = Math.max(places.queries.length, places.keys.length);
  return {
    strip,
    scroll: stripScroll(strip, longest, places.room, scrolled),
    rightEdge: isMirrored ? Math.min(places.room, longest) : null,
  };
}
