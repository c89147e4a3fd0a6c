/** The view but for its value, loaded when it is first looked at. */

export { default as Centre } from "./AttentionView.svelte";
export { AttentionState as State } from "./state.svelte";
export const loadRail = () => import("./AttentionRail.svelte");
export const loadDetails = () => import("./AttentionDetails.svelte");
