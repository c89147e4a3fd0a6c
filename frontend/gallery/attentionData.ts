/** Heads that form while made-up models train: of texts, an image, speech and experts. */

import { quantised } from "../src/attention/testing";
import type { LayerHeader } from "../src/wire/schema.gen";
import type { Made } from "./attentionServer";
import { CHINESE, createRandom, generateHead, HOSTILE, PATTERNS, SUBWORDS, softmax, words } from "./data";

const BLOCKS = ["block_0/attention", "block_1/attention", "block_2/attention"];

/** Layers one above the other that attend from tokens to the same tokens. */
function stackOf(count: number, axis: string, heads: number, role: LayerHeader["role"]) {
  return {
    layers: BLOCKS.map((path) => ({
      path,
      role,
      heads,
      queries: count,
      keys: count,
      query_axis: axis,
      key_axis: axis,
    })),
    header: { passes: [{ left_out: [] }], reads: BLOCKS.map((_, layer) => (layer > 0 ? [layer - 1] : [])) },
  };
}

/** A language model, of which each layer forms after the one below. */
export function reading(tokens: readonly string[], isCausal = true): Made {
  const { layers, header } = stackOf(
    tokens.length,
    "tokens",
    PATTERNS.length,
    isCausal ? "decoder self" : "encoder self",
  );
  return {
    layers,
    header: { ...header, axes: { tokens: [...tokens] }, title: tokens.join(" ") },
    headOf: (layer, head, progress) =>
      generateHead({
        queries: tokens.length,
        keys: tokens.length,
        pattern: PATTERNS[head % PATTERNS.length] ?? "flat",
        progress: Math.max(0, Math.min(1, 2 * progress - layer / 2)),
        causal: isCausal,
        seed: 10 * layer + head + 1,
      }),
    // Of the first token, which many heads look at, the value is short.
    lengthsOf: (layer, head) => {
      const random = createRandom(100 + 10 * layer + head);
      return tokens.map((_, at) => (at === 0 ? 0.1 : 0.4 + 1.6 * random()));
    },
  };
}

export const forming = (): Made => reading(words(24));
export const inSubwords = (): Made => reading(SUBWORDS, false);
export const inChinese = (): Made => reading([...CHINESE, ...CHINESE, ...CHINESE]);
export const hostile = (): Made => reading(HOSTILE, false);

const [ROWS, COLUMNS, PIXELS] = [8, 10, 12];
const isOnDisc = (x: number, y: number) => (x - 0.6) ** 2 + ((y - 0.4) * ROWS) ** 2 / COLUMNS ** 2 < 0.04;

/** A disc, painted. */
async function disc(): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(COLUMNS * PIXELS, ROWS * PIXELS);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser gives no 2D canvas.");
  for (let y = 0; y < canvas.height; y++)
    for (let x = 0; x < canvas.width; x++) {
      const [across, down] = [x / canvas.width, y / canvas.height];
      context.fillStyle = isOnDisc(across, down) ? "rgb(230 190 90)" : `rgb(${40 + 80 * across} ${60 + 60 * down} 90)`;
      context.fillRect(x, y, 1, 1);
    }
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await blob.arrayBuffer());
}

/** Whose class token looks at the disc, and whose patches look around themselves. */
export function seeing(): Made {
  const count = 1 + ROWS * COLUMNS;
  const { layers, header } = stackOf(count, "patches", 2, "encoder self");
  const placeOf = (token: number) => ({ row: Math.floor((token - 1) / COLUMNS), column: (token - 1) % COLUMNS });
  const likes = (query: number, key: number, head: number): number => {
    if (key === 0) return 1;
    const at = placeOf(key);
    const isSeen = isOnDisc((at.column + 0.5) / COLUMNS, (at.row + 0.5) / ROWS);
    if (query === 0) return (isSeen ? 3 : 0) * (1 + head);
    const from = placeOf(query);
    return -Math.hypot(from.row - at.row, from.column - at.column);
  };
  return {
    layers,
    header: {
      ...header,
      images: [{ blob: 4, width: COLUMNS * PIXELS, height: ROWS * PIXELS, rows: ROWS, columns: COLUMNS, first: 1 }],
    },
    image: disc,
    headOf: (layer, head, progress) => {
      const random = createRandom(50 + 10 * layer + head);
      const places = Array.from({ length: count }, (_, token) => token);
      return quantised(
        places.map((query) => softmax(places.map((key) => 1.5 * progress * likes(query, key, head) + random()))),
      );
    },
  };
}

/** Letters that are spoken, one after the other. */
export function speaking(unit: "ms" | "frames"): Made {
  const spoken = [..."attention forms"];
  const [path, heads, keys] = ["decoder/cross_attention", 2, 160];
  return {
    layers: [{ path, role: "cross", heads, queries: spoken.length, keys, query_axis: "text", key_axis: "sound" }],
    header: {
      axes: { text: spoken },
      title: spoken.join(""),
      units: [{ axis: "sound", unit, per_token: unit === "ms" ? 12.5 : 4 }],
    },
    headOf: (_, head, progress) =>
      generateHead({
        queries: spoken.length,
        keys,
        pattern: "diagonal",
        progress: progress / (1 + head),
        seed: head + 1,
      }),
  };
}

/** A mixture of experts, of which each token is given to one. */
export function routing(): Made {
  const [tokens, keys] = [SUBWORDS.slice(0, 12), 6];
  const experts = Array.from({ length: keys }, (_, at) => `expert ${at + 1}`);
  return {
    layers: [
      {
        path: "moe/router",
        heads: 1,
        queries: tokens.length,
        keys,
        query_axis: "tokens",
        key_axis: "experts",
        apart: true,
      },
    ],
    header: { axes: { tokens, experts }, title: tokens.join(" ") },
    headOf: (_, head, progress) => {
      const random = createRandom(9 + head);
      const row = (query: number) =>
        experts.map((_, expert) => (expert === (query * 5) % keys ? 5 * progress : random()));
      return quantised(tokens.map((_, query) => softmax(row(query))));
    },
  };
}
