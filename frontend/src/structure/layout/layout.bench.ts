import { test } from "vitest";
import { exampleSpec } from "../testing";
import { createLayouter } from "./layout";

test("layout of a group", async ({ bench }) => {
  for (const boxes of [20, 100]) {
    const spec = exampleSpec(boxes);
    await bench(`${boxes} boxes`, () => createLayouter()(spec)).run();
  }
});
