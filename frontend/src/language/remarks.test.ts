import { describe, expect, it } from "vitest";
import { noted, type Remark } from "./remarks";

const SENTENCES = {
  lost: "{count} 个词元中丢失 {lost} 个，原因：{why}。",
  why: "层 {layer} 太短",
  given: "labels={{{layer}: ...}}",
};
const WHY = "layer 'a' is too short";
const NOTE = `2 of 12,345 tokens are lost: ${WHY}.`;

function remark(text: string, code: string, numbers: Remark["numbers"], texts: Remark["texts"] = {}): Remark {
  return { text, code, numbers, texts };
}

const REMARKS = [
  remark(NOTE, "lost", { count: 12345, lost: 0.25 }, { why: WHY }),
  remark(WHY, "why", {}, { layer: "'a'" }),
];

describe("a note", () => {
  it("is said by its code, with numbers as they stand in texts and remarks in its values", () => {
    expect(noted({ notes: [NOTE], remarks: REMARKS }, SENTENCES)).toEqual([
      "12,345 个词元中丢失 0.25 个，原因：层 'a' 太短。",
    ]);
  });

  it("may hold braces", () => {
    expect(noted({ notes: ["x"], remarks: [remark("x", "given", {}, { layer: "'a'" })] }, SENTENCES)).toEqual([
      "labels={'a': ...}",
    ]);
  });

  it.each([
    ["it has no remark", []],
    ["its code is of another version", [remark("Of a user.", "later", {})]],
    ["its code is a name of every object", [remark("Of a user.", "constructor", {})]],
    ["a value is missing", [remark("Of a user.", "why", { layers: 1 })]],
  ])("stays as it is where %s", (_, remarks) => {
    expect(noted({ notes: ["Of a user."], remarks }, SENTENCES)).toEqual(["Of a user."]);
  });

  it("lists as many parts as Python does", () => {
    const parts = ["a mask", "a sum", "a factor", "a gate", "a mixing", "a convolution", "a difference", "a division"];
    const words = Object.fromEntries(parts.map((part, index) => [part, `第 ${index} 项`]));
    const lists = parts.map((_, last) => parts.slice(0, last + 1).join(", "));
    const remarks = parts.map((part) => remark(part, part, {}));
    const nested = lists
      .slice(1)
      .map((list, at) => remark(list, "a, b", {}, { first: lists[at] as string, last: parts[at + 1] as string }));
    const said = noted(
      { notes: [lists.at(-1) as string], remarks: [...remarks, ...nested] },
      { ...words, "a, b": "{first}、{last}" },
    );
    expect(said).toEqual([Object.values(words).join("、")]);
  });

  it("calls what stands under a name as the catalogue does, in lists, too", () => {
    const list = "log_loss, f1";
    const said = noted(
      {
        notes: ["x"],
        remarks: [
          remark("x", "area", { count: 2 }, { measures: list, by: "f1" }),
          remark(list, "a, b", {}, { first: "log_loss", last: "f1" }),
        ],
      },
      { area: "{count}：{measures}；{by}", "a, b": "{first}、{last}" },
      ["x"],
      { measures: (name) => `《${name}》` },
    );
    expect(said).toEqual(["2：《log_loss》、《f1》；f1"]);
  });

  it("that is there twice, or says the same in this language, is said once", () => {
    const remarks = [remark("one", "why", {}, { layer: "a" }), remark("another", "why", {}, { layer: "a" })];
    expect(noted({ notes: ["one", "another", "one"], remarks }, SENTENCES)).toEqual(["层 a 太短"]);
  });

  it.each([1, 2, 3])("that a damaged log puts into itself %i times ends", (times) => {
    const sentence = "{layer}".repeat(times);
    const said = noted(
      { notes: ["x"], remarks: [remark("x", "why", {}, { layer: "x" })] },
      { why: `(${sentence})` },
    ).join();
    expect(said).toMatch(/^\(+x/);
    expect(said.length).toBeLessThan(1000);
  });
});
