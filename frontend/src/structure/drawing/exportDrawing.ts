/** The drawing as a file: all that is opened, in its colours, whatever part of it is in sight. */

import { flushSync, mount, unmount } from "svelte";
import type { Figures, Scale } from "../values";
import Drawn from "./Drawn.svelte";
import type { Palette } from "./palette";
import { FULL } from "./reading";
import type { Scene } from "./scene";

export interface Shown {
  scene: Scene;
  palette: Palette;
  colour: string;
  scale: Scale | null;
  figures: Figures;
}

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 12;
const PNG_SCALE = 2;
/** Browsers refuse larger canvases. */
const LONGEST_SIDE = 16_000;
const MOST_PIXELS = 120e6;

/** Returns the text of an SVG file that needs nothing else. */
export function toSvg(shown: Shown): string {
  const svg = document.createElementNS(SVG, "svg");
  const { width, height } = sizeOf(shown.scene);
  svg.setAttribute("xmlns", SVG);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  svg.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${width} ${height}`);
  svg.style.background = shown.palette.paper;
  const drawn = mount(Drawn, {
    target: svg,
    props: { ...shown, reading: FULL, item: null, lit: new Set<number>() },
  });
  flushSync();
  // Of use to the page only.
  for (const hit of svg.querySelectorAll("path[data-line]")) hit.remove();
  for (const element of svg.querySelectorAll<SVGElement>("[data-box], [data-line]"))
    for (const name of ["data-box", "data-line"]) element.removeAttribute(name);
  const text = new XMLSerializer().serializeToString(svg).replaceAll("<!---->", "");
  void unmount(drawn);
  return text;
}

export async function saveSvg(shown: Shown, name: string): Promise<void> {
  save(new Blob([toSvg(shown)], { type: "image/svg+xml" }), `${name}.svg`);
}

/** Saves it twice as large, or as large as a picture may be. */
export async function savePng(shown: Shown, name: string): Promise<void> {
  const { width, height } = sizeOf(shown.scene);
  const scale = Math.min(PNG_SCALE, LONGEST_SIDE / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.fillStyle = shown.palette.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const address = URL.createObjectURL(new Blob([toSvg(shown)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  } finally {
    URL.revokeObjectURL(address);
  }
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done));
  if (blob) save(blob, `${name}.png`);
}

function sizeOf({ width, height }: Scene): { width: number; height: number } {
  return { width: Math.ceil(width + 2 * MARGIN), height: Math.ceil(height + 2 * MARGIN) };
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replaceAll("/", "-");
  link.click();
  // The browser reads the address after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
