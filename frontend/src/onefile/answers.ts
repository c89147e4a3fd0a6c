/** Answers the page's requests from what the file holds, in the server's stead; the routes are described in `http_api.md`. */

import { encodeFrame } from "../wire/encodeFrame";
import { arrayOf, decodeFrame, FrameError } from "../wire/frame";
import type { EmbeddingWords, FileIndex, FileTag } from "../wire/schema.gen";
import { length, type Metric, moved, nearest, spread, type Vectors } from "./vectors";

/** Products of two numbers that one answer takes at most: half a second or so. */
const MOST_PRODUCTS = 2 ** 28;
const MOST_STEPS = 200;
/** Churn is counted among so many nearest neighbours, as the server does. */
const CHURN_NEIGHBOURS = 10;
const KEPT_VECTORS = 16;

type Chunk = (at: number) => Promise<ArrayBuffer>;
type Question = URLSearchParams;

/** Returns what stands in for `fetch`. */
export function answersFrom(index: FileIndex, chunk: Chunk): typeof fetch {
  const tags = new Map(index.tags.map((tag) => [`${tag.run}\n${tag.tag}`, new Tag(tag, chunk)]));
  const computed = new Map<string, (tag: Tag, query: Question) => Promise<Uint8Array<ArrayBuffer>>>([
    ["neighbours", neighboursOf],
    ["movement", movementOf],
    ["churn", churnOf],
  ]);
  return async (input, init) => {
    init?.signal?.throwIfAborted();
    const [route = "", search] = String(input).split("?");
    const query = new URLSearchParams(search);
    if (route === "series") return json(index.series);
    if (route.endsWith("scalars/tags")) return json(index.scalars);
    if (route.endsWith("scalars/scalars"))
      return json(index.scalars[query.get("run") ?? ""]?.[query.get("tag") ?? ""] ?? []);
    if (route.endsWith("projector/runs")) return json([]);
    const tag = tags.get(`${query.get("run")}\n${query.get("tag")}`);
    if (!tag) return failed(404, "This file does not hold it.");
    if (route === "steps") return tag.failure("steps") ?? json(tag.held.steps);
    const name = route === "blob" ? `${query.get("step")}/${query.get("index")}` : route;
    const failure = tag.failure(name);
    if (failure) return failure;
    const compute = computed.get(route);
    let bytes: ArrayBuffer | Uint8Array<ArrayBuffer> | null;
    try {
      bytes = compute
        ? await compute(tag, query)
        : await tag.bytes(route === "blob" ? tag.placeOf(query) : tag.held.frames[route]);
    } catch (error) {
      // What is damaged is no server that does not answer.
      return failed(422, error instanceof Error ? error.message : String(error));
    }
    init?.signal?.throwIfAborted();
    return bytes
      ? new Response(bytes, { headers: { "Content-Length": String(bytes.byteLength) } })
      : failed(404, "This file does not hold it.");
  };
}

function json(answer: unknown): Response {
  return new Response(JSON.stringify(answer));
}

function failed(status: number, error: string): Response {
  return new Response(JSON.stringify({ error }), { status });
}

class Tag {
  readonly #vectors = new Map<number, Promise<Vectors>>();

  constructor(
    readonly held: FileTag,
    private readonly chunk: Chunk,
  ) {}

  failure(name: string): Response | null {
    const sentence = this.held.failures[name];
    // What a kind has no answer for is no failure of its own.
    return sentence === undefined ? null : failed(name.includes("/") || name === "steps" ? 422 : 404, sentence);
  }

  placeOf(query: Question): number[] | undefined {
    const at = this.held.steps.steps.indexOf(Number(query.get("step")));
    return this.held.blobs[at]?.[Number(query.get("index"))];
  }

  async bytes(place: readonly number[] | undefined): Promise<ArrayBuffer | null> {
    const [chunk, from, to] = place ?? [];
    if (chunk === undefined || to === undefined) return null;
    return (await this.chunk(chunk)).slice(from, to < 0 ? undefined : to);
  }

  /** Returns the vectors of a step, from its blobs but the header. */
  vectors(step: number): Promise<Vectors> {
    const found = this.#vectors.get(step) ?? this.#read(step);
    this.#vectors.delete(step);
    this.#vectors.set(step, found);
    const [oldest] = this.#vectors.keys();
    if (this.#vectors.size > KEPT_VECTORS && oldest !== undefined) this.#vectors.delete(oldest);
    return found;
  }

  async #read(step: number): Promise<Vectors> {
    const places = this.held.blobs[this.held.steps.steps.indexOf(step)]?.slice(1) ?? [];
    const parts = await Promise.all(
      places.map(async (place, at) => {
        const bytes = await this.bytes(place);
        if (!bytes) throw new FrameError(this.held.failures[`${step}/${at + 1}`] ?? "This file does not hold it.");
        return arrayOf(decodeFrame(bytes), "vectors", Float32Array, [null, null]);
      }),
    );
    const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
    let at = 0;
    for (const part of parts) {
      data.set(part.data, at);
      at += part.data.length;
    }
    const dimensions = parts[0]?.shape[1] ?? 1;
    return { rows: data.length / dimensions, dimensions, data };
  }

  /** Returns the steps with the newest labels. */
  async steps(): Promise<number[]> {
    const labels = await this.bytes(this.held.frames.labels);
    const since = labels ? (decodeFrame(labels).header as EmbeddingWords).since : Number.NEGATIVE_INFINITY;
    return this.held.steps.steps.filter((step) => step >= since);
  }
}

const lengthsOf = (vectors: Vectors) => Float64Array.from({ length: vectors.rows }, (_, row) => length(vectors, row));
const whole = (query: Question, name: string) => (query.get(name) ?? "").split(",").map(Number);
const metricOf = (query: Question): Metric => (query.get("metric") === "euclidean" ? "euclidean" : "cosine");

async function movementOf(tag: Tag, query: Question): Promise<Uint8Array<ArrayBuffer>> {
  const [step = 0, since = 0] = [Number(query.get("step")), Number(query.get("since"))];
  const [now, before] = await Promise.all([tag.vectors(step), tag.vectors(since)]);
  return encodeFrame({
    norm: { shape: [now.rows], data: Float32Array.from(lengthsOf(now)) },
    moved: { shape: [now.rows], data: moved(now, before) },
  });
}

async function neighboursOf(tag: Tag, query: Question): Promise<Uint8Array<ArrayBuffer>> {
  const [rows, count, metric] = [whole(query, "rows"), Number(query.get("count")), metricOf(query)];
  let steps = query.has("steps") ? whole(query, "steps") : await tag.steps();
  if (!query.has("steps")) {
    const size = await sizeOf(tag, steps);
    const most = Math.max(2, Math.min(MOST_STEPS, Math.floor(MOST_PRODUCTS / (size * rows.length))));
    steps = spread(steps.length, most).map((at) => steps[at] as number);
  }
  const shape = [steps.length, rows.length, count];
  const near = new Int32Array(steps.length * rows.length * count).fill(-1);
  const value = new Float32Array(near.length).fill(Number.NaN);
  const norm = new Float32Array(steps.length * rows.length).fill(Number.NaN);
  for (const [s, step] of steps.entries()) {
    // Of several steps one that is damaged has no neighbours.
    const vectors = await (steps.length > 1 ? tag.vectors(step).catch(() => null) : tag.vectors(step));
    if (!vectors) continue;
    const lengths = lengthsOf(vectors);
    for (const [r, row] of rows.entries()) {
      const to = s * rows.length + r;
      norm[to] = lengths[row] ?? Number.NaN;
      nearest(vectors, lengths, row, count, metric).forEach((found, at) => {
        near[to * count + at] = found.row;
        value[to * count + at] = found.value;
      });
    }
  }
  return encodeFrame(
    {
      steps: { shape: [steps.length], data: BigInt64Array.from(steps, BigInt) },
      neighbour: { shape, data: near },
      value: { shape, data: value },
      norm: { shape: shape.slice(0, 2), data: norm },
    },
    { metric },
  );
}

/** Returns how many numbers the newest vectors are that can be read; 0 where there are none. */
async function sizeOf(tag: Tag, steps: readonly number[]): Promise<number> {
  for (let at = steps.length - 1; at >= 0; at--) {
    const vectors = await tag.vectors(steps[at] as number).catch(() => null);
    if (vectors) return vectors.data.length;
  }
  return 0;
}

async function churnOf(tag: Tag, query: Question): Promise<Uint8Array<ArrayBuffer>> {
  const metric = metricOf(query);
  const [now, before] = await Promise.all(
    ["step", "since"].map((name) => tag.vectors(Number(query.get(name)))) as [Promise<Vectors>, Promise<Vectors>],
  );
  const map = await tag.bytes(tag.held.frames.map);
  const among = map ? arrayOf(decodeFrame(map), "row", Int32Array).data : new Int32Array(0);
  const most = Math.floor(MOST_PRODUCTS / 2 / Math.max(1, now.data.length));
  const asked = query.has("rows") ? whole(query, "rows") : [];
  const watched = [...new Set([...asked, ...among.subarray(0, most)])].sort((one, other) => one - other);
  const [lengths, lengthsBefore] = [lengthsOf(now), lengthsOf(before)];
  const shares = Float32Array.from(watched, (row) => {
    const after = nearest(now, lengths, row, CHURN_NEIGHBOURS, metric);
    const kept = new Set(nearest(before, lengthsBefore, row, CHURN_NEIGHBOURS, metric).map((found) => found.row));
    return after.length === 0 || kept.size !== after.length
      ? Number.NaN
      : 1 - after.filter((found) => kept.has(found.row)).length / after.length;
  });
  return encodeFrame({
    row: { shape: [watched.length], data: Int32Array.from(watched) },
    churn: { shape: [watched.length], data: shares },
  });
}
