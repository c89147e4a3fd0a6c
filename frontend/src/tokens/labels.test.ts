import { expect, test } from "vitest";
import { createLabeller, widest, widthsOf, withEvenDigits } from "./labels";

test("a labeller displays a token and measures what is displayed, once", () => {
  const measured: string[] = [];
  const label = createLabeller((text) => measured.push(text) && text.length * 6);
  expect(label("Ġthe")).toMatchObject({ mark: "·", text: "the", width: 24 });
  expect(label("Ġthe")).toBe(label("Ġthe"));
  expect(measured).toEqual(["·the"]);
  expect(widest(widthsOf(["Ġthe", "attention", ""], label))).toBe(54);
  expect(widest([])).toBe(0);
});

test("numbers are measured by one digit, other texts as they are", () => {
  const measured: string[] = [];
  const widthOf = withEvenDigits((text) => measured.push(text) && text.length * 6.5);
  expect([widthOf("7"), widthOf("4095"), widthOf("7th"), widthOf("")]).toEqual([6.5, 26, 19.5, 0]);
  expect(measured).toEqual(["0", "7th", ""]);
});
