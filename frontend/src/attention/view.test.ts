import { expect, it } from "vitest";
import { ATTENTION_START } from "./place";
import { attention } from "./view";

it("goes to what another view points at, and leaves pin and zoom of other tokens behind", () => {
  const place = {
    ...ATTENTION_START,
    layer: "encoder",
    head: 2,
    heads: [2, 3],
    viewport: { zoom: 2, query: 1, key: 1 },
  };
  const focus = { layer: "encoder", head: 2, heads: [2, 3] };
  expect(attention.pointAt?.(place, { query: 4 })).toMatchObject({ ...focus, pin: 4, viewport: null });
  const other = { layer: "decoder", head: null, heads: null, pin: null };
  expect(attention.pointAt?.(place, { layer: "decoder" })).toMatchObject(other);
});
