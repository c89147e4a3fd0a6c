import { describe, expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../testing/records";
import { checked } from "./checked";
import { FrameError } from "./frame";
import { attentionHeader as shape } from "./shapes/attention.gen";
import { textsHeader } from "./shapes/samples.gen";
import { structureNode } from "./shapes/structure.gen";

const header = () => JSON.parse(JSON.stringify(attentionHeader([layerHeader({})])));

describe("checked", () => {
  it("takes a header as it is, and what a later version added", () => {
    const value = { ...header(), mood: "good" };
    expect(checked(shape, value)).toBe(value);
  });

  it("adds the lists and booleans that older records leave out", () => {
    const value = header();
    delete value.layers[0].guessed;
    delete value.layers[0].apart;
    delete value.notes;
    expect(checked(shape, value)).toMatchObject({ notes: [], layers: [{ guessed: [] }] });
  });

  it("looks at a value once, for each shape", () => {
    const value = { version: 1, texts: ["a"] };
    checked(textsHeader, value);
    expect(() => checked(shape, value)).toThrow(FrameError);
    (value.texts as unknown[])[0] = 7;
    expect(checked(textsHeader, value)).toBe(value);
  });

  it.each([
    ["version", true, "version of a record is true; expected a whole number"],
    ["version", 1.5, "version of a record is 1.5; expected a whole number"],
    ["record", 1e300, "record of a record is 1e+300; expected a whole number"],
    ["kind", "samples", "kind of a record is samples; expected one of attention"],
    ["title", null, "title of a record is null; expected text"],
    ["notes", "none", "notes of a record is none; expected a list"],
    ["notes", ["a", 1], "notes[1] of a record is 1; expected text"],
    ["axes", [], "axes of a record is something else; expected an object"],
    ["axes", { a: ["b", {}] }, "axes[a][1] of a record is something else; expected text"],
    ["layers", { length: 1 }, "layers of a record is something else; expected a list"],
    ["layers", [3], "layers[0] of a record is 3; expected an object"],
    ["layers", [{ ...layerHeader({}), heads: "2" }], "layers[0].heads of a record is 2; expected a whole number"],
    ["layers", [{ ...layerHeader({}), parts: [{}] }], "layers[0].parts[0].blob of a record is undefined"],
  ])("names %s where it is %j", (field, value, sentence) => {
    expect(() => checked(shape, { ...header(), [field]: value })).toThrow(FrameError);
    expect(() => checked(shape, { ...header(), [field]: value })).toThrow(sentence);
  });

  it("believes nothing that an object has from elsewhere", () => {
    expect(() => checked(textsHeader, JSON.parse('{"__proto__": {"version": 1, "texts": []}}'))).toThrow("version");
    expect(() => checked(structureNode, Object.create({ path: "x" }))).toThrow("path of a record is undefined");
  });

  it.each([undefined, null, 3, "x", []])("refuses %j, which is no object", (value) => {
    expect(() => checked(shape, value)).toThrow("The header of a record is");
  });
});
