/**
 * Records with something wrong in them, as `tests/fuzz/write_cases.py` writes them: few that are kept, or those of the file that
 * SEQVIZ_FUZZ names. Both decoders read the same in what both take, and the page has one sentence for all else.
 */

import { describe, expect, it } from "vitest";
import { fetchRecord } from "../attention/record/record";
import { Api, RequestFailure } from "../host/api";
import { TEXTS } from "../samples/record/series";
import { alternativesOf, readHeader, tokensOf, treeOf } from "../samples/record/tokens";
import { readStepSeries } from "../store/stepSeries";
import { readStructure } from "../structure/record";
import { buildTree } from "../structure/tree";
import { checked } from "../wire/checked";
import { decodeFrame, type Frame, FrameError } from "../wire/frame";
import { gunzip } from "../wire/gunzip";
import type { Kind } from "../wire/schema.gen";
import type { Shape } from "../wire/shape";
import { embeddingsHeader, embeddingsSetup } from "../wire/shapes/embeddings.gen";
import { evaluationHeader, evaluationSetup, evaluationTexts } from "../wire/shapes/evaluation.gen";
import { statisticsHeader, statisticsSetup } from "../wire/shapes/statistics.gen";
import { tokensHeader, tokensSetup, tokensStep } from "../wire/shapes/tokens.gen";
import { encodeFrame, endsOf } from "./frames";

interface Lie {
  seed: number;
  kind: Kind;
  /** Compressed and in Base64; what Python reads in each, null where that is no frame. */
  blobs: { bytes: string; arrays: Record<string, [shape: number[], checksum: number]> | null }[];
  texts?: string;
  setup?: string;
}

/** Of Node, whose types are not among those of the page. */
interface Process {
  env: Record<string, string | undefined>;
}

const kept = import.meta.glob<string>("../../../tests/fuzz/kept.jsonl", {
  eager: true,
  import: "default",
  query: "?raw",
});

async function readLies(): Promise<Lie[]> {
  const path = (globalThis as unknown as { process: Process }).process.env.SEQVIZ_FUZZ;
  const files = "node:fs";
  const text = path
    ? (await import(/* @vite-ignore */ files)).readFileSync(path, "utf8")
    : Object.values(kept).join("");
  return text
    .trimEnd()
    .split("\n")
    .map((line: string) => JSON.parse(line));
}

const bytesOf = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const address = { run: "run", tag: "tag", step: 0, written: 0 };
const never = new AbortController().signal;

/** Returns what comes of reading; null where it ends in a sentence, as it may. */
async function attempt<Value>(read: () => Value | Promise<Value>): Promise<Value | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FrameError || error instanceof RequestFailure) return null;
    throw error;
  }
}

/** Returns the bytes of a blob as the browser has them; null where it cannot expand them. */
const expanded = (text: string) => gunzip(bytesOf(text)).catch(() => null);

/** As the library does (RFC 1950). */
function adler32(bytes: Uint8Array): number {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return high * 65536 + low;
}

async function framesOf({ blobs }: Lie): Promise<(Frame | null)[]> {
  return Promise.all(
    blobs.map(async ({ bytes, arrays }) => {
      const buffer = await expanded(bytes);
      const frame = buffer && (await attempt(() => decodeFrame(buffer)));
      if (!frame || !arrays) return frame;
      const found = [...frame.arrays].map(([name, { shape, data }]) => {
        const whole = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        return [name, [shape, adler32(whole)]] as const;
      });
      expect(Object.fromEntries(found)).toEqual(arrays);
      return frame;
    }),
  );
}

/** Reads the header of a frame beside a record, where there is one. */
async function attemptHeader<Header>(bytes: string | undefined, shape: Shape<Header>): Promise<void> {
  const buffer = bytes === undefined ? null : await expanded(bytes);
  if (buffer) await attempt(() => checked(shape, decodeFrame(buffer).header));
}

const readers: Record<Kind, (lie: Lie, frames: (Frame | null)[]) => Promise<unknown>> = {
  attention: async ({ blobs }) => {
    const request = async (path: string) => {
      const index = Number(new URLSearchParams(path.split("?")[1]).get("index"));
      const buffer = blobs[index] && (await expanded(blobs[index].bytes));
      return buffer ? new Response(buffer) : Response.json({ error: "There is no such blob." }, { status: 404 });
    };
    const api = new Api(request as unknown as typeof fetch);
    const wish = { layer: null, head: null, heads: null };
    const record = await attempt(() => fetchRecord(api, address, wish, null, never));
    const last = record?.header.layers.at(-1);
    if (last) await attempt(() => fetchRecord(api, address, { ...wish, layer: last.path, head: 9 }, null, never));
  },
  samples: async ({ texts, setup }, frames) => {
    const [first] = frames;
    const header = first && (await attempt(() => readHeader(first)));
    for (const sample of header?.samples ?? []) {
      const of = (index: number) => frames[index] ?? null;
      const [tokens, alternatives, tree] = [of(sample.blob), of(sample.alternatives), of(sample.tree)];
      if (header && tokens) await attempt(() => tokensOf(header, sample, tokens, "a text"));
      if (header && alternatives) await attempt(() => alternativesOf(header, sample, alternatives, 0));
      if (header && tree) await attempt(() => treeOf(header, tree));
    }
    const series = { texts: texts ?? "", setup: setup ?? "" };
    const arrays = Object.fromEntries(
      Object.entries(series).flatMap(([name, text]): [string, BigInt64Array | Uint8Array][] => [
        [`${name}.steps`, BigInt64Array.of(0n)],
        [`${name}.ends`, endsOf([bytesOf(text)])],
        [`${name}.frames`, bytesOf(text)],
      ]),
    );
    const shapes = Object.fromEntries(Object.entries(arrays).map(([name, { length }]) => [name, [length]]));
    const answer = decodeFrame(encodeFrame(null, shapes, arrays));
    await attempt(async () => {
      for await (const read of readStepSeries(address, answer, null, TEXTS))
        expect(read.entries.length).toBe(read.steps.length);
    });
  },
  structure: async (_, [first]) => {
    const header = first && (await attempt(() => readStructure(first)));
    if (header) expect(buildTree(header).root.key).toBe(header.nodes[0]?.path);
  },
  statistics: async ({ setup }, [first]) => {
    if (first) await attempt(() => checked(statisticsHeader, first.header));
    await attemptHeader(setup, statisticsSetup);
  },
  embeddings: async ({ setup }, [first]) => {
    if (first) await attempt(() => checked(embeddingsHeader, first.header));
    await attemptHeader(setup, embeddingsSetup);
  },
  evaluation: async ({ texts, setup }, [first]) => {
    if (first) await attempt(() => checked(evaluationHeader, first.header));
    await attemptHeader(texts, evaluationTexts);
    await attemptHeader(setup, evaluationSetup);
  },
  tokens: async ({ texts, setup }, [first]) => {
    if (first) await attempt(() => checked(tokensHeader, first.header));
    await attemptHeader(texts, tokensStep);
    await attemptHeader(setup, tokensSetup);
  },
};

describe("records that lie", () => {
  it("are read as Python reads them, or end in a sentence", { timeout: 600_000 }, async () => {
    const lies = await readLies();
    let read = 0;
    for (const lie of lies) {
      try {
        const frames = await framesOf(lie);
        read += frames.filter((frame) => frame !== null).length;
        await readers[lie.kind](lie, frames);
      } catch (error) {
        throw new Error(`The lie of seed ${lie.seed}, of ${lie.kind}`, { cause: error });
      }
    }
    expect(lies.length).toBeGreaterThan(50);
    expect(read).toBeGreaterThan(lies.length);
  });
});
