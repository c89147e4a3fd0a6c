/** The view but for its value, loaded when it is first looked at. */

export { default as Details } from "./EmbeddingsDetails.svelte";
export { default as Rail } from "./EmbeddingsRail.svelte";
export { default as Centre } from "./EmbeddingsView.svelte";
export { EmbeddingsState as State } from "./state.svelte";
