/** Where the boxes of each row stand, their order given; what is too near is set apart by pooling adjacent violators (Barlow et al. 1972). */

import type { Gaps, Graph, Link, Size } from "./graph";

const PLACE_SWEEPS = 8;
/** After them, that look one way at a time. */
const SMOOTH_SWEEPS = 16;
/** Long lines are kept straight before boxes are put in the middle. */
const STRAIGHT = { bends: 8, mixed: 2, boxes: 1 };
/** Of a box without lines. */
const LEAST_WEIGHT = 0.1;
/** Of the points of a line, to be above each other. */
const UPRIGHT = 60;

/** Returns the x of each vertex: near its neighbours, lines upright, and apart from those in its row. */
export function placesOf(members: readonly (readonly number[])[], graph: Graph, gaps: Gaps): number[] {
  const { above, below, chains, sizes } = graph;
  const isBend = chains.map((chain) => chain >= 0);
  const x: number[] = [];
  const weightOf = (one: number, other: number) =>
    STRAIGHT[isBend[one] && isBend[other] ? "bends" : isBend[one] || isBend[other] ? "mixed" : "boxes"];
  const offsets = members.map((row) => {
    let at = 0;
    return row.map((vertex, index) => {
      const before = row[index - 1];
      if (before !== undefined) {
        const gap = isBend[before] && isBend[vertex] ? gaps.lines : gaps.boxes;
        at += ((sizes[before] as Size).width + (sizes[vertex] as Size).width) / 2 + gap;
      }
      return at;
    });
  });
  members.forEach((row, at) => {
    const middle = ((offsets[at] as number[]).at(-1) ?? 0) / 2;
    row.forEach((vertex, i) => {
      x[vertex] = (offsets[at]?.[i] as number) - middle;
    });
  });
  for (let sweep = 0; sweep < PLACE_SWEEPS + SMOOTH_SWEEPS; sweep++) {
    const isDown = sweep % 2 === 0;
    const isSmooth = sweep >= PLACE_SWEEPS;
    const upright = isSmooth ? meansOf(chains, x) : [];
    for (let step = 0; step < members.length; step++) {
      const at = isDown ? step : members.length - 1 - step;
      const row = members[at] as number[];
      const wanted: number[] = [];
      const weights: number[] = [];
      for (const vertex of row) {
        const one = (isDown ? above : below)[vertex] as Link[];
        const near = isSmooth || one.length === 0 ? [...(above[vertex] as Link[]), ...(below[vertex] as Link[])] : one;
        const straight = upright[chains[vertex] as number];
        let weight = straight === undefined ? 0 : UPRIGHT;
        let sum = weight * (straight ?? 0);
        for (const { other, ownX, otherX } of near) {
          const share = weightOf(vertex, other);
          weight += share;
          sum += share * ((x[other] as number) + otherX - ownX);
        }
        wanted.push(weight > 0 ? sum / weight : (x[vertex] as number));
        weights.push(weight > 0 ? weight : LEAST_WEIGHT);
      }
      setApart(wanted, weights, offsets[at] as number[]).forEach((place, which) => {
        x[row[which] as number] = place;
      });
    }
  }
  const left = sizes.reduce((least, { width }, vertex) => Math.min(least, (x[vertex] as number) - width / 2), 0);
  return x.map((place) => place - left);
}

/** Returns the mean x of the points of each line. */
function meansOf(chains: readonly number[], x: readonly number[]): number[] {
  const sums: number[] = [];
  const counts: number[] = [];
  chains.forEach((chain, vertex) => {
    if (chain < 0) return;
    sums[chain] = (sums[chain] ?? 0) + (x[vertex] as number);
    counts[chain] = (counts[chain] ?? 0) + 1;
  });
  return sums.map((sum, chain) => sum / (counts[chain] as number));
}

/** Returns the places nearest to those wanted, by weighted squares, that lie at least as far apart as the offsets. */
export function setApart(wanted: readonly number[], weights: readonly number[], offsets: readonly number[]): number[] {
  const pools: { sum: number; weight: number; count: number }[] = [];
  wanted.forEach((index, which) => {
    const weight = weights[which] as number;
    let pool = { sum: weight * (index - (offsets[which] as number)), weight, count: 1 };
    for (;;) {
      const before = pools.at(-1);
      if (!before || before.sum / before.weight <= pool.sum / pool.weight) break;
      pools.pop();
      pool = { sum: before.sum + pool.sum, weight: before.weight + pool.weight, count: before.count + pool.count };
    }
    pools.push(pool);
  });
  const means = pools.flatMap(({ sum, weight, count }) => new Array<number>(count).fill(sum / weight));
  return means.map((mean, which) => mean + (offsets[which] as number));
}
