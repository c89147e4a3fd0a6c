/** The structure view: the model as a drawing, coloured by what training does to it. */

import { common } from "../language/common";
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
    { key: "ArrowUp", label: "↑", name: phrases.KEY_NAMES.up, press: (view) => view.move("up") },
    { key: "ArrowDown", label: "↓", name: phrases.KEY_NAMES.down, press: (view) => view.move("down") },
    { key: "[", name: phrases.KEY_NAMES.left, press: (view) => view.move("left") },
    { key: "]", name: phrases.KEY_NAMES.right, press: (view) => view.move("right") },
    { key: "Enter", name: phrases.KEY_NAMES.open, press: (view) => view.toggleChosen() },
    { key: "+", name: phrases.KEY_NAMES.zoomIn, press: (view) => view.sight.zoomIn() },
    { key: "-", label: "−", name: phrases.KEY_NAMES.zoomOut, press: (view) => view.sight.zoomOut() },
    { key: "0", name: phrases.KEY_NAMES.fit, press: (view) => view.sight.fit() },
    { key: "m", name: phrases.KEY_NAMES.masks, press: (view) => view.change({ masks: !view.place.masks }) },
    SEARCH_KEY,
    { key: "n", name: common.KEY_NAMES.nextMatch, press: (view) => view.stepMatch(1) },
    { key: "N", name: common.KEY_NAMES.previousMatch, press: (view) => view.stepMatch(-1) },
  ],
  load: () => import("./parts"),
};
