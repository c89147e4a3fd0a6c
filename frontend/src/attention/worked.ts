/** What `worked.svelte.ts` loads. */

export { combineHeads } from "./combine";
export { differenceOf } from "./difference";
export { weightsLine } from "./line";
export { ratioWhileMoving } from "./matrix/moving";
export { ofContributions, stillOfContributions } from "./record/contributions";
export { inWords, stillInWords } from "./record/words";
