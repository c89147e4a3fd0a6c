/** The rows of the overview: every layer with its heads in small and their measures over time. */

import { type Measures, measureLine } from "../../store/measures";
import { indexUpTo } from "../../store/steps";
import type { AttentionHeader, LayerHeader } from "../../wire/schema.gen";
import { firstHeadOf, listedLayers } from "../record/layers";
import type { LoadedRecord } from "../record/record";
import type { Measure, OverviewRow } from "../types";

/** Returns, for each layer of the record, the line of one measure of each head. */
export function measureLines(
  header: AttentionHeader,
  measures: Measures | null,
  measure: Measure,
): (Float32Array | null)[][] {
  const total = firstHeadOf(header, header.layers.length);
  // Measures of another number of heads are those of other layers.
  const known = measures?.rows === total ? measures : null;
  return header.layers.map(({ heads }, layer) =>
    Array.from({ length: heads }, (_, head) => known && measureLine(known, firstHeadOf(header, layer) + head, measure)),
  );
}

/** Returns a row for each of `listedLayers`. */
export function overviewRows(
  record: LoadedRecord,
  lines: (Float32Array | null)[][],
  steps: readonly number[] | null,
): OverviewRow[] {
  const stepIndex = steps ? indexUpTo(steps, record.address.step) : -1;
  return listedLayers(record.header).map((index) => {
    const layer = record.header.layers[index] as LayerHeader;
    return {
      path: layer.path,
      role: layer.role,
      call: layer.call,
      thumbnails: record.thumbnails[index] ?? [],
      lines: lines[index] ?? [],
      stepIndex,
      note: layer.notes.join(" "),
    };
  });
}
