import { describe, expect, it } from "vitest";
import type { Rgb } from "../../draw/colour";
import { type MapColours, type Pixels, paintPlain, paintUnder, resized } from "./paintImage";

/** A colour of each pixel as red, green, blue. */
const colours = (pixels: Uint32Array): number[][] =>
  [...pixels].map((pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]);
const of = (width: number, height: number, ...rgba: number[][]): Pixels => ({ width, height, data: rgba.flat() });

const SCALE = Array.from({ length: 256 }, (_, level): Rgb => [255 - level, 255 - level, 255]);
const ON_WHITE: MapColours = {
  paper: [255, 255, 255],
  scale: SCALE,
  isSigned: false,
  hatch: [
    [1, 2, 3],
    [1, 2, 3],
  ],
  mapping: "linear",
  maximum: 0.5,
};
const map = (...weights: number[]) => ({
  rows: 1,
  columns: weights.length,
  weights: Float32Array.from(weights),
  beside: 0,
});
const white = of(1, 1, [255, 255, 255, 255]);

describe("an image in another size", () => {
  it("goes from pixel to pixel", () => {
    const image = resized(of(2, 1, [0, 0, 0, 255], [200, 200, 200, 255]), 4, 1);
    expect(colours(paintPlain(image)).map(([red]) => red)).toEqual([0, 50, 150, 200]);
  });

  it("shows its pixels where they are large", () => {
    const image = resized(of(2, 1, [0, 0, 0, 255], [200, 0, 0, 255]), 8, 4);
    expect(
      colours(paintPlain(image))
        .slice(0, 8)
        .map(([red]) => red),
    ).toEqual([0, 0, 0, 0, 200, 200, 200, 200]);
  });

  it("is on white where it is transparent", () => {
    expect(colours(paintPlain(resized(of(1, 1, [0, 0, 0, 0]), 1, 1)))).toEqual([[255, 255, 255]]);
  });
});

describe("an image under a map", () => {
  it("is pale and grey where no weight is, and takes the colour of the scale", () => {
    const image = of(2, 1, [0, 0, 0, 255], [255, 0, 0, 255]);
    const [none, most] = colours(paintUnder(image, map(0, 0.5), "patches", ON_WHITE));
    expect(none).toEqual([128, 128, 128]);
    const [red = 0, , blue = 0] = most ?? [];
    expect(red).toBeLessThan(30);
    expect(blue).toBeGreaterThan(230);
  });

  it("grows darker with the weight, and smoothly from patch to patch", () => {
    const image = resized(white, 8, 1);
    const smooth = colours(paintUnder(image, map(0, 0.5), "smooth", ON_WHITE)).map(([red]) => red as number);
    const patches = colours(paintUnder(image, map(0, 0.5), "patches", ON_WHITE)).map(([red]) => red as number);
    expect(new Set(patches).size).toBe(2);
    expect(smooth.every((red, at) => at === 0 || red <= (smooth[at - 1] as number))).toBe(true);
    expect(new Set(smooth).size).toBeGreaterThan(3);
  });

  it("has the darkest colour of each map where queries have scales of their own", () => {
    const painted = (mapping: MapColours["mapping"]) =>
      colours(paintUnder(white, map(0.1), "patches", { ...ON_WHITE, mapping }))[0]?.[0] ?? 0;
    expect(painted("per row")).toBeLessThan(painted("square root"));
    expect(painted("square root")).toBeLessThan(painted("linear"));
  });

  it("tells both signs, and what is no number", () => {
    const signed: Rgb[] = Array.from({ length: 511 }, (_, at) => (at < 255 ? [255, 0, 0] : [0, 0, 255]));
    const image = resized(white, 3, 1);
    const painted = paintUnder(image, map(-0.5, Number.NaN, 0.5), "smooth", {
      ...ON_WHITE,
      scale: signed,
      isSigned: true,
    });
    const [below, broken, above] = colours(painted);
    expect([below?.[0] ?? 0, above?.[2] ?? 0].every((channel) => channel > 200)).toBe(true);
    expect(broken).toEqual([1, 2, 3]);
  });
});
