/** The view but for its value, loaded when it is first looked at. */

export { default as Centre } from "./StructureView.svelte";
export { StructureState as State } from "./state.svelte";
export const loadRail = () => import("./StructureRail.svelte");
export const loadDetails = () => import("./StructureDetails.svelte");
export const loadSaving = () => import("./saving");
