import { expect, test } from "vitest";
import { createLabeller, widest, widthsOf } from "./labels";

test("a labeller displays a token and measures what is displayed, once", () => {
  const measured: string[] = [];
  const label = createLabeller((text) => measured.push(text) && text.length * 6);
  expect(label("Ġthe")).toMatchObject({ mark: "·", text: "the", width: 24 });
  expect(label("Ġthe")).toBe(label("Ġthe"));
  expect(measured).toEqual(["·the"]);
  expect(widest(widthsOf(["Ġthe", "attention", ""], label))).toBe(54);
  expect(widest([])).toBe(0);
});
