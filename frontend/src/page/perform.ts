/** Carries out what a key asks for. */

import type { Action } from "../store/keys";
import type { Page } from "./page.svelte";

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
    case "help":
      page.helpIsOpen = !page.helpIsOpen;
      return true;
    default:
      return page.shown.perform(action);
  }
}
