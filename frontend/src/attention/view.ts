/** The attention view: heads of layers, as heatmaps and over the text. */

import { KEY_NAMES as SHARED } from "../language/en";
import type { View } from "../store/view";
import { KEY_NAMES, VIEW } from "./en/view";
import { type AttentionPlace, readAttentionPlace, writeAttentionPlace } from "./place";
import type { AttentionState } from "./state.svelte";

export const attention: View<AttentionPlace, AttentionState> = {
  kind: "attention",
  words: VIEW,
  exampleParameter: "example",
  readPlace: readAttentionPlace,
  writePlace: writeAttentionPlace,
  keys: [
    { key: "ArrowUp", label: "↑", name: SHARED.previousLayer, press: (view) => view.stepLayer(-1) },
    { key: "ArrowDown", label: "↓", name: SHARED.nextLayer, press: (view) => view.stepLayer(1) },
    { key: "[", name: KEY_NAMES.previousHead, press: (view) => view.stepHead(-1) },
    { key: "]", name: KEY_NAMES.nextHead, press: (view) => view.stepHead(1) },
    ...Array.from({ length: 10 }, (_, head) => ({
      key: String(head),
      label: head === 0 ? "0–9" : "",
      name: KEY_NAMES.chooseHead,
      press: (view: AttentionState) => view.chooseHead(head),
    })),
    { key: "/", name: KEY_NAMES.findRun, press: (view) => view.findRun() },
  ],
  pointAt: (place, { layer, query = null }) => {
    const focus = layer === undefined ? {} : { layer, head: null, heads: null };
    return { ...place, ...focus, pin: query, viewport: null };
  },
  load: () => import("./parts"),
};
