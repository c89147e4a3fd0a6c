/** Pixels of an image, alone or under a map of weights: arrays in, packed colours out. */

import { pack, type Rgb } from "../../draw/colour";
import { DIVERGING_LEVELS } from "../../draw/scales";
import type { Mapping, Overlay } from "../types";
import { largestOf, type PatchMap } from "./patchMap";

/** An image: RGBA, uint8 [height, width, 4], as `ImageData` has it. */
export interface Pixels {
  width: number;
  height: number;
  data: ArrayLike<number>;
}

export interface MapColours {
  paper: Rgb;
  /** 256 from the paper on; of maps with weights below 0, twice as many less one, the paper in the middle. */
  scale: readonly Rgb[];
  isSigned: boolean;
  /** Stripes where a weight is not finite. */
  hatch: readonly [Rgb, Rgb];
  mapping: Mapping;
  /** The weight drawn darkest. */
  maximum: number;
}

/** From here on pixels of the image are seen as what they are, and not blurred. */
const CRISP_FROM = 4;
/** How far the image gives way to the paper, and where weights are largest to their colour; near to it already where they are small. */
const FADED = 0.5;
const MOST_OVER = 0.88;
const NEAR = 0.7;

/** Returns an image as packed colours [height, width]. */
export function paintPlain({ width, height, data }: Pixels): Uint32Array {
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at++)
    pixels[at] = pack([data[4 * at] as number, data[4 * at + 1] as number, data[4 * at + 2] as number]);
  return pixels;
}

/** Returns an image pale and grey, under the colours of a map, as packed colours [height, width]. */
export function paintUnder(
  { width, height, data }: Pixels,
  map: PatchMap,
  how: Overlay,
  colours: MapColours,
): Uint32Array {
  const pixels = new Uint32Array(width * height);
  const { paper, scale, isSigned, hatch } = colours;
  const share = shareOf(map, colours);
  const zero = isSigned ? DIVERGING_LEVELS : 0;
  const values = how === "smooth" ? smoothly(map, width, height) : inPatches(map, width, height);
  for (let at = 0; at < pixels.length; at++) {
    const weight = values[at] as number;
    if (Number.isNaN(weight)) {
      pixels[at] = pack(hatch[(((at % width) + Math.floor(at / width)) >> 2) & 1] as Rgb);
      continue;
    }
    const size = share(Math.abs(weight));
    const level = Math.round(255 * size);
    const colour = scale[zero + (weight < 0 && isSigned ? -level : level)] as Rgb;
    const over = MOST_OVER * size ** NEAR;
    const grey =
      0.299 * (data[4 * at] as number) + 0.587 * (data[4 * at + 1] as number) + 0.114 * (data[4 * at + 2] as number);
    const mixed = (channel: 0 | 1 | 2) => {
      const under = grey + (paper[channel] - grey) * FADED;
      return Math.round(under + (colour[channel] - under) * over);
    };
    pixels[at] = pack([mixed(0), mixed(1), mixed(2)]);
  }
  return pixels;
}

/** Returns where on the scale a weight of a size is, 0 to 1. */
function shareOf(map: PatchMap, { mapping, maximum }: MapColours): (size: number) => number {
  const darkest = mapping === "per row" ? largestOf(map) : maximum;
  return (size) => {
    const share = darkest > 0 ? Math.min(1, size / darkest) : 0;
    return mapping === "linear" ? share : Math.sqrt(share);
  };
}

function inPatches({ rows, columns, weights }: PatchMap, width: number, height: number): Float32Array {
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y / height) * rows);
    for (let x = 0; x < width; x++)
      values[y * width + x] = weights[row * columns + Math.floor((x / width) * columns)] as number;
  }
  return values;
}

/** Between the middles of patches in proportion, at the edges as in the outermost; what is not finite stays in its patch. */
function smoothly(map: PatchMap, width: number, height: number): Float32Array {
  const { rows, columns, weights } = map;
  const values = inPatches(map, width, height);
  const down = between(height, rows);
  const across = between(width, columns);
  const at = (row: number, column: number) => weights[row * columns + column] || 0;
  for (let y = 0; y < height; y++) {
    const [top, bottom, v] = [down.first[y] as number, down.second[y] as number, down.share[y] as number];
    for (let x = 0; x < width; x++) {
      if (Number.isNaN(values[y * width + x])) continue;
      const [left, right, u] = [across.first[x] as number, across.second[x] as number, across.share[x] as number];
      const above = at(top, left) * (1 - u) + at(top, right) * u;
      const below = at(bottom, left) * (1 - u) + at(bottom, right) * u;
      values[y * width + x] = above * (1 - v) + below * v;
    }
  }
  return values;
}

/** Returns for each pixel the two cells between whose middles it is, and how far it is on its way to the second. */
function between(length: number, cells: number) {
  const place = (pixel: number) => Math.max(0, Math.min(cells - 1, ((pixel + 0.5) / length) * cells - 0.5));
  const places = Float64Array.from({ length }, (_, pixel) => place(pixel));
  const first = Int32Array.from(places, Math.floor);
  const second = first.map((cell) => Math.min(cells - 1, cell + 1));
  return { first, second, share: places.map((at, pixel) => at - (first[pixel] as number)) };
}

/** Returns an image in another size; what is transparent is as it would be on white. */
export function resized(image: Pixels, width: number, height: number): Pixels {
  const { data } = image;
  const isCrisp = Math.min(width / image.width, height / image.height) >= CRISP_FROM;
  const [down, across] = [between(height, image.height), between(width, image.width)];
  const found = new Uint8ClampedArray(4 * width * height).fill(255);
  const channel = (row: number, column: number, which: number) => {
    const start = 4 * (row * image.width + column);
    return 255 + (((data[start + which] as number) - 255) * (data[start + 3] as number)) / 255;
  };
  const shareAt = (axis: { share: Float64Array }, pixel: number) =>
    isCrisp ? Math.round(axis.share[pixel] as number) : (axis.share[pixel] as number);
  for (let y = 0; y < height; y++) {
    const [top, bottom, v] = [down.first[y] as number, down.second[y] as number, shareAt(down, y)];
    for (let x = 0; x < width; x++) {
      const [left, right, u] = [across.first[x] as number, across.second[x] as number, shareAt(across, x)];
      for (let which = 0; which < 3; which++) {
        const above = channel(top, left, which) * (1 - u) + channel(top, right, which) * u;
        const below = channel(bottom, left, which) * (1 - u) + channel(bottom, right, which) * u;
        found[4 * (y * width + x) + which] = above * (1 - v) + below * v;
      }
    }
  }
  return { width, height, data: found };
}
