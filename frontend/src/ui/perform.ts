/** Carries out what a key asks for. */

import type { Page } from "../state.svelte";
import type { Action } from "./keys";

/** Where the list of runs is in the document. */
export const RUN_LIST_ID = "runs";

/** Returns whether there was something to do. */
export function perform(action: Action, page: Page): boolean {
  if (page.helpIsOpen && action !== "help") return false;
  switch (action) {
    case "previous step":
      page.goToIndex(page.stepIndex - 1);
      return true;
    case "next step":
      page.goToIndex(page.stepIndex + 1);
      return true;
    case "first step":
      page.goToIndex(0);
      return true;
    case "newest step":
      page.goToIndex(page.steps.length - 1);
      return true;
    case "play":
      page.togglePlay();
      return true;
    case "previous layer":
      page.stepLayer(-1);
      return true;
    case "next layer":
      page.stepLayer(1);
      return true;
    case "previous head":
      page.stepHead(-1);
      return true;
    case "next head":
      page.stepHead(1);
      return true;
    case "find":
      page.railIsOpen = true;
      return focusFinder();
    case "release":
      page.pin(null);
      return false;
    case "help":
      page.helpIsOpen = !page.helpIsOpen;
      return true;
  }
}

/** The filter of the runs where there are many, else the first run. */
function focusFinder(): boolean {
  const list = document.getElementById(RUN_LIST_ID);
  const target = list?.querySelector<HTMLElement>("input[type=search]") ?? list?.querySelector<HTMLElement>("input");
  target?.focus();
  return target !== null && target !== undefined;
}
