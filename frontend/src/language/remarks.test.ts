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

  it("that a damaged log puts into itself ends", () => {
    const [said] = noted({ notes: ["x"], remarks: [remark("x", "why", {}, { layer: "x" })] }, SENTENCES);
    expect(said).toBe("层 层 层 层 x 太短 太短 太短 太短");
  });
});
