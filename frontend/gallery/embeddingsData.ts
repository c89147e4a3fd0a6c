/** Words that find their places while a model trains: the same picture every time. */

import type { Logged } from "../src/embeddings/testing";
import { createRandom, HOSTILE } from "./data";

const GROUPS = [
  "good great excellent wonderful superb lovely fine delightful",
  "bad awful terrible dreadful poor boring dull weak",
  "film movie picture cinema scene plot actor director",
  "春 夏 秋 冬 山 水 日本 東京タワー",
].map((words) => words.split(" "));
const SYLLABLES = "ba de ki lo ma ne ru si to va".split(" ");

export interface CloudOptions {
  run?: string;
  rare?: number;
  steps?: number;
  seed?: number;
  labels?: readonly string[];
  hasFrequencies?: boolean;
}

/** A run whose first words gather in groups, each in a direction of its own; the others stay where they began. */
export function cloud({
  run = "reviews",
  rare = 400,
  steps = 12,
  seed = 1,
  labels = GROUPS.flat(),
  hasFrequencies = true,
}: CloudOptions = {}): Logged {
  const random = createRandom(seed);
  const normal = () => random() + random() + random() + random() - 2;
  const vector = (size: number) => Array.from({ length: 6 }, () => size * normal());
  const syllable = () => SYLLABLES[Math.floor(random() * SYLLABLES.length)];
  const words = [...labels, ...Array.from({ length: rare }, (_, at) => `${syllable()}${syllable()}${at}`)];
  const starts = words.map(() => vector(0.1));
  const goals = words.map((_, row) => {
    const group = Math.floor(row / 8);
    const angle = (group * Math.PI) / 2 + 0.4;
    const far = row < labels.length ? 2 : 0;
    return vector(0.35).map((value, axis) => value + far * ([Math.cos(angle), Math.sin(angle)][axis] ?? 0));
  });
  return {
    run,
    layer: "encoder/embedding",
    labels: words,
    columns: hasFrequencies ? { frequency: words.map((_, row) => String(Math.ceil(9000 / (row + 1)))) } : {},
    steps: Object.fromEntries(
      Array.from({ length: steps }, (_, step) => {
        const share = 1 - Math.exp(-step / 3);
        const vectors = words.map((_, row) =>
          (starts[row] as number[]).map((value, axis) => value + share * (goals[row]?.[axis] ?? 0) + 0.03 * normal()),
        );
        return [step * 100, vectors];
      }),
    ),
  };
}

export const hostile = (): Logged => cloud({ labels: [...HOSTILE, "مرحبا", "שלום"], rare: 40, hasFrequencies: false });

/** A vector that is not finite, another of zeros. */
export function broken(): Logged {
  const run = cloud({ rare: 20, steps: 4 });
  for (const vectors of Object.values(run.steps) as number[][][]) {
    vectors[0] = [Number.NaN, 1, 1, 1, 1, 1];
    vectors[1] = [0, 0, 0, 0, 0, 0];
  }
  return {
    ...run,
    notes: ["1 of 52 vectors of layer 'encoder/embedding' hold NaN or infinity, such as that of 'good'."],
  };
}
