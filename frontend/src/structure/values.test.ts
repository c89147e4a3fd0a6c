import { describe, expect, it } from "vitest";
import { contrast, parseHex, type Rgb } from "../draw/colour";
import type { Measures } from "../store/measures";
import { figureText } from "./drawing/figure";
import { colourOf } from "./drawing/palette";
import { structureHeader, structureNode } from "./testing";
import { buildTree, type Item } from "./tree";
import { everyValue, figuresAt, isBroken, numbersOf, placeOn, scaleOf, valueAtPlace } from "./values";

const names = ["gradient_norm", "gradient_not_finite", "activation_mean"];
const measures: Measures = {
  steps: [0, 10],
  names,
  rows: 3,
  layers: ["b_0", "b_1", "b_2"],
  values: Float32Array.of(1, 0, -2, 0.1, 0, 1, 0.01, 0, NaN, /* step 10 */ 10, 0, 0, 1, 0.5, 0, NaN, NaN, NaN),
};
const blocks = [0, 1, 2].map((at) => structureNode(`b_${at}`, { repeats: "b", total: 10 ** at }));
const [repeats] = buildTree(structureHeader(blocks)).root.children as [Item];

describe("the numbers of layers", () => {
  it("are those of the step", () => {
    expect(numbersOf(repeats, "gradient_norm", figuresAt(measures, 0))).toEqual([1, 0.1, 0.01].map(Math.fround));
    expect(numbersOf(repeats, "gradient_norm", figuresAt(measures, 10))).toEqual([10, 1, Number.NaN]);
    expect(numbersOf(repeats, "gradient_norm", figuresAt(measures, 5))).toEqual([NaN, NaN, NaN]);
    expect(numbersOf(repeats, "parameters", figuresAt(null, 0))).toEqual([1, 10, 100]);
  });

  it("tell where some are not finite", () => {
    expect(isBroken(repeats, figuresAt(measures, 0))).toBe(false);
    expect(isBroken(repeats, figuresAt(measures, 10))).toBe(true);
  });

  it("stand in boxes", () => {
    const figures = figuresAt(measures, 0);
    expect(figureText(repeats, "role", figures)).toBe("111 params");
    expect(figureText(repeats.children[1] as Item, "gradient_norm", figures)).toBe("0.1");
    expect(figureText(repeats, "gradient_norm", figures)).toBe("");
  });
});

describe("scales", () => {
  it("are logarithmic for norms, over all steps", () => {
    const scale = scaleOf("gradient_norm", everyValue(measures, "gradient_norm"));
    expect(scale).toEqual({ kind: "log", least: Math.fround(0.01), most: 10 });
    if (!scale) return;
    expect(placeOn(scale, 0.31623)).toBeCloseTo(0.5, 3);
    const values = [0, 1e9, Number.NaN, Number.POSITIVE_INFINITY];
    expect(values.map((value) => placeOn(scale, value))).toEqual([0, 1, Number.NaN, Number.NaN]);
    expect(valueAtPlace(scale, placeOn(scale, 2))).toBeCloseTo(2);
  });

  it("go from none to all for shares, and around 0 for means", () => {
    expect(scaleOf("gradient_not_finite", [])).toEqual({ kind: "share", least: 0, most: 1 });
    const mean = scaleOf("activation_mean", everyValue(measures, "activation_mean"));
    expect(mean).toEqual({ kind: "signed", least: -2, most: 2 });
    expect(mean && placeOn(mean, 0)).toBe(0.5);
  });

  it("are none where nothing was measured", () => {
    expect(scaleOf("gradient_norm", [Number.NaN])).toBeNull();
  });

  it.each(["light", "dark"] as const)("leave texts on them readable, %s", (theme) => {
    const rgb = (text: string) =>
      text.startsWith("#") ? parseHex(text) : ((text.match(/\d+/g) as string[]).map(Number) as Rgb);
    for (const kind of ["log", "share", "signed"] as const) {
      for (let value = 0; value <= 1; value += 0.05) {
        const colours = colourOf({ kind, least: kind === "log" ? 0.01 : -1, most: 1 }, value, theme);
        expect(contrast(rgb(colours?.fill ?? ""), rgb(colours?.text ?? ""))).toBeGreaterThan(4.5);
      }
    }
  });
});
