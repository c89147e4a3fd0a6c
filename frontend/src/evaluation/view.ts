/** The evaluation view: what the model can and cannot do, slice by slice, down to the token. */

import type { View } from "../store/view";
import { phrases } from "./language";
import { type EvaluationPlace, readEvaluationPlace, writeEvaluationPlace } from "./place";
import type { EvaluationState } from "./state.svelte";

export const evaluation: View<EvaluationPlace, EvaluationState> = {
  kind: "evaluation",
  alsoShows: ["tokens"],
  name: phrases.VIEW_NAME,
  exampleParameter: "set",
  readPlace: readEvaluationPlace,
  writePlace: writeEvaluationPlace,
  keys: [
    { key: "ArrowUp", label: "↑", name: "previousSlice", press: (view) => view.stepSlice(-1) },
    { key: "ArrowDown", label: "↓", name: "nextSlice", press: (view) => view.stepSlice(1) },
    { key: "[", name: "previousMeasure", press: (view) => view.stepMeasure(-1) },
    { key: "]", name: "nextMeasure", press: (view) => view.stepMeasure(1) },
    { key: "v", name: "panel", press: (view) => view.stepPanel() },
    { key: "o", name: "order", press: (view) => view.stepOrder() },
  ],
  load: () => import("./parts"),
};
