import { expect, it } from "vitest";
import { columnsInSight } from "./columnsInSight";

it("are all where there is room, else a page of them with the current one", () => {
  expect(columnsInSight(4, 3, 1200)).toEqual({ from: 0, to: 4 });
  expect(columnsInSight(5, 0, 400)).toEqual({ from: 0, to: 2 });
  expect(columnsInSight(5, 3, 400)).toEqual({ from: 2, to: 4 });
  expect(columnsInSight(5, 4, 400)).toEqual({ from: 3, to: 5 });
  expect(columnsInSight(3, 1, 20)).toEqual({ from: 1, to: 2 });
});
