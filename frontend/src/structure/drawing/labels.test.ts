import { describe, expect, it } from "vitest";
import { cutMiddle } from "../../tokens/cutMiddle";
import { structureHeader, structureNode, structureTensor } from "../testing";
import { buildTree, type Item } from "../tree";
import { boxSize, boxText, briefText, INDENT, wholeText } from "./boxes";
import { fittingLabel, lineText, shapeText } from "./labels";

const perCharacter = (text: string) => 6 * [...text].length;
const fonts = { name: perCharacter, small: perCharacter };

describe("texts that fit", () => {
  it.each([
    ["decoder", 60, "decoder"],
    ["a_layer_with_a_long_name", 60, "a_lay…name"],
    ["語語語語語語語語語語", 30, "語語…語語"],
    ["abc", 3, "…"],
    ["", -1, ""],
  ])("cuts %s in the middle for %i pixels", (text, room, cut) => {
    expect(cutMiddle(text, room, perCharacter)).toBe(cut);
  });

  it("lets no text leave its box", () => {
    const name = "a_name_far_longer_than_any_box_could_ever_be_drawn";
    const node = structureNode(name, {
      class_name: "AClassWithANameAsLongAsThatOfItsLayer",
      role: "output",
      calls: 3,
    });
    const { root } = buildTree(structureHeader([node]));
    const item = root.children[0] as Item;
    const { width } = boxSize(item, fonts);
    const text = boxText(item, fonts, width);
    for (const scale of [1, 1.7]) {
      const { name, kind, marks } = boxText(item, fonts, width, scale, "1.2M");
      for (const row of [name, `${kind} 1.2M`, marks])
        expect(scale * perCharacter(row)).toBeLessThanOrEqual(width - 2 * INDENT);
    }
    expect(text.kind).toMatch(/^AClass.*…/);
    expect(boxText(item, fonts, width, 1.7).kind).toBe("");
    expect(wholeText(item)).toContain(name);
    expect(text.marks).toBe("output head · called × 3");
  });

  it("keeps a name and its figure whole in the letters of a drawing that is seen whole", () => {
    const { root } = buildTree(structureHeader([structureNode("gru")]));
    const item = root.children[0] as Item;
    const { width } = boxSize(item, fonts, { isBrief: true });
    for (const scale of [1, 1.4]) expect(briefText(item, fonts, width, scale, "0.000324").name).toBe("gru");
  });

  it("names repeats by what they are and from where to where", () => {
    const blocks = [0, 1, 2].map((at) => structureNode(`block_${at}`, { class_name: "Block", repeats: "b" }));
    const { root } = buildTree(structureHeader(blocks));
    const text = boxText(root.children[0] as Item, fonts, 300);
    expect([text.name, text.kind]).toEqual(["▸ Block × 3", "block_0 … 2"]);
  });
});

describe("shapes in words", () => {
  it("names axes, and sizes where they are known", () => {
    const shape = { shape: [-1, 12, 64, -1], axes: ["batch", "time", "features", ""] };
    expect(shapeText(shape)).toBe("batch × time 12 × features 64 × ?");
    expect(shapeText(shape, "sizes")).toBe("batch × 12 × 64 × ?");
    expect(shapeText({ shape: [], axes: [] })).toBe("scalar");
  });

  it("leaves axes out in larger letters where there is no room for them", () => {
    const label = { text: "batch × time 12", short: "? × 12", width: 8 + 6 * 15 };
    expect(fittingLabel(label, 1, perCharacter)).toBe("batch × time 12");
    expect(fittingLabel(label, 1.25, perCharacter)).toBe("? × 12");
    expect(fittingLabel(label, 3, perCharacter)).toBe("? …12");
  });

  it("says how many tensors a line stands for", () => {
    const [one, other] = [structureTensor([-1, 8]), structureTensor([-1, 4])];
    expect(lineText([one], "sizes")).toBe("batch × 8");
    expect(lineText([one, structureTensor([-1, 8])], "sizes")).toBe("batch × 8, 2 tensors");
    expect(lineText([one, other], "axes")).toBe("2 tensors");
    expect(lineText([one, other], "none")).toBe("");
  });
});
