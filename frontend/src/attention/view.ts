/** The attention view: heads of layers, as heatmaps and over the text. */

import { KEY_NAMES as SHARED } from "../language/en";
import type { View } from "../store/view";
import { KEY_NAMES, VIEW } from "./en";
import { type AttentionPlace, readAttentionPlace, writeAttentionPlace } from "./place";
import { AttentionState } from "./state.svelte";

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
    { key: "/", name: KEY_NAMES.findRun, press: (view) => view.findRun() },
  ],
  open: (session, api, signal) => new AttentionState(session, api, signal),
  parts: () => import("./parts"),
};
