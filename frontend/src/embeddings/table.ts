/** The words of one layer: what its vectors stand for. */

import type { Api } from "../host/api";
import type { Ask } from "../store/growing.svelte";
import { checked } from "../wire/checked";
import { type Frame, FrameError, wholeNumbers } from "../wire/frame";
import type { Remark } from "../wire/schema.gen";
import { embeddingWords } from "../wire/shapes/answers.gen";
import { shortName } from "./spelled";

export interface WordTable {
  /** The first step with these words. */
  since: number;
  dimensions: number;
  /** Names of the nested layers, joined by "/". */
  layer: string;
  /** What a reader should know about the newest record. */
  notes: readonly string[];
  remarks: readonly Remark[];
  labels: readonly string[];
  /** The first row of each label, and of the short name of each. */
  firstRows: ReadonlyMap<string, number>;
  /** What else is known of each word, by name. */
  columns: Readonly<Record<string, readonly string[]>>;
  /** The column of frequencies; "" where there is none. */
  frequencyColumn: string;
  /** How often each word occurs, NaN where that is unknown; null where it is unknown of all. */
  frequencies: Float64Array | null;
  /** Each word's place in the layer's whole table, and which row is at a place. */
  places: ArrayLike<number>;
  rowsByPlace: ReadonlyMap<number, number>;
  /** How many vectors the layer has, those that were not logged counted. */
  tableRows: number;
}

/** A word, as it is known in all tables: its label, and its row in the layer's whole table, which tells apart words that are written alike. */
export interface Word {
  label: string;
  row: number;
}

/** Returns the word in a row of those that were logged. */
export function wordAt({ labels, places }: WordTable, row: number): Word {
  return { label: labels[row] ?? "", row: places[row] ?? -1 };
}

export function readTable(frame: Frame): WordTable {
  const { layer, since, rows, dimensions, frequency, setup, notes, remarks } = checked(embeddingWords, frame.header);
  for (const column of [setup.labels, ...Object.values(setup.columns)])
    if (column.length !== rows) throw new FrameError(`${column.length} labels for ${rows} vectors.`);
  const numbers = Object.hasOwn(setup.columns, frequency) ? setup.columns[frequency] : undefined;
  const places = wholeNumbers(frame, "row", [rows]).data;
  return {
    layer,
    since,
    dimensions,
    notes,
    remarks,
    labels: setup.labels,
    firstRows: firstRows(setup.labels),
    columns: setup.columns,
    frequencyColumn: frequency,
    frequencies: numbers
      ? Float64Array.from(numbers, (text) => (text.trim() === "" ? Number.NaN : Number(text)))
      : null,
    places,
    rowsByPlace: new Map(Array.from(places, (place, row) => [place, row])),
    tableRows: setup.table_rows,
  };
}

/** Whether two tables are the same words in the same order. */
export function isSame(one: WordTable, other: WordTable): boolean {
  const { labels } = one;
  return (
    one.since === other.since &&
    one.notes.join() === other.notes.join() &&
    one.dimensions === other.dimensions &&
    labels.length === other.labels.length &&
    labels.every((label, row) => label === other.labels[row])
  );
}

/** Returns what asks for the words of a layer; the same words must not make the page work. */
export function tableFrom(api: Api): Ask<WordTable> {
  return async function* ({ run, tag }, known, _isLonger, signal) {
    const table = readTable(await api.labels(run, tag, signal));
    if (!known || !isSame(known, table)) yield table;
  };
}

/**
 * Returns the row of a word: its own where the table has the label there, else the first of that label; -1 if there is none. The short
 * name of a label is as good.
 */
export function rowOf({ labels, firstRows, rowsByPlace }: WordTable, { label, row }: Word): number {
  const own = rowsByPlace.get(row) ?? -1;
  const there = labels[own];
  return there !== undefined && (there === label || shortName(there) === label) ? own : (firstRows.get(label) ?? -1);
}

function firstRows(labels: readonly string[]): Map<string, number> {
  const rows = new Map<string, number>();
  labels.forEach((label, row) => {
    for (const name of [label, shortName(label)]) if (!rows.has(name)) rows.set(name, row);
  });
  return rows;
}
