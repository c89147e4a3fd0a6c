/** The samples view: what the model writes, step by step. */

import { KEY_NAMES as SHARED } from "../language/en";
import type { View } from "../store/view";
import { SEARCH_KEY } from "../ui/searchField";
import { KEY_NAMES, VIEW } from "./en/view";
import { readSamplesPlace, type SamplesPlace, writeSamplesPlace } from "./place";
import type { SamplesState } from "./state.svelte";

export const samples: View<SamplesPlace, SamplesState> = {
  kind: "samples",
  words: VIEW,
  exampleParameter: "group",
  readPlace: readSamplesPlace,
  writePlace: writeSamplesPlace,
  keys: [
    { key: "ArrowUp", label: "↑", name: KEY_NAMES.previousPrompt, press: (view) => view.stepPrompt(-1) },
    { key: "ArrowDown", label: "↓", name: KEY_NAMES.nextPrompt, press: (view) => view.stepPrompt(1) },
    { key: "[", name: KEY_NAMES.previousTemperature, press: (view) => view.stepColumn(-1) },
    { key: "]", name: KEY_NAMES.nextTemperature, press: (view) => view.stepColumn(1) },
    { key: ",", name: KEY_NAMES.previousRepeat, press: (view) => view.stepRepeat(-1) },
    { key: ".", name: KEY_NAMES.nextRepeat, press: (view) => view.stepRepeat(1) },
    { key: "s", name: KEY_NAMES.shade, press: (view) => view.change({ shade: !view.place.shade }) },
    { key: "d", name: KEY_NAMES.alone, press: (view) => view.toggleAlone() },
    { key: "c", name: KEY_NAMES.copy, press: (view) => view.copy() },
    SEARCH_KEY,
    { key: "n", name: SHARED.nextMatch, press: (view) => view.finder.step(1) },
    { key: "N", name: SHARED.previousMatch, press: (view) => view.finder.step(-1) },
  ],
  load: () => import("./parts"),
};
