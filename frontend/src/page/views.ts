/** What each view draws: what to choose from on the left, the data, and what they say in detail on the right. */

import type { Component } from "svelte";
import type { View } from "../store/place";
import type { Page } from "./page.svelte";

type Part = Component<{ page: Page }>;

export interface Parts {
  Rail: Part;
  Centre: Part;
  Details: Part;
}

/** Each view is a module of its own, so that one does not wait for those that one does not look at. */
const LOADERS: Record<View, () => Promise<{ parts: Parts }>> = {
  attention: () => import("../attention/parts"),
  samples: () => import("../samples/parts"),
  structure: () => import("../structure/parts"),
  embeddings: () => import("../embeddings/parts"),
};

const loaded = new Map<View, Promise<Parts>>();

/** Returns what a view draws; a view that could not be loaded is asked for again. */
export function partsOf(view: View): Promise<Parts> {
  const known = loaded.get(view);
  if (known) return known;
  const parts = LOADERS[view]().then((module) => module.parts);
  parts.catch(() => loaded.delete(view));
  loaded.set(view, parts);
  return parts;
}
