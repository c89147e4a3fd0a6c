/** A server of attention that is made up: it answers from heads in memory. */

import type { HeadMatrix } from "../src/attention/record/matrix";
import { encodeFrame } from "../src/testing/frames";
import { attentionHeader, layerHeader } from "../src/testing/records";
import type { AttentionHeader, LayerHeader } from "../src/wire/schema.gen";

const [RUN, TAG] = ["run", "attention/probe"];
const STEPS = [0, 100, 200, 300, 400];
const NAMES = ["confidence", "entropy", "first", "previous", "self", "next", "normalized_entropy"];

export interface Made {
  layers: readonly (Partial<LayerHeader> & Pick<LayerHeader, "path" | "heads" | "queries" | "keys">)[];
  /** Title, axes, units of time and the like. */
  header: Partial<AttentionHeader>;
  /** `progress`: how far training is, 0 to 1. */
  headOf(layer: number, head: number, progress: number): HeadMatrix;
  /** How long the value of each key is. */
  lengthsOf?(layer: number, head: number): readonly number[];
  /** A PNG. */
  image?(): Promise<Uint8Array<ArrayBuffer>>;
}

/** What a head's weights measure, in the order of `NAMES`. */
function measured({ levels, scale, keys, queries }: HeadMatrix): number[] {
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

async function blobsOf(made: Made, step: number): Promise<ArrayBuffer[]> {
  const progress = step / (STEPS.at(-1) ?? 1);
  const layers = made.layers.map((layer, index) =>
    layerHeader({ ...layer, parts: [{ blob: index + 1, first_head: 0, heads: layer.heads }] }),
  );
  const parts = layers.map(({ heads, queries, keys }, layer) => {
    const all = Array.from({ length: heads }, (_, head) => made.headOf(layer, head, progress));
    const lengths = all.map((_, head) => made.lengthsOf?.(layer, head) ?? []);
    const hasLengths = made.lengthsOf !== undefined;
    return encodeFrame(
      null,
      {
        [`${layer}.weights`]: [heads, queries, keys],
        [`${layer}.scale`]: [heads, queries],
        [`${layer}.value_norms`]: [heads, keys],
      },
      {
        [`${layer}.scale`]: Float32Array.from(all.flatMap(({ scale }) => [...scale])),
        ...(hasLengths ? { [`${layer}.value_norms`]: Float32Array.from(lengths.flat()) } : {}),
        [`${layer}.weights`]: Uint8Array.from(all.flatMap(({ levels }) => [...levels])),
      },
    );
  });
  const png = await made.image?.();
  const image = png ? [encodeFrame(null, { image: [png.length] }, { image: png })] : [];
  return [encodeFrame({ ...attentionHeader(layers), ...made.header }, {}, {}), ...parts, ...image];
}

function measures({ layers, headOf }: Made): ArrayBuffer {
  const heads = layers.flatMap(({ heads }, layer) => Array.from({ length: heads }, (_, head) => ({ layer, head })));
  const values = STEPS.flatMap((step) =>
    heads.flatMap(({ layer, head }) => measured(headOf(layer, head, step / (STEPS.at(-1) ?? 1)))),
  );
  return encodeFrame(
    { names: NAMES, layers: [], slices: [], measures: [] },
    { steps: [STEPS.length], values: [STEPS.length, heads.length, NAMES.length] },
    { steps: BigInt64Array.from(STEPS, BigInt), values: Float32Array.from(values) },
  );
}

export function serverOf(made: Made): typeof fetch {
  const answer = async (path: string): Promise<Response> => {
    const [route = "", query = ""] = path.split("?");
    const asked = new URLSearchParams(query);
    const last = STEPS.at(-1) ?? 0;
    const info = { run: RUN, tag: TAG, kind: "attention", name: "probe", last_step: last, last_wall_time: last };
    const blobs = made.layers.length + 1 + Number(made.image !== undefined);
    if (route === "series") return Response.json({ version: 1, series: [info], newer: [], damaged: [] });
    if (route === "steps") return Response.json({ steps: STEPS, wall_times: STEPS, blobs: STEPS.map(() => blobs) });
    if (route === "measures") return new Response(measures(made));
    if (route === "blob")
      return new Response((await blobsOf(made, Number(asked.get("step"))))[Number(asked.get("index"))]);
    return Response.json({ error: "There is nothing." }, { status: 404 });
  };
  return answer as unknown as typeof fetch;
}
