/** The drawing as a file: all that is opened, in its colours, whatever part of it is in sight. */

import { flushSync, mount, unmount } from "svelte";
import { save } from "../../ui/download";
import type { StructureHeader } from "../../wire/schema.gen";
import type { Figures, Scale } from "../values";
import type { Palette } from "./palette";
import Sheet from "./Sheet.svelte";
import type { Scene } from "./scene";
import { asXml } from "./xml";

export interface Shown {
  header: StructureHeader;
  scene: Scene;
  palette: Palette;
  colour: string;
  scale: Scale | null;
  figures: Figures;
}

const PNG_SCALE = 2;
/** Browsers refuse larger canvases. */
const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 120e6;

/** Returns the text of an SVG file that needs nothing else. */
export function toSvg(shown: Shown): string {
  const target = document.createElement("div");
  const sheet = mount(Sheet, { target, props: shown });
  flushSync();
  const text = asXml(new XMLSerializer().serializeToString(target.firstElementChild as Element));
  void unmount(sheet);
  return text;
}

export async function saveSvg(shown: Shown, name: string): Promise<void> {
  save(new Blob([toSvg(shown)], { type: "image/svg+xml" }), `${name}.svg`);
}

/** Saves it twice as large, or as large as a picture may be. */
export async function savePng(shown: Shown, name: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([toSvg(shown)], { type: "image/svg+xml" }));
  const canvas = document.createElement("canvas");
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const { width, height } = image;
    const scale = Math.min(
      PNG_SCALE,
      LONGEST_SIDE / Math.max(width, height),
      Math.sqrt(MOST_PIXELS / (width * height)),
    );
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  } finally {
    URL.revokeObjectURL(address);
  }
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done));
  if (blob) save(blob, `${name}.png`);
}
