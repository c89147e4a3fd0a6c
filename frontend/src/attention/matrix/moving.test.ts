import { expect, it } from "vitest";
import { ratioWhileMoving } from "./moving";
import { matrixWindow } from "./viewport";

const sight = (width: number, height: number, tokens: number, zoom = 1) =>
  matrixWindow({ queries: tokens, keys: tokens, width, height }, { zoom, query: tokens / 2, key: tokens / 2 });

it("a large canvas has at most a million pixels while it moves", () => {
  expect(ratioWhileMoving(sight(732, 1086, 4096, 3), 2)).toBe(1);
  expect(ratioWhileMoving(sight(2400, 2400, 4096, 3), 1)).toBeCloseTo(1 / 3);
});

it("a small one, and cells that are parted, stay sharp", () => {
  expect(ratioWhileMoving(sight(400, 400, 4096, 3), 2)).toBe(2);
  expect(ratioWhileMoving(sight(732, 1086, 60, 2), 2)).toBe(2);
});
