/** The embeddings view: how the vectors of words move, and what is near them. */

import { KEY_NAMES as SHARED } from "../language/en";
import type { View } from "../store/view";
import { SEARCH_KEY } from "../ui/searchField";
import { KEY_NAMES, VIEW } from "./en/view";
import { type EmbeddingsPlace, readEmbeddingsPlace, writeEmbeddingsPlace } from "./place";
import type { EmbeddingsState } from "./state.svelte";

export const embeddings: View<EmbeddingsPlace, EmbeddingsState> = {
  kind: "embeddings",
  words: VIEW,
  exampleParameter: "table",
  readPlace: readEmbeddingsPlace,
  writePlace: writeEmbeddingsPlace,
  needsSides: true,
  keys: [
    { key: "ArrowUp", label: "↑", name: KEY_NAMES.previousWord, press: (view) => view.stepWord(-1) },
    { key: "ArrowDown", label: "↓", name: KEY_NAMES.nextWord, press: (view) => view.stepWord(1) },
    { key: "b", name: KEY_NAMES.wordBefore, press: (view) => view.goBack() },
    { key: "[", name: SHARED.previousLayer, press: (view) => view.stepLayer(-1) },
    { key: "]", name: SHARED.nextLayer, press: (view) => view.stepLayer(1) },
    { key: "p", name: KEY_NAMES.pin, press: (view) => view.pinChosen() },
    { key: "m", name: KEY_NAMES.metric, press: (view) => view.switchMetric() },
    SEARCH_KEY,
  ],
  load: () => import("./parts"),
};
