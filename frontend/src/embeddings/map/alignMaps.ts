/** Lays one map onto another, so that the same words of two runs are found at the same place. */

import { type FlatMap, pointsAt } from "./flatMap";

/** How x and y of a place become new ones: x' = x a + y c, y' = x b + y d. */
export type Turn = readonly [a: number, b: number, c: number, d: number];

/**
 * Returns the rotation, or reflection, that takes points nearest to others: the orthogonal Procrustes problem (Schönemann 1966), which in
 * two dimensions has an angle as its answer.
 */
export function turnOnto(moving: readonly [number, number][], fixed: readonly [number, number][]): Turn {
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  moving.forEach(([x, y], at) => {
    const [u, v] = fixed[at] as [number, number];
    sums[0] += x * u;
    sums[1] += x * v;
    sums[2] += y * u;
    sums[3] += y * v;
  });
  const [xu, xv, yu, yv] = sums;
  const isFlipped = Math.hypot(xu - yv, xv + yu) > Math.hypot(xu + yv, xv - yu);
  const angle = isFlipped ? Math.atan2(xv + yu, xu - yv) : Math.atan2(xv - yu, xu + yv);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return isFlipped ? [cos, sin, sin, -cos] : [cos, sin, -sin, cos];
}

/** Returns a map laid onto another by the words that both have, as they are at the last step of each. */
export function laidOnto(moving: FlatMap, fixed: FlatMap, rowInFixed: (row: number) => number): FlatMap {
  const places = new Map(Array.from(fixed.rows, (row, point) => [row, point]));
  const [from, to] = [pointsAt(moving, moving.steps.length - 1), pointsAt(fixed, fixed.steps.length - 1)];
  const pairs: [[number, number], [number, number]][] = [];
  moving.rows.forEach((row, point) => {
    const other = places.get(rowInFixed(row));
    if (other === undefined) return;
    const pair = [placeOf(from, point), placeOf(to, other)] as [[number, number], [number, number]];
    if (pair.flat().every(Number.isFinite)) pairs.push(pair);
  });
  const [a, b, c, d] = turnOnto(
    pairs.map(([place]) => place),
    pairs.map(([, place]) => place),
  );
  const { positions } = moving;
  const turned = new Float32Array(positions.length);
  for (let at = 0; at < positions.length; at += 2) {
    const [x, y] = [positions[at] as number, positions[at + 1] as number];
    turned[at] = x * a + y * c;
    turned[at + 1] = x * b + y * d;
  }
  return { ...moving, positions: turned };
}

function placeOf(points: Float32Array, point: number): [number, number] {
  return [points[2 * point] as number, points[2 * point + 1] as number];
}
