/** The view but for its value, loaded when it is first looked at. */

export { default as Centre } from "./SamplesView.svelte";
export { SamplesState as State } from "./state.svelte";
export const loadRail = () => import("./SamplesRail.svelte");
export const loadDetails = () => import("./SamplesDetails.svelte");
export const loadSaving = () => import("./saving");
