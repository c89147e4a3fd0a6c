/** The view but for its value, loaded when it is first looked at. */

export { default as Details } from "./SamplesDetails.svelte";
export { default as Rail } from "./SamplesRail.svelte";
export { default as Centre } from "./SamplesView.svelte";
export { SamplesState as State } from "./state.svelte";
