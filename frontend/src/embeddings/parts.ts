/** What the view draws, loaded when it is first looked at. */

export { default as Details } from "./EmbeddingsDetails.svelte";
export { default as Rail } from "./EmbeddingsRail.svelte";
export { default as Centre } from "./EmbeddingsView.svelte";
