import { expect, test } from "vitest";
import theme from "../ui/theme.css?raw";
import { contrast, parseHex } from "./colour";
import { INKS } from "./inks";

const THEMES = ["light", "dark"] as const;

test.each(THEMES)("the style sheet has the same colours (%s)", (name) => {
  const rules = theme.split("}")[name === "light" ? 0 : 1] ?? "";
  const written = Object.fromEntries(
    [...rules.matchAll(/--([a-z0-9-]+): (#\w{6});/g)].map(([, key, hex]) => [key, hex]),
  );
  const wanted = Object.entries(INKS[name]).map(([key, hex]) => [
    key.replace(/[A-Z0-9]/g, (letter) => `-${letter.toLowerCase()}`),
    hex,
  ]);
  expect(written).toEqual(Object.fromEntries(wanted));
});

test.each(THEMES)("text can be read on the paper, and badges on their ground (%s)", (name) => {
  const { paper, ink, ink2, a, b, aOn, bOn, aFill, bFill, aSoft, weight, warn, bad } = INKS[name];
  const on = (ground: string) => (text: string) => contrast(parseHex(text), parseHex(ground));
  for (const text of [ink, ink2, a, b, weight, warn, bad]) expect(on(paper)(text)).toBeGreaterThan(4.5);
  expect(on(aSoft)(a)).toBeGreaterThan(4.5);
  expect(on(name === "light" ? a : aFill)(aOn)).toBeGreaterThan(4.5);
  expect(on(name === "light" ? b : bFill)(bOn)).toBeGreaterThan(4.5);
});
