import { expect, it } from "vitest";
import { namesOf } from "./exampleNames";

it("an example is called by its text, in short where it stands in a sentence", () => {
  const names = namesOf(["probe/0", "probe/1", "probe/2"], ["Jan 17th, 1996", "a ".repeat(50).trim(), ""]);
  expect(names.get("probe/0")).toEqual({ text: "Jan 17th, 1996", quoted: "“Jan 17th, 1996”", note: "" });
  expect([...(names.get("probe/1")?.quoted ?? "")].length).toBeLessThanOrEqual(42);
  expect(names.get("probe/1")?.text).toHaveLength(99);
  expect(names.get("probe/2")).toEqual({ text: "probe/2", quoted: "probe/2", note: "" });
});

it("and by its name, too, where another has the same text", () => {
  const names = namesOf(["a", "b"], ["same", "same"]);
  expect([names.get("a")?.note, names.get("b")?.note]).toEqual(["a", "b"]);
});
