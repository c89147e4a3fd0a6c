import { expect, it } from "vitest";
import { encodeFrame } from "../testing/frames";
import { arrayOf, decodeFrame } from "../wire/frame";
import type { FileIndex } from "../wire/schema.gen";
import { answersFrom } from "./answers";

const vectors = encodeFrame(null, { vectors: [3, 2] }, { vectors: Float32Array.of(1, 0, 0, 1, 2, 0.1) });

/** A file with the vectors of steps 1, 2 and 3, those of the last two damaged: one when it was written, one since. */
function answersOfDamaged(): typeof fetch {
  const index = {
    series: { version: 1, series: [], newer: [], damaged: [] },
    scalars: {},
    tags: [
      {
        run: "a",
        tag: "embedding/words",
        steps: { steps: [1, 2, 3], wall_times: [1, 2, 3], blobs: [2, 2, 2] },
        blobs: [1, 2, 3].map((step) => [[0, 0, 0], step === 3 ? [] : [step, 0, -1]]),
        frames: {},
        failures: { "3/1": "The checksum is wrong." },
      },
    ],
  } satisfies FileIndex;
  return answersFrom(index, async (at) => (at === 1 ? vectors : new ArrayBuffer(4)));
}

it("finds neighbours at the steps that can be read, as the server does", async () => {
  const response = await answersOfDamaged()("neighbours?run=a&tag=embedding/words&rows=0&count=1&metric=cosine");
  const frame = decodeFrame(await response.arrayBuffer());
  expect(Array.from(arrayOf(frame, "neighbour", Int32Array).data)).toEqual([2, -1, -1]);
  expect(Array.from(arrayOf(frame, "norm", Float32Array).data)).toEqual([1, Number.NaN, Number.NaN]);
});

it("says what is damaged, not that nobody answers", async () => {
  const moved = await answersOfDamaged()("movement?run=a&tag=embedding/words&step=3&since=1");
  expect(moved.status).toBe(422);
  expect(await moved.json()).toEqual({ error: "The checksum is wrong." });
});
