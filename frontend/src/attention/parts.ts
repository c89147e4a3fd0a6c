/** The view but for its value, loaded when it is first looked at. */

import { learn } from "../language/catalogue";

export { default as Centre } from "./AttentionView.svelte";
export { AttentionState as State } from "./state.svelte";
export const loadRail = async () => {
  await learn("attention/details");
  return import("./AttentionRail.svelte");
};
export const loadDetails = async () => {
  await learn("attention/details");
  return import("./AttentionDetails.svelte");
};
export const loadSaving = async () => {
  await learn("attention/details");
  return import("./saving");
};
