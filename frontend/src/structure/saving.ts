/** What of the structure is saved besides what is in sight: the whole drawing. */

import type { Savable } from "../store/saving";
import { toSvg } from "./drawing/exportDrawing";
import { paletteOf } from "./drawing/palette";
import { phrases } from "./language";
import type { StructureState } from "./state.svelte";

export function savable(structure: StructureState): Savable {
  const { session, header, scene, colour, scale, figures, isBrief, run } = structure;
  const subject = [header?.name || session.example || "structure"];
  if (!header || !scene) return { subject, drawings: [], data: [] };
  const shown = { header, scene, colour, scale, figures, isBrief, palette: paletteOf(session.theme) };
  const file = [session.runNames.get(run ?? "") ?? "", ...subject];
  return { subject, drawings: [{ name: phrases.WHOLE_DRAWING, file, draw: () => toSvg(shown) }], data: [] };
}
