/** Every sentence and label of the samples view but those of its drawings, which are in `words.ts`; the page's own are in `../words.ts`. */

import { count } from "../words";
import type { Column } from "./grid";

export const PROMPTS = "Prompts";
export const PROMPTS_LABEL = "prompts";
export const GRID = "samples";
export const EMPTY_PROMPT = "(empty prompt)";

export function waitingForTexts(run: string): string {
  return `Waiting for the texts of run ${run} …`;
}

export function columnName({ temperature, beams }: Column): string {
  if (beams > 0) return `${beams} beams`;
  return temperature === 0 ? "greedy" : `temperature ${temperature}`;
}

export function rowName(step: number): string {
  return `step ${count(step)}`;
}
