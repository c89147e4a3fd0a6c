import { expect, it } from "vitest";
import { isPadding } from "../tokens/tokens";
import { PADDING_NAME } from "../wire/schema.gen";

it("what is measured as padding is what is hidden as padding", () => {
  for (const name of PADDING_NAME.split("|")) {
    for (const token of [`[${name}]`, `<${name}>`, `<|${name.toUpperCase()}|>`]) expect(isPadding(token)).toBe(true);
  }
  expect([isPadding(""), isPadding("[SEP]"), isPadding("pad")]).toEqual([true, false, false]);
});
