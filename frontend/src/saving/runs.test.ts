import { expect, it } from "vitest";
import { hasOthers } from "./runs";

const series = ["attention", "structure"].map((kind) => {
  return { run: `of ${kind}`, tag: `${kind}/a`, kind, name: "a", last_step: 1, last_wall_time: 1 };
});

it("offers all runs of the log where another view alone has more", () => {
  expect(hasOthers(series, ["of structure"])).toBe(true);
  expect(hasOthers(series, ["of structure", "of attention"])).toBe(false);
  expect(hasOthers([], [])).toBe(false);
});
