import { expect, it } from "vitest";
import { actionOf, KEYS } from "./keys";

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  ...more,
});

it("gives every key one action", () => {
  expect(new Set(KEYS.map(({ key }) => key)).size).toBe(KEYS.length);
  for (const { key, action } of KEYS) expect(actionOf(press(key), null)).toBe(action);
});

it("leaves shortcuts of the browser alone", () => {
  expect(actionOf(press("ArrowLeft", { altKey: true }), null)).toBeNull();
  expect(actionOf(press("[", { metaKey: true }), null)).toBeNull();
  expect(actionOf(press("ArrowLeft", { defaultPrevented: true }), null)).toBeNull();
});

it("lets people type, and still leave", () => {
  const field = { tagName: "INPUT", type: "search" };
  expect(actionOf(press("/"), field)).toBeNull();
  expect(actionOf(press("ArrowLeft"), field)).toBeNull();
  expect(actionOf(press("Escape"), field)).toBe("release");
});

it("presses the button in focus with space, and moves on with arrows", () => {
  const button = { tagName: "BUTTON", type: "button" };
  expect(actionOf(press(" "), button)).toBeNull();
  expect(actionOf(press("ArrowRight"), button)).toBe("next step");
  expect(actionOf(press("ArrowRight"), { tagName: "INPUT", type: "range" })).toBe("next step");
  expect(actionOf(press(" "), { tagName: "INPUT", type: "range" })).toBe("play");
  expect(actionOf(press("ArrowRight"), { tagName: "SELECT" })).toBeNull();
  expect(actionOf(press("ArrowDown"), { tagName: "INPUT", type: "radio" })).toBeNull();
});
