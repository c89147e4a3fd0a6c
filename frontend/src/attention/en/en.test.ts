import { expect, test } from "vitest";
import { linesMeaning } from ".";

test("linesMeaning says what is left out", () => {
  expect(linesMeaning(null, 0.9, 24)).toContain("at most 24 per query and head");
  expect(linesMeaning("query", 0.9, 24)).toBe(
    "Lines: the strongest, up to 90 % of each query's weight on what is shown. Opacity: square root of the weight.",
  );
  expect(linesMeaning("key", 0.9, 24)).toContain("this key gets");
});
