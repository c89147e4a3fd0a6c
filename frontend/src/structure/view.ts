/** The structure view: the model as a drawing, coloured by what training does to it. */

import { KEY_NAMES as SHARED } from "../language/en";
import type { View } from "../store/view";
import { SEARCH_KEY } from "../ui/searchField";
import { KEY_NAMES, VIEW } from "./en/view";
import { readStructurePlace, type StructurePlace, writeStructurePlace } from "./place";
import type { StructureState } from "./state.svelte";

export const structure: View<StructurePlace, StructureState> = {
  kind: "structure",
  words: VIEW,
  exampleParameter: "model",
  readPlace: readStructurePlace,
  writePlace: writeStructurePlace,
  keys: [
    { key: "ArrowUp", label: "↑", name: KEY_NAMES.up, press: (view) => view.move("up") },
    { key: "ArrowDown", label: "↓", name: KEY_NAMES.down, press: (view) => view.move("down") },
    { key: "[", name: KEY_NAMES.left, press: (view) => view.move("left") },
    { key: "]", name: KEY_NAMES.right, press: (view) => view.move("right") },
    { key: "Enter", name: KEY_NAMES.open, press: (view) => view.toggleChosen() },
    { key: "+", name: KEY_NAMES.zoomIn, press: (view) => view.sight.zoomIn() },
    { key: "-", label: "−", name: KEY_NAMES.zoomOut, press: (view) => view.sight.zoomOut() },
    { key: "0", name: KEY_NAMES.fit, press: (view) => view.sight.fit() },
    { key: "m", name: KEY_NAMES.masks, press: (view) => view.change({ masks: !view.place.masks }) },
    SEARCH_KEY,
    { key: "n", name: SHARED.nextMatch, press: (view) => view.stepMatch(1) },
    { key: "N", name: SHARED.previousMatch, press: (view) => view.stepMatch(-1) },
  ],
  load: () => import("./parts"),
};
