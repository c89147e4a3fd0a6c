/** The view but for its value, loaded when it is first looked at. */

export { default as Centre } from "./EvaluationView.svelte";
export { EvaluationState as State } from "./state.svelte";
export const loadRail = () => import("./EvaluationRail.svelte");
export const loadDetails = () => import("./EvaluationDetails.svelte");
export const loadSaving = () => import("./saving");
