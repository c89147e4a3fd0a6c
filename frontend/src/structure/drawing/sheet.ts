/** What stands on a drawing that is a file: a heading, what colours and dashes mean, and what there is to know. */

import { noted } from "../../language/remarks";
import type { StructureHeader } from "../../wire/schema.gen";
import { phrases } from "../language";
import type { EdgeKind, LayerRole } from "../types";
import type { Scale } from "../values";
import type { Scene } from "./scene";

export const MARGIN = 12;
export const HEAD_ROW = 18;
/** Of the sign before an entry of the legend. */
export const SIGN = 18;
const GAP = 14;
/** Notes are broken where they are longer than this and the drawing. */
const LEAST_LINE = 480;

export interface Entry {
  role: Exclude<LayerRole, ""> | null;
  kind: EdgeKind;
  text: string;
  x: number;
}

export interface Head {
  title: string;
  /** In one row. */
  legend: Entry[];
  /** Each a row of its own. */
  notes: string[];
  /** Of all of it, the rows counted. */
  width: number;
  height: number;
}

/** Returns what stands above a drawing. */
export function headOf(header: StructureHeader, scene: Scene, scale: Scale | null): Head {
  const [model] = header.nodes;
  const { name: nameWidth, small } = scene.fonts;
  const title = `${header.name}: ${model?.class_name}, ${phrases.parameterTitle(model?.total ?? 0)}`;
  const { legend, width } = legendOf(scene, scale);
  const room = Math.max(LEAST_LINE, scene.width);
  const notes = notesOf(header, scene).flatMap((note) => broken(note, room, small));
  return {
    title,
    legend,
    notes,
    width: Math.max(nameWidth(title), width, ...notes.map(small)),
    height: HEAD_ROW * (1 + Number(legend.length > 0) + notes.length),
  };
}

function legendOf(scene: Scene, scale: Scale | null): { legend: Entry[]; width: number } {
  const roles = new Set(scale ? [] : scene.boxes.map(({ item }) => item.node?.role));
  const kinds = new Set(scene.lines.map(({ line }) => line.kind));
  const legend: Entry[] = [];
  let x = 0;
  const add = (role: Entry["role"], kind: EdgeKind, text: string) => {
    legend.push({ role, kind, text, x });
    x += SIGN + scene.fonts.small(text) + GAP;
  };
  for (const role of Object.keys(phrases.ROLE_NAMES) as Exclude<LayerRole, "">[])
    if (roles.has(role)) add(role, "data", phrases.ROLE_NAMES[role]);
  for (const kind of ["state", "mask"] as const) if (kinds.has(kind)) add(null, kind, phrases.KIND_NAMES[kind]);
  return { legend, width: x };
}

/** Returns what is said about the whole, and about layers that are drawn, each thing once. */
function notesOf(header: StructureHeader, { boxes }: Scene): string[] {
  const layers = new Map<string, string[]>();
  for (const { item } of boxes)
    if (item.kind === "layer")
      for (const note of item.node?.notes ?? []) layers.set(note, [...(layers.get(note) ?? []), item.key]);
  const ofLayers = [...layers].map(
    ([note, paths]) => `${phrases.ofLayers(paths)}: ${noted(header, phrases.REMARKS, [note])[0]}`,
  );
  return [...noted(header, phrases.REMARKS), ...ofLayers];
}

/** Breaks a text between its words where it is wider than `room`. */
function broken(text: string, room: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
