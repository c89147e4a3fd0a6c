/** The data map: how sure the model is of each example over the steps, and how much that changes. */

import type { PredictionSeries, Setup } from "../types";

export interface MapPoint {
  /** Place of the example. */
  place: number;
  /** Of the probability of what is right over the steps: its mean, and its standard deviation, divided by n. */
  mean: number;
  deviation: number;
  /** Share of the steps at which the prediction was right; NaN where that is not known. */
  correctness: number;
  /** How often it was right at a step and wrong at the next (Toneva et al. 2019). */
  forgettings: number;
}

/** From and to of the mean, and of the deviation. */
export type Box = readonly [number, number, number, number];

/** The corners of the map, named as its authors do; where they end is ours. */
export const REGIONS = {
  easy: [0.7, 1, 0, 0.2],
  ambiguous: [0, 1, 0.25, 0.5],
  hard: [0, 0.3, 0, 0.2],
} as const satisfies Record<string, Box>;
export type Region = keyof typeof REGIONS;

/**
 * Returns where the examples lie, of the steps up to one (Swayamdipta et al. 2020, "Dataset Cartography", section 2): confidence
 * is the mean, variability the standard deviation. Steps with other examples take no part.
 *
 * Args:
 *     setup: of the examples.
 *     until: the last step; null for all.
 */
export function dataMap(series: PredictionSeries, setup: Setup, until: number | null): MapPoint[] {
  const entries = series.entries.filter(
    (_, at) => series.setups[at] === setup && (until === null || (series.steps[at] as number) <= until),
  );
  return setup.inputs.flatMap((_, place): MapPoint[] => {
    const known = entries
      .map(({ probability }) => probability[place] as number)
      .filter((value) => !Number.isNaN(value));
    if (known.length === 0) return [];
    const mean = meanOf(known);
    const flags = entries.map(({ correct }) => correct[place] as number).filter((flag) => !Number.isNaN(flag));
    return [
      {
        place,
        mean,
        deviation: Math.sqrt(meanOf(known.map((value) => (value - mean) ** 2))),
        correctness: meanOf(flags),
        forgettings: flags.filter((flag, at) => flag === 0 && flags[at - 1] === 1).length,
      },
    ];
  });
}

/**
 * Returns where the axes end: at the largest mean of probabilities and the largest deviation that there can be, or at a round number
 * closer by, where all points lie near the corner, as whole texts do whose probability is the mean of many tokens.
 */
export function endsOf(points: readonly MapPoint[]): { mean: number; deviation: number } {
  const least = (values: number[], most: number) => {
    const largest = 1.05 * Math.max(0, ...values);
    if (largest === 0) return most;
    const power = 10 ** Math.floor(Math.log10(largest));
    const round = power * ([1, 2, 5, 10].find((digit) => digit * power >= largest) as number);
    return round > most / 2 ? most : round;
  };
  return {
    mean: least(
      points.map(({ mean }) => mean),
      1,
    ),
    deviation: least(
      points.map(({ deviation }) => deviation),
      0.5,
    ),
  };
}

/** Returns the places of the points in a box. */
export function placesIn(
  points: readonly MapPoint[],
  [leastMean, mostMean, leastDeviation, mostDeviation]: Box,
): Set<number> {
  return new Set(
    points
      .filter(({ mean }) => mean >= leastMean && mean <= mostMean)
      .filter(({ deviation }) => deviation >= leastDeviation && deviation <= mostDeviation)
      .map(({ place }) => place),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
