/** The drawing as a file: all that is opened, in its colours, whatever part of it is in sight. */

import { flushSync, mount, unmount } from "svelte";
import { asXml } from "../../draw/xml";
import type { StructureHeader } from "../../wire/schema.gen";
import type { Figures, Scale } from "../values";
import type { Palette } from "./palette";
import Sheet from "./Sheet.svelte";
import type { Scene } from "./scene";

export interface Shown {
  header: StructureHeader;
  scene: Scene;
  palette: Palette;
  colour: string;
  scale: Scale | null;
  figures: Figures;
  isBrief: boolean;
}

/** Returns the text of an SVG file that needs nothing else. */
export function toSvg(shown: Shown): string {
  const target = document.createElement("div");
  const sheet = mount(Sheet, { target, props: shown });
  flushSync();
  const text = asXml(new XMLSerializer().serializeToString(target.firstElementChild as Element));
  void unmount(sheet);
  return text;
}
