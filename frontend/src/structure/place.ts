/** What the user looks at in the structure view. */

import type { Viewport } from "../draw/viewport";
import { decimal, joinList, oneOf, type Parameters, splitList, unless, type Written } from "../store/parameters";
import type { Colour } from "./values";

export const LABELS = ["axes", "sizes", "none"] as const;
/** What stands on lines: what each axis is and its size, sizes alone, or nothing. */
export type Labels = (typeof LABELS)[number];

/** null stands for "not chosen": the page then chooses. */
export interface StructurePlace {
  /** The run whose structure is drawn. */
  run: string | null;
  /** Keys of the groups that are open. */
  open: string[] | null;
  /** Key of the chosen layer, or of what else is a box. */
  item: string | null;
  /** Key of the chosen line, see `lineKey`. */
  line: string | null;
  colour: Colour | null;
  labels: Labels | null;
  masks: boolean;
  search: string;
  viewport: Viewport | null;
}

export const STRUCTURE_START: Readonly<StructurePlace> = {
  run: null,
  open: null,
  item: null,
  line: null,
  colour: null,
  labels: null,
  masks: false,
  search: "",
  viewport: null,
};

export function readStructurePlace(text: Parameters): StructurePlace {
  const [zoom, x, y] = (text("view_box") ?? "").split(",").map(decimal);
  return {
    run: text("drawn"),
    open: splitList(text("open")),
    item: text("box"),
    line: splitList(text("line"))?.join("\n") ?? null,
    colour: text("colour"),
    labels: oneOf(LABELS, text("shapes")),
    masks: text("masks") === "1",
    search: text("find") ?? STRUCTURE_START.search,
    viewport: zoom && zoom > 0 && typeof x === "number" && typeof y === "number" ? { zoom, x, y } : null,
  };
}

export function writeStructurePlace(place: StructurePlace): Written {
  const { viewport } = place;
  return {
    drawn: place.run,
    open: place.open && joinList(place.open),
    box: place.item,
    line: place.line === null ? null : joinList(place.line.split("\n")),
    colour: place.colour,
    shapes: place.labels,
    masks: place.masks ? "1" : null,
    find: unless(STRUCTURE_START.search, place.search),
    view_box: viewport && [viewport.zoom.toFixed(3), viewport.x.toFixed(0), viewport.y.toFixed(0)].join(","),
  };
}
