/** The views, in the order of their tabs. */

import { attention } from "../attention/view";
import { embeddings } from "../embeddings/view";
import { evaluation } from "../evaluation/view";
import { samples } from "../samples/view";
import { asView, type View } from "../store/view";
import { structure } from "../structure/view";

export const VIEWS: readonly View[] = [
  asView(attention),
  asView(samples),
  asView(structure),
  asView(embeddings),
  asView(evaluation),
];

export function viewOf(name: string): View {
  return VIEWS.find(({ kind }) => kind === name) as View;
}
