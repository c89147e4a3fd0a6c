/** The view but for its value, loaded when it is first looked at. */

export { default as Details } from "./AttentionDetails.svelte";
export { default as Rail } from "./AttentionRail.svelte";
export { default as Centre } from "./AttentionView.svelte";
export { AttentionState as State } from "./state.svelte";
