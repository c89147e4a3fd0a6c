/** The samples view: what the model writes, step by step. */

import { common } from "../language/common";
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
    { key: "ArrowUp", label: "↑", name: phrases.KEY_NAMES.previousPrompt, press: (view) => view.stepPrompt(-1) },
    { key: "ArrowDown", label: "↓", name: phrases.KEY_NAMES.nextPrompt, press: (view) => view.stepPrompt(1) },
    { key: "[", name: phrases.KEY_NAMES.previousTemperature, press: (view) => view.stepColumn(-1) },
    { key: "]", name: phrases.KEY_NAMES.nextTemperature, press: (view) => view.stepColumn(1) },
    { key: ",", name: phrases.KEY_NAMES.previousRepeat, press: (view) => view.stepRepeat(-1) },
    { key: ".", name: phrases.KEY_NAMES.nextRepeat, press: (view) => view.stepRepeat(1) },
    { key: "s", name: phrases.KEY_NAMES.shade, press: (view) => view.change({ shade: !view.place.shade }) },
    { key: "d", name: phrases.KEY_NAMES.alone, press: (view) => view.toggleAlone() },
    { key: "c", name: phrases.KEY_NAMES.copy, press: (view) => view.copy() },
    SEARCH_KEY,
    { key: "n", name: common.KEY_NAMES.nextMatch, press: (view) => view.finder.step(1) },
    { key: "N", name: common.KEY_NAMES.previousMatch, press: (view) => view.finder.step(-1) },
  ],
  load: () => import("./parts"),
};
