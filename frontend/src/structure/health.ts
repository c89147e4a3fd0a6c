/** Whether training does well by the numbers of the layers, in as few words as can be. */

import type { Measures } from "../store/measures";
import { measureLine } from "../store/measures";
import type { StructureNode } from "../wire/schema.gen";
import type { HeatRow } from "./heat/heatRows";
import { GRADIENT } from "./values";

/** A layer that gets much less gradient than those around it. */
export interface Starved {
  path: string;
  /** By how many times. */
  times: number;
  /** The first step from which on it has been so until now. */
  since: number;
}

export interface Health {
  step: number;
  /** Layers with numbers that are not. */
  broken: readonly string[];
  /** Trainable layers whose gradient is 0; null where no gradient was measured. */
  dead: readonly string[] | null;
  starved: readonly Starved[];
}

/** So many times less than its neighbours is not the way of one kind of layers, such as normalisations. */
const STARVED = 30;
/** On either side. */
const NEIGHBOURS = 2;

/** `rows`: the layers in the order in which they are drawn. */
export function healthOf(
  measures: Measures,
  step: number,
  broken: readonly string[],
  rows: readonly HeatRow[],
  nodes: readonly StructureNode[],
): Health {
  const at = measures.steps.indexOf(step);
  if (!measures.names.includes(GRADIENT)) return { step, broken, dead: null, starved: [] };
  const trainable = new Set(nodes.filter((node) => node.trainable > 0).map(({ path }) => path));
  const lines = rows.flatMap(({ key, row }) => {
    const values = row === null || !trainable.has(key) ? null : measureLine(measures, row, GRADIENT);
    return values ? [{ path: key, values }] : [];
  });
  const timesAt = (index: number, time: number): number => {
    const around = lines
      .slice(Math.max(0, index - NEIGHBOURS), index + NEIGHBOURS + 1)
      .filter((line) => line !== lines[index])
      .map(({ values }) => values[time] as number)
      .filter((value) => value > 0 && Number.isFinite(value));
    return around.length > 1 ? median(around) / (lines[index]?.values[time] as number) : Number.NaN;
  };
  const starved = lines.flatMap(({ path, values }, index): Starved[] => {
    const times = timesAt(index, at);
    if (!((values[at] as number) > 0 && times >= STARVED)) return [];
    let first = at;
    while (first > 0 && timesAt(index, first - 1) >= STARVED) first--;
    return [{ path, times, since: measures.steps[first] as number }];
  });
  return {
    step,
    broken,
    dead: lines.filter(({ values }) => values[at] === 0).map(({ path }) => path),
    starved: starved.sort((one, other) => other.times - one.times),
  };
}

/** Returns the middle one of numbers, of an even count between the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
