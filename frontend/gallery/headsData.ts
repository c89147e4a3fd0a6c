/** Records of heads that form while a made-up model trains, and a server that holds them. */

import { encodeFrame } from "../src/testing/frames";
import { attentionHeader, layerHeader } from "../src/testing/records";
import { generateHead, PATTERNS, words } from "./data";

const [RUN, TAG, LENGTH] = ["run", "attention/probe", 24];
const STEPS = [0, 100, 200, 300, 400];
const LAYERS = ["block_0/attention", "block_1/attention", "block_2/attention"];
const NAMES = ["confidence", "entropy", "first", "previous", "self", "next", "normalized_entropy"];

const headOf = (layer: number, head: number, step: number) =>
  generateHead({
    queries: LENGTH,
    keys: LENGTH,
    pattern: PATTERNS[head % PATTERNS.length] ?? "flat",
    progress: Math.max(0, Math.min(1, (step - 100 * layer) / 200)),
    causal: true,
    seed: 10 * layer + head + 1,
  });

/** What a head's weights measure, in the order of `NAMES`. */
function measured(layer: number, head: number, step: number): number[] {
  const { levels, scale, keys, queries } = headOf(layer, head, step);
  const sums = new Map(NAMES.map((name) => [name, 0]));
  const add = (name: string, value: number) => sums.set(name, (sums.get(name) ?? 0) + value / queries);
  for (let query = 0; query < queries; query++)
    for (let key = 0; key < keys; key++) {
      const weight = (scale[query] ?? 0) * ((levels[query * keys + key] ?? 0) / 255) ** 2;
      if (weight > 0) add("entropy", -weight * Math.log(weight));
      if (weight > 0) add("normalized_entropy", (-weight * Math.log(weight)) / Math.log(Math.max(2, query + 1)));
      if (key === 0) add("first", weight);
      const place = { "-1": "previous", "0": "self", "1": "next" }[key - query];
      if (place) add(place, weight);
    }
  for (const largest of scale) add("confidence", largest);
  return NAMES.map((name) => sums.get(name) ?? 0);
}

function blobsOf(step: number): ArrayBuffer[] {
  const tokens = words(LENGTH);
  const heads = PATTERNS.length;
  const layers = LAYERS.map((path, index) =>
    layerHeader({
      path,
      role: "decoder self",
      heads,
      queries: LENGTH,
      keys: LENGTH,
      query_axis: "tokens",
      key_axis: "tokens",
      parts: [{ blob: index + 1, first_head: 0, heads }],
    }),
  );
  const header = encodeFrame({ ...attentionHeader(layers), axes: { tokens }, title: tokens.join(" ") }, {}, {});
  const parts = LAYERS.map((_, layer) => {
    const made = PATTERNS.map((_, head) => headOf(layer, head, step));
    const shape = [heads, LENGTH, LENGTH];
    return encodeFrame(
      null,
      { [`${layer}.weights`]: shape, [`${layer}.scale`]: shape.slice(0, 2) },
      {
        [`${layer}.scale`]: Float32Array.from(made.flatMap(({ scale }) => [...scale])),
        [`${layer}.weights`]: Uint8Array.from(made.flatMap(({ levels }) => [...levels])),
      },
    );
  });
  return [header, ...parts];
}

function measures(): ArrayBuffer {
  const heads = LAYERS.flatMap((_, layer) => PATTERNS.map((_, head) => ({ layer, head })));
  const values = STEPS.flatMap((step) => heads.flatMap(({ layer, head }) => measured(layer, head, step)));
  return encodeFrame(
    { names: NAMES, layers: [], slices: [], measures: [] },
    { steps: [STEPS.length], values: [STEPS.length, heads.length, NAMES.length] },
    { steps: BigInt64Array.from(STEPS, BigInt), values: Float32Array.from(values) },
  );
}

export function serverOfHeads(): typeof fetch {
  const answer = async (path: string): Promise<Response> => {
    const [route = "", query = ""] = path.split("?");
    const asked = new URLSearchParams(query);
    const last = STEPS.at(-1) ?? 0;
    const info = { run: RUN, tag: TAG, kind: "attention", name: "probe", last_step: last, last_wall_time: last };
    if (route === "series") return Response.json({ version: 1, series: [info], newer: [], damaged: [] });
    if (route === "steps")
      return Response.json({ steps: STEPS, wall_times: STEPS, blobs: STEPS.map(() => LAYERS.length + 1) });
    if (route === "measures") return new Response(measures());
    if (route === "blob") return new Response(blobsOf(Number(asked.get("step")))[Number(asked.get("index"))]);
    return Response.json({ error: "There is nothing." }, { status: 404 });
  };
  return answer as unknown as typeof fetch;
}
