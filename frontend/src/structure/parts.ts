/** The view but for its value, loaded when it is first looked at. */

export { default as Details } from "./StructureDetails.svelte";
export { default as Rail } from "./StructureRail.svelte";
export { default as Centre } from "./StructureView.svelte";
export { StructureState as State } from "./state.svelte";
