import { expect, it } from "vitest";
import { ByteCache } from "./cache";

it("drops what was used longest ago when the bytes run out", () => {
  const cache = new ByteCache<string>(10);
  cache.set("a", "A", 4);
  cache.set("b", "B", 4);
  cache.get("a");
  cache.set("c", "C", 4);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual(["A", undefined, "C"]);
  expect(cache.bytes).toBe(8);
});

it("counts a replaced value once", () => {
  const cache = new ByteCache<string>(10);
  cache.set("a", "A", 8);
  cache.set("a", "B", 3);
  expect(cache.get("a")).toBe("B");
  expect(cache.bytes).toBe(3);
});

it("keeps one value that is larger than the capacity, so that it can be shown at all", () => {
  const cache = new ByteCache<string>(10);
  cache.set("a", "A", 1);
  cache.set("large", "L", 50);
  expect([cache.get("a"), cache.get("large")]).toEqual([undefined, "L"]);
});
