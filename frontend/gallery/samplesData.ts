/** Deterministic samples with the tokens that a model could have made them of. */
import type { BeamNode, SampleTokens } from "../src/samples/types";
import { createRandom, words } from "./data";

export const VERSES =
  "shall i compare thee to a winter's day?\nthou art more lonely,\n\tand the rain will stay\n\nand stay.";
export const CHINESE_VERSES = "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。";
export const HEBREW_VERSES = "השמש זרחה על ההר,\nand the translator wrote 12 lines\nוהרוח נשבה.";
export const ARABIC_VERSES = "ذهبت المترجمة إلى السوق\nواشترت تفاحا و 3 كتب.";
export const EMOJI_TEXT = "👩‍👩‍👧 went to 🇫🇷 with ❤️ and 👍🏽, e\u0301te\u0301, Z̷͎̈a̶͖͝l̵̰̀g̶͎̃o̵";
export const HALF_TEXT = "caf\ufffd\ufffd and \ud83d and \udc00 \ufffd";
export const CONTROLS =
  "bell \u0007 nul \0 escape \u001b[31m return \r\n override \u202egnp.exe\u202c isolate \u2066x\u2069 zero\u200bwidth";
export const MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)> &lt; {@html x} </div>";
export const HOSTILE_TOKENS = ["<script>", "שלום", "👩‍👩‍👧", "\n", "", "\u202e", " ", "\ud83d", "語", "</s>"];
export const LONG_LINE = "x".repeat(5000) + words(1000, 9).join(" ").slice(0, 5000);

/** Cuts a text as a byte-level or a word-level model would, with what the first tokens of a character add left out. */
export function tokensOf(text: string, { seed = 1, unit = "word" as "word" | "byte", missing = 0 } = {}): SampleTokens {
  const random = createRandom(seed);
  const pieces =
    unit === "word"
      ? (text.match(/\s?[^\s]{1,7}|\s/gu) ?? [])
      : Array.from(text).flatMap((character) => [
          ...Array<string>(new TextEncoder().encode(character).length - 1).fill(""),
          character,
        ]);
  let end = 0;
  return {
    tokens: pieces,
    stretches: pieces.map((piece) => {
      end += piece.length;
      return { start: end - piece.length, end };
    }),
    probabilities: Float32Array.from(pieces, () => (random() < missing ? Number.NaN : 2 ** (-9 * random() ** 3))),
    ranks: pieces.map(() => 1 + Math.floor(20 * random() ** 4)),
  };
}

/** A beam search that keeps `beams` hypotheses at each depth, some of which end early. */
export function generateTree(beams: number, depth: number, vocabulary: readonly string[], seed = 1): BeamNode[] {
  const random = createRandom(seed);
  const nodes: BeamNode[] = [];
  let alive: number[] = [-1];
  for (let at = 0; at < depth; at++) {
    const candidates = alive.flatMap((parent) =>
      Array.from({ length: at === 0 ? beams : 2 }, () => {
        const probability = 2 ** (-3 * random() ** 2);
        const score = (nodes[parent]?.score ?? 0) + Math.log(probability);
        const token = vocabulary[Math.floor(random() * vocabulary.length)] as string;
        return {
          parent,
          token,
          probability,
          score,
          best: false,
          end: at === depth - 1 || (at > depth / 2 && random() < 0.01),
        };
      }),
    );
    const kept = candidates.sort((one, other) => other.score - one.score).slice(0, beams);
    const firstNew = nodes.length;
    nodes.push(...kept);
    alive = kept.flatMap(({ end }, i) => (end ? [] : [firstNew + i]));
    if (alive.length === 0) break;
  }
  const ends = nodes
    .filter(({ end }, i) => end && i >= nodes.length - beams)
    .sort((one, other) => other.score - one.score);
  for (let node = ends[0]; node !== undefined; node = nodes[node.parent]) node.best = true;
  return nodes;
}
