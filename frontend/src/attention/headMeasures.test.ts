import { expect, it } from "vitest";
import type { Measures } from "../store/measures";
import { measureRows, shortFigure, signedFigure } from "./headMeasures";

const KEYS = [..."abcdefghij"];
const names = ["entropy", "effective_keys", "first", "distance", "confidence", "diagonality"];
const measures: Measures = {
  steps: [0, 1],
  names,
  rows: 1,
  layers: [],
  values: Float32Array.of(Math.log(10), 10, 0.1, 3, 0.1, Number.NaN, 0, 1, Number.NaN, 0.2, 1, Number.NaN),
};

it("tells each measure that applies with its unit, and what is not known", () => {
  const rows = measureRows(measures, 0, 0, KEYS);
  expect(rows.map(({ key, text }) => [key, text])).toEqual([
    ["entropy", "2.30 nats"],
    ["effective_keys", "10.0 of 10"],
    ["confidence", "0.10"],
    ["first", "0.10"],
    ["distance", "3.00"],
  ]);
  expect(measureRows(measures, 0, 1, KEYS).map(({ text }) => text)).toEqual([
    "0.00 nats",
    "1.00 of 10",
    "1.00",
    "–",
    "0.20",
  ]);
});

it("counts padding among what a head can look at only where it does", () => {
  const text = (padding: number) =>
    measureRows(
      { steps: [0], names: ["effective_keys", "padding"], rows: 1, layers: [], values: Float32Array.of(6, padding) },
      0,
      0,
      [...KEYS.slice(0, 6), "[PAD]", ""],
    )[0]?.text;
  expect([text(0), text(Number.NaN), text(0.3)]).toEqual(["6.00 of 6", "6.00 of 6", "6.00 of 8"]);
});

it("shows no more than there is room for, those of few heads first", () => {
  const all = [...names, "induction", "padding", "previous"];
  const values = new Float32Array(all.length).fill(0.5);
  const rows = measureRows({ steps: [0], names: all, rows: 1, layers: [], values }, 0, 0, KEYS);
  expect(rows.map(({ key }) => key)).toEqual(["entropy", "effective_keys", "confidence", "padding", "induction"]);
});

it("says nothing of padding that a mask keeps out", () => {
  const some = (padding: number) =>
    measureRows({ steps: [0], names: ["padding"], rows: 1, layers: [], values: Float32Array.of(padding) }, 0, 0, KEYS);
  expect([some(0), some(0.2).map(({ text }) => text)]).toEqual([[], ["0.20"]]);
});

it("writes figures shorter the larger they are, with a minus sign", () => {
  expect([0.126, 12.34, 123.4, -3.851, Number.NaN].map(shortFigure)).toEqual(["0.13", "12.3", "123", "−3.85", "–"]);
});

it("writes the sign of a difference, unless it rounds to none", () => {
  expect([0.126, -3.851, 0.004, -0.004, Number.NaN].map(signedFigure)).toEqual(["+0.13", "−3.85", "0.00", "0.00", "–"]);
});
