/** The view but for its value, loaded when it is first looked at. */

export { default as Centre } from "./EmbeddingsView.svelte";
export { EmbeddingsState as State } from "./state.svelte";
export const loadRail = () => import("./EmbeddingsRail.svelte");
export const loadDetails = () => import("./EmbeddingsDetails.svelte");
