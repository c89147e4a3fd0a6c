import { expect, it } from "vitest";
import { fittingValues } from "./values";

const values = [
  { position: 0, weight: 0.2 },
  { position: 1, weight: 0.5 },
  { position: 2, weight: 0.3 },
  { position: 3, weight: 0.1 },
];

it("leaves out figures that would run into a stronger one of their line", () => {
  const shown = (apart: number) =>
    fittingValues(values, ({ position }) => ({ middle: position * apart, top: 0, width: 30 }));
  expect([...shown(40)].sort()).toEqual([0, 1, 2, 3]);
  expect([...shown(20)].sort()).toEqual([1, 3]);
  const lines = fittingValues(values, ({ position }) => ({ middle: 0, top: position % 2, width: 30 }));
  expect([...lines].sort()).toEqual([1, 2]);
  expect(fittingValues(values, () => null).size).toBe(0);
});
