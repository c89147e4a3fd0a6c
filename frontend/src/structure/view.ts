/** The structure view: the model as a drawing, coloured by what training does to it. */

import type { View } from "../store/view";
import { SEARCH_KEY } from "../ui/searchField";
import { phrases } from "./language";
import { readStructurePlace, type StructurePlace, writeStructurePlace } from "./place";
import type { StructureState } from "./state.svelte";

export const structure: View<StructurePlace, StructureState> = {
  kind: "structure",
  name: phrases.VIEW_NAME,
  exampleParameter: "model",
  readPlace: readStructurePlace,
  writePlace: writeStructurePlace,
  keys: [
    { key: "ArrowUp", label: "↑", name: "up", press: (view) => view.move("up") },
    { key: "ArrowDown", label: "↓", name: "down", press: (view) => view.move("down") },
    { key: "[", name: "left", press: (view) => view.move("left") },
    { key: "]", name: "right", press: (view) => view.move("right") },
    { key: "Enter", name: "open", press: (view) => view.toggleChosen() },
    { key: "+", name: "zoomIn", press: (view) => view.sight.zoomIn() },
    { key: "-", label: "−", name: "zoomOut", press: (view) => view.sight.zoomOut() },
    { key: "0", name: "fit", press: (view) => view.sight.fit() },
    { key: "m", name: "masks", press: (view) => view.change({ masks: !view.place.masks }) },
    SEARCH_KEY,
    { key: "n", name: "nextMatch", press: (view) => view.stepMatch(1) },
    { key: "N", name: "previousMatch", press: (view) => view.stepMatch(-1) },
  ],
  load: () => import("./parts"),
};
