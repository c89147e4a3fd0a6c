import { expect, it } from "vitest";
import { formatDifference, formatMeasure } from "./format";

it.each([
  ["chrf", 43, "43.0"],
  ["chrf", 7.25, "7.3"],
  ["accuracy", 0.6, "0.600"],
  ["precision_macro", 1, "1.000"],
  ["log_loss", 1.9, "1.90"],
  ["perplexity", 6543.2, "6,543"],
  ["own", -0.25, "−0.250"],
  ["accuracy", 0.00004, "4.0e−5"],
  ["log_loss", 0.000793, "0.0008"],
  ["accuracy", Number.NaN, "–"],
])("%s %d is %s", (measure, value, text) => {
  expect(formatMeasure(measure, value)).toBe(text);
});

it("says the sign of a difference", () => {
  expect(formatDifference("chrf", 3.14)).toBe("+3.1");
  expect(formatDifference("accuracy", -0.02)).toBe("−0.020");
  expect(formatDifference("accuracy", Number.NaN)).toBe("");
});
