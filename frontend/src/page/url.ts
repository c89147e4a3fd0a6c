/** The place as query parameters `p.seqviz.*` of TensorBoard's own address, and back. */

import type { Written } from "../store/parameters";
import { type Link, readPlace, writePlace } from "../store/place";
import type { View } from "../store/view";
import { PLUGIN_NAME } from "../wire/schema.gen";
import { VIEWS } from "./views";

const PREFIX = `p.${PLUGIN_NAME}.`;

/** Reads the place from the query of an address; what is missing or makes no sense is left to the page to choose. */
export function readLink(search: string, views: readonly View[] = VIEWS): Link {
  const parameters = new URLSearchParams(search);
  const text = (name: string) => parameters.get(PREFIX + name);
  const examples = views.flatMap(({ kind, exampleParameter }) => {
    const example = text(exampleParameter);
    return example === null ? [] : [[kind, example] as const];
  });
  const page = readPlace(text);
  const isKnown = views.some(({ kind }) => kind === page.view);
  return {
    page: { ...page, view: isKnown ? page.view : null, examples: Object.fromEntries(examples) },
    views: Object.fromEntries(views.map((view) => [view.kind, view.readPlace(text)])),
  };
}

/** Returns the query `search` with the place in it; parameters of others stay as they are. */
export function writeLink(search: string, link: Link, views: readonly View[] = VIEWS): string {
  const parameters = new URLSearchParams(search);
  for (const name of [...parameters.keys()]) if (name.startsWith(PREFIX)) parameters.delete(name);
  const texts: Written = writePlace(link.page);
  for (const { kind, exampleParameter, writePlace } of views) {
    const place = link.views[kind];
    if (place) Object.assign(texts, writePlace(place));
    texts[exampleParameter] = link.page.examples[kind] ?? null;
  }
  for (const [name, text] of Object.entries(texts)) if (text !== null) parameters.set(PREFIX + name, text);
  const written = parameters.toString();
  return written && `?${written}`;
}

/** Of those a change is a move to something else, which Back undoes; all others are how it is looked at. */
const MOVES = ["view", "runs", "brun", "layer"];

/** Returns whether one query leads to something else than another, rather than to what the page chose itself. */
export function isMove(before: string, after: string, views: readonly View[] = VIEWS): boolean {
  const [from, to] = [new URLSearchParams(before), new URLSearchParams(after)];
  return [...MOVES, ...views.map(({ exampleParameter }) => exampleParameter)].some((name) => {
    const [old, now] = [from.get(PREFIX + name), to.get(PREFIX + name)];
    return old !== null && now !== null && old !== now;
  });
}
