import { expect, it } from "vitest";
import { attentionHeader, layerHeader } from "../../testing/records";
import type { LoadedRecord } from "../record/record";
import { headPictures } from "./wallCells";

it("a head in small is that of what is not left out, wherever it is drawn", () => {
  const layer = layerHeader({ heads: 1, queries: 4, keys: 4, query_axis: "x", key_axis: "x" });
  const header = { ...attentionHeader([layer]), axes: { x: ["a", "b", "[PAD]", "[PAD]"] } };
  const thumbnail = { rows: 4, columns: 4, levels: new Uint8Array(16) };
  const record = { header, tokens: null, thumbnails: [[thumbnail]] } as unknown as LoadedRecord;
  const part = { from: 0, to: 0.5 };
  expect(headPictures(record, "padding")(0, 0)).toEqual({ thumbnail, queries: part, keys: part });
  const whole = { from: 0, to: 1 };
  expect(headPictures(record, "nothing")(0, 0)).toEqual({ thumbnail, queries: whole, keys: whole });
  expect(headPictures(record, "padding")(1, 0).thumbnail).toBeNull();
});
