/** 1,000 steps x 8 prompts x 4 temperatures of 400 characters; the answer may take 200 ms. */

import { test } from "vitest";
import { createRandom, words } from "../../../gallery/data";
import type { SampleSeries } from "../types";
import { EVERYTHING } from "./filter";
import { compile, type Matcher, searchSeries } from "./search";

const random = createRandom(7);
const vocabulary = words(400);
const text = () => {
  let written = "";
  while (written.length < 400) written += `${vocabulary[Math.floor(random() * 400)]} `;
  return written.slice(0, 400);
};
const samples = Array.from({ length: 32 }, (_, i) => ({ prompt: i >> 2, temperature: i & 3, repeat: 0, beams: 0 }));
const setup = { prompts: samples.map(({ prompt }) => String(prompt)), references: [], samples };
const steps = Array.from({ length: 1000 }, (_, step) => step);
const series: SampleSeries[] = [
  {
    run: "run",
    tag: "samples/probe",
    steps,
    entries: steps.map(() => samples.map(text)),
    setups: steps.map(() => setup),
  },
];

for (const [query, isRegex] of [
  ["", false],
  ["attention", false],
  ["Attention", false],
  ["nowhere to be found", false],
  ["(quick|lazy) (fox|dog)", true],
  ["\\b\\w+ing\\b.*$", true],
] as const) {
  const name = `${isRegex ? "expression" : "plain"} “${query}”`;
  test(name, async ({ bench }) => {
    const matcher = compile(query, isRegex) as Matcher;
    await bench(name, () => void searchSeries(series, matcher, EVERYTHING)).run();
  });
}
