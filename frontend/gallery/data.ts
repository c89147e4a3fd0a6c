/** Deterministic heads and tokens that look like those of real models. */

import type { HeadMatrix } from "../src/attention/record/matrix";
import { quantised } from "../src/attention/testing";
import type { Axis } from "../src/attention/types";

/** Marsaglia's xorshift: the same picture every time. */
export function createRandom(seed = 1): () => number {
  let state = seed * 2654435761 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export function softmax(scores: number[]): number[] {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export const PATTERNS = ["diagonal", "previous", "first", "blocks", "flat"] as const;
export type Pattern = (typeof PATTERNS)[number];

/** How much head `pattern` likes key `j` for query `i`. */
function liking(pattern: Pattern, i: number, j: number, slope: number): number {
  switch (pattern) {
    case "diagonal":
      return -0.8 * Math.abs(i * slope - j);
    case "previous":
      return j === Math.max(0, Math.round(i * slope) - 1) ? 5 : 0;
    case "first":
      return j === 0 ? 4 : -0.05 * Math.abs(i * slope - j);
    case "blocks":
      return Math.floor((i * slope) / 8) === Math.floor(j / 8) ? 3 : 0;
    case "flat":
      return 0;
  }
}

export interface HeadOptions {
  queries: number;
  keys: number;
  pattern: Pattern;
  /** How far training is, 0 to 1: weights go from flat to the pattern. */
  progress?: number;
  causal?: boolean;
  seed?: number;
}

export function generateHead({
  queries,
  keys,
  pattern,
  progress = 1,
  causal = false,
  seed = 1,
}: HeadOptions): HeadMatrix {
  const random = createRandom(seed + PATTERNS.indexOf(pattern) * 17);
  const slope = (keys - 1) / Math.max(1, queries - 1);
  const rows = Array.from({ length: queries }, (_, i) =>
    softmax(
      Array.from({ length: keys }, (_, j) => {
        const noise = (0.3 + progress) * (random() + random() - 1);
        return causal && j > i ? -30 : progress * liking(pattern, i, j, slope) + noise;
      }),
    ),
  );
  return quantised(rows);
}

/** A head of this side without its 4,096 x 4,096 numbers as a list first. */
export function generateLongHead(side: number): HeadMatrix {
  const random = createRandom(7);
  const levels = new Uint8Array(side * side);
  const scale = new Float32Array(side);
  for (let i = 0; i < side; i++) {
    scale[i] = 0.2 + 0.8 * random();
    for (let j = 0; j <= i; j++) levels[i * side + j] = Math.floor(9 * random());
    for (const distance of [0, 1, 64, 511]) if (i >= distance) levels[i * side + i - distance] = 255 - (distance >> 2);
    for (let j = i % 97; j <= i; j += 97) levels[i * side + j] = 90;
    levels[i * side] = 200;
  }
  return { queries: side, keys: side, levels, scale, invalid: null };
}

export function axisOf(tokens: string[], shown = tokens.map((_, i) => i)): Axis {
  return { tokens, shown };
}

export const positions = (count: number) => Array.from({ length: count }, (_, i) => String(i));

const WORDS = (
  "the quick brown fox jumps over a lazy dog while attention flows from every word to those that came before and the " +
  "translator slowly learns which of them matter most for what it is about to say internationalization"
).split(" ");

export const words = (count: number, seed = 3): string[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)] as string);
};

export const DATE_SOURCE = ["[start]", ...Array.from("the 3rd of May 1994"), "[end]", "", "", "", ""];
export const DATE_TARGET = [...Array.from("1994-05-03")];
export const CHINESE = Array.from("注意力机制使模型能够在生成每个词时关注输入序列的不同部分。");
export const JAPANESE = ["私", "たち", "は", "東京", "タワー", "から", "富士山", "を", "見まし", "た", "。"];
export const ENGLISH = "[start] We saw Mount Fuji from Tokyo Tower . [end]".split(" ");
export const ARABIC = "ذهبت المترجمة إلى السوق واشترت تفاحا وخبزا طازجا .".split(" ");
export const HEBREW = "המתרגמת הלכה לשוק וקנתה תפוחים ולחם טרי .".split(" ");
export const EMOJI = ["👩‍👩‍👧", "❤️", "🇫🇷", "Ġso", "Ġhappy", "👍🏽", "🎉", "e\u0301", "Z̷͎̈a̶͖͝l̵̰̀g̶͎̃o̵"];
export const SUBWORDS = "▁Un believ able : ##ing Ġtoken Ġization Ċ ĠĠ ▁is ▁hard </s> <pad> <pad>".split(" ");
export const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "</script><script>alert(2)</script>",
  "{@html x}",
  "\u202egnp.exe",
  "\u2066isolate",
  "a\u200bb",
  "\0",
  "\n",
  "\t",
  "\ud83d",
  "",
  " ",
  "&lt;",
  "x".repeat(400),
  "javascript:alert(3)",
];

/** A measure that settles while the model trains. */
export function learning(steps: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const [end, speed] = [random(), 2 + 10 * random()];
  return Float32Array.from({ length: steps }, (_, step) => {
    const progress = 1 - Math.exp((-speed * step) / steps);
    return Math.max(0, Math.min(1, 0.95 + (end - 0.95) * progress + 0.06 * (random() - 0.5)));
  });
}
