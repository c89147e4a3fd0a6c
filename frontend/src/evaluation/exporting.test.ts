import { expect, it } from "vitest";
import { evaluationCsv, evaluationJson } from "./exporting";
import { madeTables } from "./testing";

const tables = madeTables([5, 10], ["all", "=cmd()"], ["accuracy", "chrf"], (step, slice, measure) => {
  if (measure === "chrf" && slice !== "all") return {};
  return { value: step / 20, low: Number.NaN, high: Number.NaN, count: 7 };
});

it("has a row for each measure of each slice at each step, without what was not measured", () => {
  const lines = evaluationCsv([tables]).split("\r\n");
  expect(lines.slice(0, 2)).toEqual([
    "run,step,slice,measure,value,low,high,count",
    '"run",5,"all","accuracy",0.25,,,7',
  ]);
  expect(lines).toHaveLength(1 + 6 + 1);
});

it("keeps a name from being a formula in CSV, and to the character in JSON", () => {
  expect(evaluationCsv([tables])).toContain(`"'=cmd()"`);
  const records = JSON.parse(evaluationJson([tables]));
  expect(records[2]).toEqual({
    run: "run",
    step: 5,
    slice: "=cmd()",
    measure: "accuracy",
    value: 0.25,
    low: null,
    high: null,
    count: 7,
  });
});
