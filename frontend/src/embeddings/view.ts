/** The embeddings view: how the vectors of words move, and what is near them. */

import { common } from "../language/common";
import type { View } from "../store/view";
import { SEARCH_KEY } from "../ui/searchField";
import { phrases } from "./language";
import { type EmbeddingsPlace, readEmbeddingsPlace, writeEmbeddingsPlace } from "./place";
import type { EmbeddingsState } from "./state.svelte";

export const embeddings: View<EmbeddingsPlace, EmbeddingsState> = {
  kind: "embeddings",
  name: phrases.VIEW_NAME,
  exampleParameter: "table",
  readPlace: readEmbeddingsPlace,
  writePlace: writeEmbeddingsPlace,
  keys: [
    { key: "ArrowUp", label: "↑", name: phrases.KEY_NAMES.previousWord, press: (view) => view.stepWord(-1) },
    { key: "ArrowDown", label: "↓", name: phrases.KEY_NAMES.nextWord, press: (view) => view.stepWord(1) },
    { key: "b", name: phrases.KEY_NAMES.wordBefore, press: (view) => view.goBack() },
    { key: "[", name: common.KEY_NAMES.previousLayer, press: (view) => view.stepLayer(-1) },
    { key: "]", name: common.KEY_NAMES.nextLayer, press: (view) => view.stepLayer(1) },
    { key: "p", name: phrases.KEY_NAMES.pin, press: (view) => view.pinChosen() },
    { key: "m", name: phrases.KEY_NAMES.metric, press: (view) => view.switchMetric() },
    SEARCH_KEY,
  ],
  load: () => import("./parts"),
};
