/** What the grid is made of: prompts, columns, and where the samples of a cell are. */

import type { SampleKey } from "../../wire/schema.gen";
import type { SampleAddress, SampleSetup } from "../types";

/** How samples were made: drawn at a temperature, or found by beam search. */
export interface Column {
  key: string;
  temperature: number;
  beams: number;
}

/** A prompt, whichever its place in the setup of a run. */
export interface Prompt {
  key: string;
  text: string;
  /** null where there is none. */
  reference: string | null;
}

export function columnKey({ temperature, beams }: Pick<SampleKey, "temperature" | "beams">): string {
  return beams > 0 ? `${beams}beams` : String(temperature);
}

/** Returns what `columnKey` gives this key for, null where it gives it for nothing. */
export function columnOfKey(key: string): Column | null {
  const [, beams] = /^(\d+)beams$/.exec(key) ?? [];
  const column = { key, temperature: beams === undefined ? Number(key) : 1, beams: Number(beams ?? 0) };
  return columnKey(column) === key && column.temperature >= 0 ? column : null;
}

/** Returns every column of some setups once, temperatures first, rising. */
export function columnsOf(setups: readonly SampleSetup[]): Column[] {
  const columns = new Map<string, Column>();
  for (const { temperature, beams } of setups.flatMap(({ samples }) => samples)) {
    const key = columnKey({ temperature, beams });
    columns.set(key, { key, temperature, beams });
  }
  return [...columns.values()].sort((a, b) => a.beams - b.beams || a.temperature - b.temperature);
}

/** Returns every prompt of some setups once, in their order. */
export function promptsOf(setups: readonly SampleSetup[]): Prompt[] {
  const prompts = new Map<string, Prompt>();
  for (const setup of setups)
    promptKeysOf(setup).forEach((key, index) => {
      const known = prompts.get(key);
      const reference = known?.reference ?? setup.references[index] ?? null;
      prompts.set(key, { key, text: setup.prompts[index] as string, reference });
    });
  return [...prompts.values()];
}

/** Gone with the setup. */
const promptKeys = new WeakMap<SampleSetup, readonly string[]>();

/** Returns the key of each prompt: its text, and which of those with this text, such as with two references, it is. */
export function promptKeysOf(setup: SampleSetup): readonly string[] {
  let keys = promptKeys.get(setup);
  if (!keys) {
    const seen = new Map<string, number>();
    keys = setup.prompts.map((text) => {
      const times = seen.get(text) ?? 0;
      seen.set(text, times + 1);
      return `${times}:${text}`;
    });
    promptKeys.set(setup, keys);
  }
  return keys;
}

/** Places in `SampleSetup.samples` by prompt and column; gone with the setup. */
const cells = new WeakMap<SampleSetup, ReadonlyMap<string, readonly number[]>>();

/** Returns the samples of a cell by rising repeat, as places in `SampleSetup.samples`. */
export function samplesIn(setup: SampleSetup, prompt: string, column: string): readonly number[] {
  let known = cells.get(setup);
  if (!known) {
    known = cellsOf(setup);
    cells.set(setup, known);
  }
  return known.get(cellKey(prompt, column)) ?? [];
}

function cellsOf(setup: SampleSetup): ReadonlyMap<string, readonly number[]> {
  const keys = promptKeysOf(setup);
  const found = new Map<string, number[]>();
  setup.samples.forEach((sample, index) => {
    const key = cellKey(keys[sample.prompt] ?? "", columnKey(sample));
    found.set(key, [...(found.get(key) ?? []), index]);
  });
  for (const places of found.values())
    places.sort((a, b) => (setup.samples[a]?.repeat ?? 0) - (setup.samples[b]?.repeat ?? 0));
  return found;
}

function cellKey(prompt: string, column: string): string {
  return `${column}\n${prompt}`;
}

/** Returns how many repeats the fullest cell has. */
export function mostRepeats(setups: readonly SampleSetup[]): number {
  return Math.max(1, ...setups.flatMap(({ samples }) => samples.map(({ repeat }) => repeat + 1)));
}

export function isSameAddress(one: SampleAddress | null, other: SampleAddress | null): boolean {
  return one?.run === other?.run && one?.step === other?.step && one?.sample === other?.sample;
}
