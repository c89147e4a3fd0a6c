/** What `worked.svelte.ts` loads. */

export { combineHeads } from "./combine";
export { differenceOf, largestChange } from "./difference";
export { ofContributions, stillOfContributions } from "./record/contributions";
export { inWords, stillInWords } from "./record/words";
