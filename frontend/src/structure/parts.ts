/** The view but for its value, loaded when it is first looked at. */

import { phrases } from "./language";

export { default as Centre } from "./StructureView.svelte";
export { StructureState as State } from "./state.svelte";
export const loadRail = () => import("./StructureRail.svelte");
export const loadDetails = () => import("./StructureDetails.svelte");
export const loadHelp = async () => phrases.HELP;
export const loadSaving = () => import("./saving");
