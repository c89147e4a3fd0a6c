import { describe, expect, it } from "vitest";
import type { Measures } from "../../store/measures";
import { attentionHeader, layerHeader } from "../../testing/records";
import { chooseFocus } from "./chooseFocus";

const names = ["entropy", "peak", "distance", "first"];

/** Measures of one step from [entropy, first] of each head. */
function measuresOf(...heads: [entropy: number, first: number][]): Measures {
  const values = Float32Array.from(heads.flatMap(([entropy, first]) => [entropy, 0, 0, first]));
  return { steps: [5], names, rows: heads.length, layers: [], values };
}

describe("chooseFocus", () => {
  const self = layerHeader({ role: "encoder self", heads: 2 });
  const cross = layerHeader({ role: "cross", heads: 2 });

  it("prefers cross attention, and there the head that looks at the fewest keys", () => {
    const measures = measuresOf([0.01, 0], [0.2, 0], [0.9, 0], [0.4, 0]);
    expect(chooseFocus(attentionHeader([self, cross]), measures, 5)).toEqual({ layer: 1, head: 1 });
  });

  it("passes over a head that only looks at the first key", () => {
    expect(chooseFocus(attentionHeader([self]), measuresOf([0.05, 0.97], [0.7, 0.1]), 5)).toEqual({
      layer: 0,
      head: 1,
    });
  });

  it("passes over a layer with one key, whose weights are all 1", () => {
    const single = layerHeader({ role: "cross", heads: 1, keys: 1 });
    expect(chooseFocus(attentionHeader([single, self]), measuresOf([0, 1], [0.5, 0], [0.4, 0]), 5)).toEqual({
      layer: 1,
      head: 1,
    });
  });

  it("takes the first head where nothing is known, and nothing where there is nothing", () => {
    expect(chooseFocus(attentionHeader([self, cross]), null, 5)).toEqual({ layer: 1, head: 0 });
    expect(chooseFocus(attentionHeader([]), null, 5)).toEqual({ layer: -1, head: 0 });
  });
});
