/** What `wordless.svelte.ts` loads. */

export { imagedBy } from "./image/grid";
export { wordlessAxis } from "./naming";
export { inItsOwnSides, keptOf, wholeOf } from "./record/strongest";
