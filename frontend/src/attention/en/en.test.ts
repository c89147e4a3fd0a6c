import { describe, expect, it } from "vitest";
import { plain } from "../../language/sentence";
import { axisTitle, caption, headsName, leftOut, rangeName, wallCaption } from ".";
import { looksAt, ofRollout } from "./details";
import { tableCaption } from "./heads";

describe("the words of the attention view", () => {
  it("the caption is one sentence, whatever is drawn", () => {
    expect(plain(caption(null, false, false, false))).toBe(
      "Weights of layer, head for example, hide, shade mapping on range.",
    );
    expect(plain(caption("runs", false, false, false))).toContain("in runs A and B, coloured by which is larger");
    expect(plain(caption("runs", false, false, false, true))).toContain("in runs A and B, hide");
    expect(plain(caption(null, true, true, true))).toContain("head, combine, for example, level, hide");
    expect(plain(caption(null, false, false, false, false, ofRollout()))).toContain(
      "head up to layer for example, hide",
    );
    expect(plain(wallCaption(48, false, true, false, false))).toBe("All 48 heads, sort · line line");
    expect(plain(wallCaption(384, true, false, true, true))).toBe(
      "All 384 heads, of weights, of tokens, sort; left: its value",
    );
  });

  it("the table counts its heads", () => {
    const said = [tableCaption(1, 1, false), tableCaption(4, 4, true), tableCaption(1, 4, false)].map(
      (caption) => plain(caption).split(" as")[0],
    );
    expect(said).toEqual(["The only head", "All 4 heads", "1 of 4 heads"]);
  });

  it("what is left out and what is guessed is said", () => {
    expect([leftOut(1, "padding"), leftOut(14, "padding")]).toEqual([
      "1 padding token left out",
      "14 padding tokens left out",
    ]);
    expect(leftOut(3, "special")).toBe("3 padding and mark tokens left out");
    expect(axisTitle("source", true)).toBe("source (axis guessed from its length)");
    expect(axisTitle("", false)).toBe("position");
  });

  it("a scale is told by its ends", () => {
    expect(rangeName("all", "1", false)).toBe("0 to 1, all steps");
    expect(rangeName("step", "0.5", true)).toBe("−0.5 to 0.5, this step");
    expect([headsName([3], 4), headsName([0, 1], 4), headsName([0, 1], 2)]).toEqual([
      "head 3",
      "heads 0, 1",
      "all 2 heads",
    ]);
  });

  it("a query is read with its strongest keys", () => {
    expect(plain(looksAt("fish", [{ token: "sea", weight: "0.65" }], { entropy: "1.31", effective: "3.7" }))).toBe(
      "fish looks at sea 0.65 · entropy 1.31 nats, 3.7 effective keys",
    );
    expect(plain(looksAt("fish", [{ token: "sea", weight: "0.65" }], null))).toBe("fish looks at sea 0.65");
    expect(plain(looksAt("fish", [], null))).toContain("looks at nothing");
  });
});
