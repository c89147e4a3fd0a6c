/** The place as query parameters `p.seqviz.*` of TensorBoard's own address, and back. */

import { COMBINATIONS, MAPPINGS, TEXT_LAYOUTS } from "../attention/types";
import { MEASURES, PLUGIN_NAME } from "../wire/schema.gen";
import { type Place, START, VIEWS } from "./place";

const PREFIX = `p.${PLUGIN_NAME}.`;

/** Reads the place from the query of an address; what is missing or makes no sense is left to the page to choose. */
export function readPlace(search: string): Place {
  const parameters = new URLSearchParams(search);
  const text = (name: string) => parameters.get(PREFIX + name);
  const place: Place = {
    view: oneOf(VIEWS, text("view")) ?? START.view,
    runs: splitList(text("runs")),
    example: text("example"),
    layer: text("layer"),
    head: index(text("head")),
    heads: indices(text("heads")),
    step: integer(text("step")),
    mapping: oneOf(MAPPINGS, text("mapping")) ?? START.mapping,
    hide: text("hide") === "1",
    combine: oneOf(COMBINATIONS, text("combine")) ?? START.combine,
    pin: index(text("pin")),
    measure: oneOf(MEASURES, text("measure")) ?? START.measure,
    layout: oneOf(TEXT_LAYOUTS, text("layout")) ?? START.layout,
    viewport: null,
  };
  const [zoom, query, key] = (text("zoom") ?? "").split(",").map(Number);
  if (zoom && zoom > 1 && Number.isFinite(zoom) && query && query > 0 && key && key > 0) {
    place.viewport = { zoom, query, key };
  }
  if (place.head !== null && !place.heads?.includes(place.head)) place.heads = [place.head];
  return place;
}

/** Returns the query `search` with the place in it; parameters of others stay as they are. */
export function writePlace(search: string, place: Place): string {
  const parameters = new URLSearchParams(search);
  for (const name of [...parameters.keys()]) if (name.startsWith(PREFIX)) parameters.delete(name);
  const { viewport } = place;
  const texts: Record<string, string | null> = {
    view: place.view,
    runs: place.runs && joinList(place.runs),
    example: place.example,
    layer: place.layer,
    head: place.head === null ? null : String(place.head),
    heads: place.heads && place.heads.length > 1 ? place.heads.join(",") : null,
    step: place.step === null ? null : String(place.step),
    mapping: unlessStart("mapping", place),
    hide: place.hide ? "1" : null,
    combine: unlessStart("combine", place),
    pin: place.pin === null ? null : String(place.pin),
    measure: unlessStart("measure", place),
    layout: unlessStart("layout", place),
    zoom: viewport && [viewport.zoom, viewport.query, viewport.key].map((part) => part.toFixed(2)).join(","),
  };
  for (const [name, text] of Object.entries(texts)) if (text !== null) parameters.set(PREFIX + name, text);
  const written = parameters.toString();
  return written && `?${written}`;
}

function unlessStart(name: "mapping" | "combine" | "measure" | "layout", place: Place): string | null {
  return place[name] === START[name] ? null : place[name];
}

// A run's name may hold anything, commas too.
function joinList(items: string[]): string {
  return items.map((item) => item.replaceAll("\\", "\\\\").replaceAll(",", "\\,")).join(",");
}

function splitList(text: string | null): string[] | null {
  if (text === null) return null;
  if (text === "") return [];
  // Between unescaped commas: escaped characters, and all others.
  return [...text.matchAll(/(?:^|,)((?:\\.|[^,\\])*)/gsu)].map(([, item = ""]) => item.replace(/\\(.)/gsu, "$1"));
}

function oneOf<Choice extends string>(choices: readonly Choice[], text: string | null): Choice | null {
  return choices.find((choice) => choice === text) ?? null;
}

function integer(text: string | null): number | null {
  return text !== null && /^-?\d{1,15}$/.test(text) ? Number(text) : null;
}

function index(text: string | null): number | null {
  const value = integer(text);
  return value !== null && value >= 0 ? value : null;
}

function indices(text: string | null): number[] | null {
  const values = text?.split(",").map(index) ?? [];
  const rising = [...new Set(values)].filter((value) => value !== null).sort((a, b) => a - b);
  return rising.length > 0 && rising.length === values.length ? rising : null;
}
