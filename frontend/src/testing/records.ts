/** Records for tests. */

import type { AttentionHeader, LayerHeader } from "../wire/schema.gen";
import { encodeFrame } from "./frames";

export function layerHeader(some: Partial<LayerHeader>): LayerHeader {
  return {
    path: "layer",
    call: 0,
    calls: [0],
    role: "other",
    class_name: "MultiHeadAttention",
    heads: 1,
    queries: 2,
    keys: 3,
    query_axis: "",
    key_axis: "",
    parts: [],
    thumbnail: false,
    notes: [],
    guessed: [],
    softmax: [],
    pooled: [],
    strongest: [],
    apart: false,
    ...some,
  };
}

export function attentionHeader(layers: LayerHeader[]): AttentionHeader {
  return {
    version: 1,
    kind: "attention",
    title: "",
    record: 1,
    layers,
    axes: {},
    overview: -1,
    notes: [],
    remarks: [],
    alarms: [],
    images: [],
    units: [],
    passes: [],
    reads: [],
  };
}

/** The blobs of a record with a small layer of two heads and a large one, each head of it in a blob of its own. */
export function exampleBlobs(): ArrayBuffer[] {
  const small = layerHeader({
    path: "decoder/cross",
    role: "cross",
    heads: 2,
    queries: 2,
    keys: 3,
    parts: [{ blob: 2, first_head: 0, heads: 2 }],
  });
  const large = layerHeader({
    path: "encoder/self",
    role: "encoder self",
    heads: 2,
    queries: 1,
    keys: 2,
    thumbnail: true,
    parts: [
      { blob: 3, first_head: 0, heads: 1 },
      { blob: 4, first_head: 1, heads: 1 },
    ],
  });
  const header: AttentionHeader = { ...attentionHeader([small, large]), overview: 1 };
  const largeHead = (level: number) =>
    encodeFrame(
      null,
      { "1.scale": [1, 1], "1.weights": [1, 1, 2] },
      { "1.scale": Float32Array.of(1), "1.weights": Uint8Array.of(level, 255) },
    );
  return [
    encodeFrame(header, {}, {}),
    encodeFrame(null, { "1.thumbnail": [2, 1, 2] }, { "1.thumbnail": Uint8Array.of(1, 2, 3, 4) }),
    encodeFrame(
      null,
      { "0.scale": [2, 2], "0.weights": [2, 2, 3], "0.invalid": [2, 2, 3] },
      {
        "0.scale": Float32Array.of(0.1, 0.2, 0.3, 0.4),
        "0.weights": Uint8Array.from({ length: 12 }, (_, cell) => cell),
        "0.invalid": Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
      },
    ),
    largeHead(30),
    largeHead(40),
  ];
}
