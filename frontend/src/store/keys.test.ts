import { expect, it } from "vitest";
import { actionOf, keysOf } from "./keys";
import { VIEWS } from "./place";

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  ...more,
});

it.each(VIEWS)("gives every key one action in the view of %s", (view) => {
  const keys = keysOf(view);
  expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length);
  for (const { key, action } of keys) expect(actionOf(press(key), view, null)).toBe(action);
});

it("leaves shortcuts of the browser alone", () => {
  expect(actionOf(press("ArrowLeft", { altKey: true }), "attention", null)).toBeNull();
  expect(actionOf(press("[", { metaKey: true }), "attention", null)).toBeNull();
  expect(actionOf(press("ArrowLeft", { defaultPrevented: true }), "attention", null)).toBeNull();
});

it("lets people type, and still leave", () => {
  const field = { tagName: "INPUT", type: "search" };
  expect(actionOf(press("/"), "attention", field)).toBeNull();
  expect(actionOf(press("ArrowLeft"), "attention", field)).toBeNull();
  expect(actionOf(press("Escape"), "attention", field)).toBe("release");
});

it("presses the button in focus with space, and moves on with arrows", () => {
  const button = { tagName: "BUTTON", type: "button" };
  expect(actionOf(press(" "), "attention", button)).toBeNull();
  expect(actionOf(press("ArrowRight"), "attention", button)).toBe("next step");
  expect(actionOf(press("ArrowRight"), "attention", { tagName: "INPUT", type: "range" })).toBe("next step");
  expect(actionOf(press(" "), "attention", { tagName: "INPUT", type: "range" })).toBe("play");
  expect(actionOf(press("ArrowRight"), "attention", { tagName: "SELECT" })).toBeNull();
  expect(actionOf(press("ArrowDown"), "attention", { tagName: "INPUT", type: "radio" })).toBeNull();
});
