/** The embeddings view: how the vectors of words move, and what is near them. */

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
    { key: "ArrowUp", label: "↑", name: "previousWord", press: (view) => view.stepWord(-1) },
    { key: "ArrowDown", label: "↓", name: "nextWord", press: (view) => view.stepWord(1) },
    { key: "b", name: "wordBefore", press: (view) => view.goBack() },
    { key: "[", name: "previousLayer", press: (view) => view.stepLayer(-1) },
    { key: "]", name: "nextLayer", press: (view) => view.stepLayer(1) },
    { key: "p", name: "pin", press: (view) => view.pinChosen() },
    { key: "m", name: "metric", press: (view) => view.switchMetric() },
    SEARCH_KEY,
  ],
  load: () => import("./parts"),
};
