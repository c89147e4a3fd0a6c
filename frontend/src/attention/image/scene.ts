/** What is drawn of an image: which maps, of which queries, on which scale. Pure but for what it reads. */

import { PAPER, parseHex } from "../../draw/colour";
import type { Theme } from "../../draw/inks";
import { divergingScale, HATCH, sequentialScale } from "../../draw/scales";
import type { HeadMatrix } from "../record/matrix";
import type { Mapping } from "../types";
import { roundedUp } from "../weights";
import type { Imaged, PatchGrid } from "./grid";
import type { MapColours, Pixels } from "./paintImage";
import { resized } from "./paintImage";
import { largestOf, mapDifference, type PatchMap, patchMap } from "./patchMap";

/** One picture. `query` null: the mean of all queries. */
export type Shown =
  | { kind: "image" }
  | { kind: "map"; query: number | null; map: PatchMap; of: "a" | "b" | "difference" | null }
  | { kind: "ask" };

/** Returns the query whose map is always shown: the first, where something comes before the patches; null: the mean of all. */
export function standingQuery({ queries, keys }: Imaged): number | null {
  return queries && queries.first > 0 && keys && keys.first > 0 ? 0 : null;
}

export interface Heads {
  matrix: HeadMatrix;
  /** Of B; null where nothing is compared, or it is on its way. */
  matrixB: HeadMatrix | null;
  isCompared: boolean;
  /** Those of which the mean is taken. */
  queries: readonly number[];
}

/**
 * Returns the pictures, always as many: the image; and the map of the standing query beside that of the chosen one, or compared those of A
 * and B and what they differ in.
 */
export function picturesOf(imaged: Imaged, heads: Heads, chosen: number | null): Shown[] {
  const { matrix, matrixB, isCompared, queries } = heads;
  const { keys } = imaged;
  if (!keys) return [{ kind: "image" }];
  const standing = standingQuery(imaged);
  const mapOf = (one: HeadMatrix, query: number | null) => patchMap(one, keys, query, queries);
  if (!isCompared) {
    const other: Shown =
      chosen === null || chosen === standing || chosen >= matrix.queries
        ? { kind: "ask" }
        : { kind: "map", query: chosen, map: mapOf(matrix, chosen), of: null };
    return [{ kind: "image" }, { kind: "map", query: standing, map: mapOf(matrix, standing), of: null }, other];
  }
  const query = chosen !== null && chosen < matrix.queries ? chosen : standing;
  const a = mapOf(matrix, query);
  const isAlike = matrixB && matrixB.queries === matrix.queries && matrixB.keys === matrix.keys;
  const b = isAlike ? mapOf(matrixB, query) : null;
  const difference = b && mapDifference(a, b);
  return [
    { kind: "image" },
    { kind: "map", query, map: a, of: "a" },
    b ? { kind: "map", query, map: b, of: "b" } : { kind: "ask" },
    difference ? { kind: "map", query, map: difference, of: "difference" } : { kind: "ask" },
  ];
}

/** Once found for a head and a query, since film strip and maps ask for the same. */
const largest = new WeakMap<HeadMatrix, Map<number | null, number>>();

function largestFor(matrix: HeadMatrix, grid: PatchGrid, query: number | null, queries: readonly number[]): number {
  const known = largest.get(matrix) ?? new Map<number | null, number>();
  largest.set(matrix, known);
  const found = known.get(query) ?? largestOf(patchMap(matrix, grid, query, queries));
  known.set(query, found);
  return found;
}

/** Returns the weight that is drawn darkest: the largest on a patch in the maps of these queries, rounded up to a plain number. */
export function darkestOf(
  matrices: readonly HeadMatrix[],
  grid: PatchGrid,
  asked: readonly (number | null)[],
  queries: readonly number[],
): number {
  const most = matrices.flatMap((matrix) =>
    asked
      .filter((query) => query === null || query < matrix.queries)
      .map((query) => largestFor(matrix, grid, query, queries)),
  );
  return roundedUp(Math.max(0, ...most));
}

export function mapColours(theme: Theme, isSigned: boolean, mapping: Mapping, maximum: number): MapColours {
  return {
    paper: parseHex(PAPER[theme]),
    scale: isSigned ? divergingScale(theme) : sequentialScale(theme),
    isSigned,
    hatch: HATCH[theme],
    mapping,
    maximum,
  };
}

const sizes = new WeakMap<Pixels, Map<string, Pixels>>();
const MOST_SIZES = 8;

/** Returns an image in another size, once for all maps that lie over it. */
export function inSize(image: Pixels, width: number, height: number): Pixels {
  const known = sizes.get(image) ?? new Map<string, Pixels>();
  sizes.set(image, known);
  const name = `${width} ${height}`;
  const found = known.get(name) ?? resized(image, width, height);
  if (known.size >= MOST_SIZES) known.clear();
  known.set(name, found);
  return found;
}
