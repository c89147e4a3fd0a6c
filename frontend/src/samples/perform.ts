/** What the keys of the samples view do. */

import type { Action } from "../store/keys";
import { focusSearch } from "../ui/searchField";
import type { SamplesState } from "./state.svelte";

/** Returns whether there was something to do. */
export function performIn(samples: SamplesState, action: Action): boolean {
  switch (action) {
    case "previous prompt":
      samples.selectPrompt(Math.max(0, samples.promptIndex - 1));
      return true;
    case "next prompt":
      samples.selectPrompt(Math.min(samples.prompts.length - 1, samples.promptIndex + 1));
      return true;
    case "previous temperature":
      samples.stepColumn(-1);
      return true;
    case "next temperature":
      samples.stepColumn(1);
      return true;
    case "previous repeat":
      samples.stepRepeat(-1);
      return true;
    case "next repeat":
      samples.stepRepeat(1);
      return true;
    case "shade":
      samples.change({ shade: !samples.place.shade });
      return true;
    case "whole row":
      samples.togglePane("row");
      return true;
    case "search":
      return focusSearch();
    case "next match":
      return samples.finder.step(1);
    case "previous match":
      return samples.finder.step(-1);
    case "copy":
      void samples.copy();
      return samples.chosen !== null;
    case "release":
      samples.change({ token: null });
      return false;
    default:
      return false;
  }
}
