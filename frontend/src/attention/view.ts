/** The attention view: heads of layers, as heatmaps and over the text. */

import type { View } from "../store/view";
import { phrases } from "./language";
import { type AttentionPlace, readAttentionPlace, writeAttentionPlace } from "./place";
import type { AttentionState } from "./state.svelte";

export const attention: View<AttentionPlace, AttentionState> = {
  kind: "attention",
  name: phrases.VIEW_NAME,
  exampleParameter: "example",
  readPlace: readAttentionPlace,
  writePlace: writeAttentionPlace,
  keys: [
    { key: "ArrowUp", label: "↑", name: "previousLayer", press: (view) => view.stepLayer(-1) },
    { key: "ArrowDown", label: "↓", name: "nextLayer", press: (view) => view.stepLayer(1) },
    { key: "[", name: "previousHead", press: (view) => view.stepHead(-1) },
    { key: "]", name: "nextHead", press: (view) => view.stepHead(1) },
    ...Array.from({ length: 10 }, (_, head) => ({
      key: String(head),
      label: head === 0 ? "0–9" : "",
      name: "chooseHead",
      press: (view: AttentionState) => view.chooseHead(head),
    })),
    { key: "t", name: "table", press: (view) => view.toggleTable() },
    { key: "/", name: "findRun", press: (view) => view.findRun() },
  ],
  pointAt: (place, { layer, query = null }) => {
    const focus = layer === undefined ? {} : { layer, head: null, heads: null };
    return { ...place, ...focus, level: "tokens", pin: query, viewport: null };
  },
  load: () => import("./parts"),
};
