/** What the focused layer of a record gives to the drawings: axes, one matrix, and the heads that the text overlays. */

import { headColours } from "../draw/colour";
import type { Theme } from "../draw/inks";
import { type Hiding, shownPositions } from "../tokens/tokens";
import type { AttentionHeader, LayerHeader } from "../wire/schema.gen";
import { tokensAlong } from "./record/layers";
import type { HeadMatrix } from "./record/matrix";
import type { LoadedRecord } from "./record/record";
import type { Axis, ColouredHead, Combination } from "./types";
import { wordlessOf } from "./wordless.svelte";
import { worked } from "./worked.svelte";

/** Returns the axes of a layer with the positions that are in sight. */
export function axesOf(
  record: { header: AttentionHeader },
  layer: LayerHeader,
  hide: Hiding,
): { queries: Axis; keys: Axis } {
  const { header } = record;
  const wordless = wordlessOf(header);
  const axis = (side: "queries" | "keys", name: string): Axis => {
    const named = wordless?.wordlessAxis(header, layer, side);
    if (named) return named;
    const tokens = tokensAlong(header, name, layer[side]);
    return { tokens, shown: shownPositions(tokens, hide) };
  };
  return { queries: axis("queries", layer.query_axis), keys: axis("keys", layer.key_axis) };
}

/** Returns an axis without what is not among some positions; null: all of it. */
export function kept(axis: Axis, among: ReadonlySet<number> | null): Axis {
  return among ? { ...axis, shown: axis.shown.filter((position) => among.has(position)) } : axis;
}

/** Heads once combined, since drawing, text and details ask for the same; gone with the record. */
const combined = new WeakMap<LoadedRecord["matrices"], Map<Combination, HeadMatrix>>();

/** Returns the one matrix that the heatmap draws: the head in focus, or all active heads as one; null until what does that is loaded. */
export function focusedMatrix(record: LoadedRecord, combine: Combination): HeadMatrix | null {
  const { matrices } = record;
  if (combine === "each" || combine === "rollout" || matrices.size < 2) return matrices.get(record.head) ?? null;
  const known = combined.get(matrices) ?? new Map<Combination, HeadMatrix>();
  combined.set(matrices, known);
  const matrix = known.get(combine) ?? worked()?.combineHeads([...matrices.values()], combine);
  if (matrix) known.set(combine, matrix);
  return matrix ?? null;
}

/** Returns the heads that the text view draws over each other: the active ones, or the one they were combined into. */
export function overlaidHeads(
  record: LoadedRecord,
  combine: Combination,
  combined: HeadMatrix | null,
  theme: Theme,
): ColouredHead[] {
  const heads = record.header.layers[record.layer]?.heads ?? 0;
  const colours = headColours(heads, theme);
  const coloured = (head: number, matrix: HeadMatrix) => ({ head, matrix, colour: colours[head] as string });
  if (combine !== "each") return combined ? [coloured(record.head, combined)] : [];
  return [...record.matrices].map(([head, matrix]) => coloured(head, matrix));
}
