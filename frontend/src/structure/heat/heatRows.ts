/** The rows of the table beside the drawing: the layers that it shows, in its order. */

import type { Measures } from "../../store/measures";
import { isChain } from "../drawing/folding";
import { type Item, isGroup, type Tree } from "../tree";

export interface HeatRow {
  /** Path of the layer, or of the group that a heading names. */
  key: string;
  /** Without the path of its heading. */
  name: string;
  /** Its place in the measures; null for a heading. */
  row: number | null;
}

/**
 * Returns a row for each layer that is drawn and has a number at some step, below the outermost group that it is in; for a group without
 * one the layers in it. Of layers built alike, of which the first is drawn for all, each has its rows.
 */
export function heatRows(
  { root }: Tree,
  open: ReadonlySet<string>,
  measures: Measures,
  name: string,
  mostAlike: number,
): HeatRow[] {
  const places = new Map(measures.layers.map((path, row) => [path, row]));
  const column = measures.names.indexOf(name);
  const isKnown = (row: number) =>
    measures.steps.some(
      (_, step) => !Number.isNaN(measures.values[(step * measures.rows + row) * measures.names.length + column]),
    );
  const isMeasured = (item: Item) =>
    pathsOf(item).some((path) => {
      const row = places.get(path);
      return row !== undefined && isKnown(row);
    });
  const rows: HeatRow[] = [];
  const visit = (group: Item, drawn: Item, heading: string | null) => {
    group.children.forEach((item, index) => {
      const shown = drawn.children[isChain(drawn, mostAlike) ? 0 : index] ?? item;
      if (isGroup(item) && (open.has(shown.key) || !isMeasured(item))) {
        const isOutermost = heading === null && item.kind === "layer";
        const at = isOutermost ? rows.push({ key: item.key, name: item.key, row: null }) : 0;
        visit(item, shown, isOutermost ? item.key : heading);
        if (at > 0 && rows.length === at) rows.pop();
        return;
      }
      for (const path of pathsOf(item)) {
        const row = places.get(path);
        if (row !== undefined && isKnown(row)) rows.push({ key: path, name: within(path, heading), row });
      }
    });
  };
  visit(root, root, null);
  return rows;
}

/** Of what stands for several layers, each of them. */
function pathsOf(item: Item): string[] {
  if (item.kind === "layer") return [item.key];
  return item.kind === "repeats" || item.kind === "bundle" ? item.children.flatMap(pathsOf) : [];
}

function within(path: string, heading: string | null): string {
  return heading !== null && path.startsWith(`${heading}/`) ? path.slice(heading.length + 1) : path;
}
