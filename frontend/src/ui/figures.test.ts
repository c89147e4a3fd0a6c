import { expect, it } from "vitest";
import { formatExtremes, formatFigure, formatInColumn } from "./figures";

it.each([
  [0, "0"],
  [1, "1"],
  [0.12345, "0.123"],
  [12.345, "12.3"],
  [400, "400"],
  [12345.6, "12,346"],
  [3.2e9, "3.2e+9"],
  [0.00073, "0.00073"],
  [0.0001234, "0.000123"],
  [0.00004, "4.0e−5"],
  [-1.2345, "−1.23"],
  [-12345.6, "−12,346"],
  [Number.NaN, "–"],
  [Number.POSITIVE_INFINITY, "∞"],
])("%d is %s", (value, text) => {
  expect(formatFigure(value)).toBe(text);
});

it.each([
  [0, "0"],
  [12, "12"],
  [2.9, "2.90"],
  [-0.48, "−0.480"],
  [99.96, "100"],
  [999.6, "1,000"],
  [12345.6, "12,346"],
  [0.00073, "0.000730"],
  [0.00004, "4.0e−5"],
  [Number.NaN, "–"],
  [Number.NEGATIVE_INFINITY, "−∞"],
])("among others above and below it %d is %s", (value, text) => {
  expect(formatInColumn(value)).toBe(text);
});

it.each([
  [2.5, 0.1, ["2.5", "0.1"]],
  [1.67301, 1.66984, ["1.673", "1.67"]],
  [0.000012345, 0.000012341, ["1.2345e−5", "1.2341e−5"]],
  [-1.00002, -1.00003, ["−1.00002", "−1.00003"]],
  [1.6700000001, 1.67, ["1.67"]],
  [3, 3, ["3"]],
])("the extremes %d and %d are %j", (most, least, texts) => {
  expect(formatExtremes(most, least)).toEqual(texts);
});
