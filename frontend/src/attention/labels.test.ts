import { expect, test } from "vitest";
import { createLabeller, widest } from "./labels";

test("a labeller displays a token and measures what is displayed, once", () => {
  const measured: string[] = [];
  const label = createLabeller((text) => measured.push(text) && text.length * 6);
  expect(label("Ġthe")).toMatchObject({ mark: "·", text: "the", width: 24 });
  expect(label("Ġthe")).toBe(label("Ġthe"));
  expect(measured).toEqual(["·the"]);
  expect(widest(["Ġthe", "attention", ""], label)).toBe(54);
  expect(widest([], label)).toBe(0);
});
