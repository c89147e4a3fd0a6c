/** The samples view: what the model writes, step by step. */

import type { View } from "../store/view";
import { SEARCH_KEY } from "../ui/searchField";
import { phrases } from "./language";
import { readSamplesPlace, type SamplesPlace, writeSamplesPlace } from "./place";
import type { SamplesState } from "./state.svelte";

export const samples: View<SamplesPlace, SamplesState> = {
  kind: "samples",
  name: phrases.VIEW_NAME,
  exampleParameter: "group",
  readPlace: readSamplesPlace,
  writePlace: writeSamplesPlace,
  keys: [
    { key: "ArrowUp", label: "↑", name: "previousPrompt", press: (view) => view.stepPrompt(-1) },
    { key: "ArrowDown", label: "↓", name: "nextPrompt", press: (view) => view.stepPrompt(1) },
    { key: "[", name: "previousTemperature", press: (view) => view.stepColumn(-1) },
    { key: "]", name: "nextTemperature", press: (view) => view.stepColumn(1) },
    { key: ",", name: "previousRepeat", press: (view) => view.stepRepeat(-1) },
    { key: ".", name: "nextRepeat", press: (view) => view.stepRepeat(1) },
    { key: "s", name: "shade", press: (view) => view.change({ shade: !view.place.shade }) },
    { key: "d", name: "alone", press: (view) => view.toggleAlone() },
    { key: "c", name: "copy", press: (view) => view.copy() },
    SEARCH_KEY,
    { key: "n", name: "nextMatch", press: (view) => view.finder.step(1) },
    { key: "N", name: "previousMatch", press: (view) => view.finder.step(-1) },
  ],
  load: () => import("./parts"),
};
