/** A server of embeddings for tests and the gallery: it answers from vectors in memory. */

import { encodeFrame } from "../testing/frames";

export interface Logged {
  run: string;
  layer: string;
  labels: readonly string[];
  columns?: Record<string, string[]>;
  /** Vectors by step. */
  steps: Record<number, readonly (readonly number[])[]>;
  since?: number;
  notes?: string[];
}

/** Answers the requests of a page as TensorBoard would. */
export function serverOf(logged: readonly Logged[], projectorRuns: readonly string[] = []): typeof fetch {
  return (input) => {
    const [route = "", query = ""] = String(input).split("?");
    const answer = answerTo(logged, route, new URLSearchParams(query));
    if (route === "../projector/runs") return Promise.resolve(Response.json(projectorRuns));
    if (answer === null) return Promise.resolve(Response.json({ error: "There is none." }, { status: 404 }));
    return Promise.resolve(answer instanceof ArrayBuffer ? new Response(answer) : Response.json(answer));
  };
}

function answerTo(logged: readonly Logged[], route: string, query: URLSearchParams): object | null {
  if (route === "series") return { version: 1, newer: [], damaged: [], series: logged.map(infoOf) };
  const one = logged.find((each) => each.run === query.get("run") && `embeddings/${each.layer}` === query.get("tag"));
  if (!one) return null;
  const steps = stepsOf(one);
  const held = steps.filter((step) => step >= (one.since ?? 0));
  const numbers = (name: string) => query.get(name)?.split(",").map(Number) ?? null;
  const at = (step: number) => one.steps[step] ?? [];
  switch (route) {
    case "steps":
      return { steps, wall_times: steps, blobs: steps.map(() => 2) };
    case "blob":
      return encodeFrame({ record: steps.length }, {}, {});
    case "labels": {
      const { labels, columns = {} } = one;
      const setup = { version: 1, table_rows: labels.length, labels, columns };
      const frequency = "frequency" in columns ? "frequency" : "";
      const dimensions = at(held[0] ?? 0)[0]?.length ?? 0;
      const said = {
        layer: one.layer,
        since: held[0],
        rows: labels.length,
        dimensions,
        frequency,
        setup,
        notes: one.notes ?? [],
        remarks: [],
      };
      return encodeFrame(said, { row: [labels.length] }, { row: Uint32Array.from(labels, (_, row) => row) });
    }
    case "neighbours":
      return neighboursOf(
        one,
        numbers("steps") ?? held,
        Number(query.get("rows")),
        Number(query.get("count")),
        query.get("metric"),
      );
    case "movement": {
      const [now, before] = [at(Number(query.get("step"))), at(Number(query.get("since")))];
      const norm = Float32Array.from(now, (vector) => Math.hypot(...vector));
      const moved = Float32Array.from(now, (vector, row) => distance(vector, before[row] ?? vector));
      return encodeFrame({}, { norm: [norm.length], moved: [moved.length] }, { norm, moved });
    }
    case "churn": {
      const lists = ["step", "since"].map((name) =>
        one.labels.map((_, row) => near(one, Number(query.get(name)), row, query.get("metric")).slice(0, 10)),
      );
      const shares = one.labels.map((_, row) => {
        const [now, before] = lists.map((list) => list[row]?.map(({ other }) => other) ?? []) as [number[], number[]];
        return now.filter((other) => !before.includes(other)).length / now.length;
      });
      return encodeFrame(
        {},
        { row: [shares.length], churn: [shares.length] },
        { row: Int32Array.from(shares.keys()), churn: Float32Array.from(shares) },
      );
    }
    case "map": {
      const position = Float32Array.from(held.flatMap((step) => at(step).flatMap(([x = 0, y = 0]) => [x, y])));
      const row = Int32Array.from(one.labels, (_, row) => row);
      return encodeFrame(
        { fitted: row.length, shares: [0.5, 0.3] },
        { steps: [held.length], row: [row.length], position: [held.length, row.length, 2] },
        { steps: BigInt64Array.from(held, BigInt), row, position },
      );
    }
    default:
      return null;
  }
}

/** Returns all others, the nearest first. */
function near({ steps }: Logged, step: number, row: number, metric: string | null) {
  const vectors = steps[step] ?? [];
  const own = vectors[row] ?? [];
  const scored = vectors.map((vector, other) => ({
    other,
    value: metric === "cosine" ? dot(own, vector) / Math.hypot(...own) / Math.hypot(...vector) : distance(own, vector),
  }));
  const others = scored.filter(({ other, value }) => other !== row && Number.isFinite(value));
  return others.sort((a, b) => (metric === "cosine" ? b.value - a.value : a.value - b.value));
}

function neighboursOf(one: Logged, asked: number[], row: number, most: number, metric: string | null) {
  const count = Math.min(most, one.labels.length - 1);
  const lists = asked.map((step) => ({
    nearest: near(one, step, row, metric).slice(0, count),
    norm: Math.hypot(...(one.steps[step]?.[row] ?? [])),
  }));
  const shape = [asked.length, 1, count];
  const places = Array.from({ length: count }, (_, at) => at);
  return encodeFrame(
    { metric },
    { steps: [asked.length], neighbour: shape, value: shape, norm: [asked.length, 1] },
    {
      steps: BigInt64Array.from(asked, BigInt),
      neighbour: Int32Array.from(lists.flatMap(({ nearest }) => places.map((at) => nearest[at]?.other ?? -1))),
      value: Float32Array.from(lists.flatMap(({ nearest }) => places.map((at) => nearest[at]?.value ?? Number.NaN))),
      norm: Float32Array.from(lists, ({ norm }) => norm),
    },
  );
}

function infoOf(one: Logged) {
  const last = Math.max(...stepsOf(one));
  const { run, layer } = one;
  return { run, tag: `embeddings/${layer}`, kind: "embeddings", name: layer, last_step: last, last_wall_time: last };
}

function stepsOf({ steps }: Logged): number[] {
  return Object.keys(steps)
    .map(Number)
    .sort((a, b) => a - b);
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

function distance(one: readonly number[], other: readonly number[]): number {
  return Math.hypot(...one.map((value, at) => value - (other[at] ?? 0)));
}
