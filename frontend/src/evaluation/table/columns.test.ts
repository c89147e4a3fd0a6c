import { expect, it } from "vitest";
import { columnsOf } from "./columns";

const texts = { name: 160, count: 24, figure: 40, difference: 0 };

it("share the room; the small line gives way before the axis does", () => {
  const wide = columnsOf(800, 3, texts);
  expect(wide.name + wide.count + 3 * wide.each).toBeLessThanOrEqual(800);
  expect(wide.spark).toBeGreaterThan(0);
  const compared = columnsOf(800, 3, { ...texts, difference: 40 });
  expect(compared).toMatchObject({ difference: 46, spark: 0 });
  expect(compared.axis).toBeGreaterThanOrEqual(56);
  expect(columnsOf(300, 3, texts).axis).toBe(0);
});
