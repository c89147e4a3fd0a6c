/** What the view draws, loaded when it is first looked at. */

export { default as Details } from "./SamplesDetails.svelte";
export { default as Rail } from "./SamplesRail.svelte";
export { default as Centre } from "./SamplesView.svelte";
