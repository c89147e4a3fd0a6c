/** What `worked.svelte.ts` loads. */

export { combineHeads } from "./combine";
export { compare } from "./compare";
export { differenceOf } from "./difference";
export { weightsLine } from "./line";
export { ratioWhileMoving } from "./matrix/moving";
export { paintDots } from "./matrix/paintDots";
export { noticesOf } from "./notices";
export { ofContributions, stillOfContributions } from "./record/contributions";
export { inWords, stillInWords } from "./record/words";
export { barsOf } from "./sentence/bars";
export { comparedRibbons } from "./sentence/comparedRibbons";
