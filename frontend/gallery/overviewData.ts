import { thumbnailOf } from "../src/attention/record/thumbnail";
import type { OverviewRow } from "../src/attention/types";
import { createRandom, generateHead, PATTERNS, type Pattern } from "./data";

/** A measure that settles while the model trains. */
export function learning(steps: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const [end, speed] = [random(), 2 + 10 * random()];
  return Float32Array.from({ length: steps }, (_, step) => {
    const progress = 1 - Math.exp((-speed * step) / steps);
    return Math.max(0, Math.min(1, 0.95 + (end - 0.95) * progress + 0.06 * (random() - 0.5)));
  });
}

export function generateOverview(size: { layers: number; heads: number; side: number; steps: number }): OverviewRow[] {
  return Array.from({ length: size.layers }, (_, layer) => ({
    path: `encoder/layer_${layer}/self_attention`,
    role: "encoder self",
    call: 0,
    thumbnails: Array.from({ length: size.heads }, (_, head) => {
      const seed = layer * size.heads + head;
      const pattern = PATTERNS[(seed * 7 + layer) % PATTERNS.length] as Pattern;
      const shape = { queries: size.side, keys: size.side };
      return thumbnailOf(generateHead({ ...shape, pattern, seed, progress: (head + 1) / size.heads }));
    }),
    lines: Array.from({ length: size.heads }, (_, head) => learning(size.steps, layer * size.heads + head + 1)),
    stepIndex: Math.floor(size.steps * 0.7),
    note: layer === 0 ? "pooled from 128 x 128" : "",
  }));
}
