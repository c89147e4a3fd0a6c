import { describe, expect, it } from "vitest";
import type { HeadMatrix } from "../attention/record/matrix";
import { weightAt } from "../attention/weights";
import { arrayOf, decodeFrame, type Frame } from "./frame";
import type { AttentionHeader } from "./schema.gen";

/** What Python wrote, and what Python reads in it: `tests/wire/make_golden.py`. */
interface Expected {
  header: AttentionHeader;
  /** [calls][heads][queries][keys]. */
  calls: (number | "nan" | "inf")[][][][];
}

const folder = "../../../tests/wire/golden";
const records = import.meta.glob<string>("../../../tests/wire/golden/*.json", {
  eager: true,
  import: "default",
  query: "?raw",
});
const bytes = import.meta.glob<string>("../../../tests/wire/golden/*.bin", {
  eager: true,
  import: "default",
  query: "?url&inline",
});

async function readFrame(name: string, blob: number): Promise<Frame> {
  const inline = bytes[`${folder}/${name}.${blob}.bin`];
  if (inline === undefined) throw new Error(`There is no blob ${blob} of ${name}.`);
  return decodeFrame(await (await fetch(inline)).arrayBuffer());
}

/** The head's matrix as the blobs hold it. */
async function readHead(name: string, header: AttentionHeader, index: number, head: number): Promise<HeadMatrix> {
  const layer = header.layers[index];
  const part = layer?.parts.find(({ first_head, heads }) => first_head <= head && head < first_head + heads);
  if (!layer || !part) throw new Error(`No part of layer ${index} holds head ${head}.`);
  const { queries, keys } = layer;
  const frame = await readFrame(name, part.blob);
  const place = head - part.first_head;
  const cells = [place * queries * keys, (place + 1) * queries * keys] as const;
  const invalid = frame.arrays.has(`${index}.invalid`) ? arrayOf(frame, `${index}.invalid`, Uint8Array) : null;
  return {
    queries,
    keys,
    levels: arrayOf(frame, `${index}.weights`, Uint8Array).data.subarray(...cells),
    scale: arrayOf(frame, `${index}.scale`, Float32Array).data.subarray(place * queries, (place + 1) * queries),
    invalid: invalid?.data.subarray(...cells) ?? null,
  };
}

function toNumber(value: number | "nan" | "inf" | undefined): number {
  if (value === undefined) throw new Error("The expected record is smaller than the decoded one.");
  if (typeof value === "number") return value;
  return value === "nan" ? Number.NaN : Number.POSITIVE_INFINITY;
}

describe.each(Object.entries(records))("%s", (path, text) => {
  const name = path.slice(folder.length + 1, -".json".length);
  const { header, calls } = JSON.parse(text) as Expected;

  it("has the header that Python reads", async () => {
    expect((await readFrame(name, 0)).header).toEqual(header);
  });

  it("has the weights that Python reads", async () => {
    for (const [index, layer] of header.layers.entries()) {
      const rowsOfCall = layer.queries / layer.calls.length;
      for (let head = 0; head < layer.heads; head++) {
        const matrix = await readHead(name, header, index, head);
        for (let i = 0; i < layer.queries; i++) {
          const call = layer.calls[Math.floor(i / rowsOfCall)] as number;
          for (let j = 0; j < layer.keys; j++) {
            const expected = toNumber(calls[call]?.[head]?.[i % rowsOfCall]?.[j]);
            if (Number.isFinite(expected)) expect(weightAt(matrix, i, j)).toBeCloseTo(expected, 6);
            else expect(weightAt(matrix, i, j)).toBe(expected);
          }
        }
      }
    }
  });
});

it("reads every golden record", () => {
  expect(Object.keys(records).length).toBeGreaterThanOrEqual(4);
});
