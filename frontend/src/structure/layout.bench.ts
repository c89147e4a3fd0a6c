import { test } from "vitest";
import { createLayouter } from "./layout";
import { exampleSpec } from "./testing";

test("layout of a group", async ({ bench }) => {
  for (const boxes of [20, 100]) {
    const spec = exampleSpec(boxes);
    await bench(`${boxes} boxes`, () => createLayouter()(spec)).run();
  }
});
