import { beforeEach, describe, expect, it } from "vitest";
import { Api } from "../../host/api";
import { encodeFrame } from "../../testing/frames";
import { exampleBlobs } from "../../testing/records";
import { decodeFrame } from "../../wire/frame";
import type { AttentionHeader } from "../../wire/schema.gen";
import { cachedRecord, fetchRecord, type Wish } from "./record";

const address = { run: "run", tag: "attention/probe", step: 4, written: 1 };
const never = new AbortController().signal;
const noWish: Wish = { layer: null, head: null, heads: null };
let asked: number[] = [];
let api: Api;

function serve(blobs: ArrayBuffer[]) {
  asked = [];
  api = new Api((async (path: string) => {
    const index = Number(new URLSearchParams(path.split("?")[1]).get("index"));
    asked.push(index);
    return new Response(blobs[index]?.slice(0));
  }) as typeof fetch);
}

beforeEach(() => serve(exampleBlobs()));

describe("fetchRecord", () => {
  it("fetches the overview and the layers without thumbnail, and no head that is not wanted", async () => {
    const record = await fetchRecord(api, address, noWish, null, never);
    expect(record).toMatchObject({ layer: 0, head: 0, heads: [0] });
    expect(asked.sort()).toEqual([0, 1, 2]);
    await fetchRecord(api, address, { layer: "encoder/self", head: 1, heads: [1] }, null, never);
    expect(asked.slice(3)).toEqual([4]);
  });

  it("cuts each head out of its blob", async () => {
    const wish = { layer: "decoder/cross", head: 1, heads: [0, 1] };
    const { matrices } = await fetchRecord(api, address, wish, null, never);
    expect(matrices.get(0)).toMatchObject({ queries: 2, keys: 3, levels: Uint8Array.of(0, 1, 2, 3, 4, 5) });
    expect(matrices.get(1)).toMatchObject({
      levels: Uint8Array.of(6, 7, 8, 9, 10, 11),
      scale: Float32Array.of(Math.fround(0.3), Math.fround(0.4)),
      invalid: Uint8Array.of(0, 0, 0, 0, 0, 1),
    });
    const other = await fetchRecord(api, address, { layer: "encoder/self", head: 1, heads: [0, 1] }, null, never);
    expect(other.matrices.get(1)).toMatchObject({ levels: Uint8Array.of(40, 255), invalid: null });
  });

  it("has a thumbnail of every head, stored or drawn from a small layer", async () => {
    const { thumbnails } = await fetchRecord(api, address, noWish, null, never);
    expect(thumbnails[1]).toEqual([
      { rows: 1, columns: 2, levels: Uint8Array.of(1, 2) },
      { rows: 1, columns: 2, levels: Uint8Array.of(3, 4) },
    ]);
    expect(thumbnails[0]?.map((thumbnail) => [thumbnail?.rows, thumbnail?.columns])).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });

  it("takes the nearest that there is where a head or a layer is not there", async () => {
    const headWish = { layer: "encoder/self", head: 9, heads: [9] };
    expect(await fetchRecord(api, address, headWish, null, never)).toMatchObject({ layer: 1, head: 1, heads: [1] });
    const layerWish = { layer: "gone", head: 1, heads: [1] };
    expect(await fetchRecord(api, address, layerWish, null, never)).toMatchObject({ layer: 0, head: 0, heads: [0] });
  });

  it("refuses a record whose blobs are swapped or whose header is of another kind", async () => {
    const blobs = exampleBlobs();
    serve([blobs[0], blobs[1], blobs[3]] as ArrayBuffer[]);
    await expect(fetchRecord(api, address, noWish, null, never)).rejects.toThrow('no "0.weights"');
    serve([blobs[1]] as ArrayBuffer[]);
    await expect(fetchRecord(api, address, noWish, null, never)).rejects.toThrow(
      "The header of a record is undefined; expected an object",
    );
  });
});

it.each([
  [{ heads: 10 ** 9 }, "has 1000000000 heads, of which its parts hold 2"],
  [{ heads: 10 ** 9, parts: [{ blob: 2, first_head: 0, heads: 10 ** 9 }] }, "that cannot be"],
  [{ parts: [{ blob: 2, first_head: 1, heads: 2 }] }, "of which its parts hold NaN"],
  [{ queries: 10 ** 15 }, "expected [2,1000000000000000,3]"],
  [{ keys: 4 }, 'has "0.weights" of shape [2,2,3]; expected [2,2,4]'],
  [{ keys: 0 }, "that cannot be"],
  [{ queries: "2" }, "queries of a record is 2; expected a whole number"],
  [{ role: "king" }, "role of a record is king"],
  [{ parts: null }, "parts of a record is null; expected a list"],
  [{ thumbnail: true }, 'no "0.thumbnail"'],
])("refuses a layer that says %j in one sentence", async (change, sentence) => {
  const [first, ...blobs] = exampleBlobs();
  const header = decodeFrame(first as ArrayBuffer).header as AttentionHeader;
  const layers = [{ ...header.layers[0], ...change }, ...header.layers.slice(1)];
  serve([encodeFrame({ ...header, layers }, {}, {}), ...blobs]);
  await expect(fetchRecord(api, address, noWish, null, never)).rejects.toThrow(sentence);
});

it("shows a record at once when everything of it was fetched before", async () => {
  expect(cachedRecord(api, address, noWish, null)).toBeNull();
  const fetched = await fetchRecord(api, address, noWish, null, never);
  expect(cachedRecord(api, address, noWish, null)).toEqual(fetched);
  expect(cachedRecord(api, address, { layer: "encoder/self", head: 0, heads: [0] }, null)).toBeNull();
});
