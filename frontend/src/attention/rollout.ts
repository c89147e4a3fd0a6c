/**
 * Attention rollout (Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers", section 3): the product over layers of 0.5 mean
 * over heads + 0.5 identity, each row as a share of its sum. The same as `records/attention/rollout.py`.
 */

import { quantisedRows } from "./quantise";
import type { HeadMatrix } from "./record/matrix";
import { LEVEL_SHARES } from "./weights";

/** float64 [256]: by how much a weight of each level may differ from the true one, as a share of its row's scale. */
const LEVEL_ERRORS = Float64Array.from({ length: 256 }, (_, level) => (level + 0.25) / 255 ** 2);

export class Rollout {
  /** float32 [tokens, tokens], of the layers so far; of none the identity. */
  #product: Float32Array;
  /** Rows that hold what is not finite, or take from such a row. */
  #broken: Uint8Array;
  #largest = 1;
  #bound = 0;

  constructor(private readonly tokens: number) {
    this.#product = new Float32Array(tokens * tokens);
    for (let at = 0; at < tokens; at++) this.#product[at * tokens + at] = 1;
    this.#broken = new Uint8Array(tokens);
  }

  /** Puts a layer on top, with a stop after each row, so that a page goes on meanwhile. `heads`: all of the layer. */
  *add(heads: readonly HeadMatrix[]): Generator<undefined, void> {
    const { tokens } = this;
    const product = new Float32Array(tokens * tokens);
    const broken = new Uint8Array(tokens);
    const [mean, sum] = [new Float64Array(tokens), new Float64Array(tokens)];
    let [largest, error] = [0, 0];
    for (let query = 0; query < tokens; query++) {
      const { isBroken, total, differs } = meanOfRow(heads, query, mean);
      broken[query] = Number(isBroken || this.#takesBroken(mean, query));
      if (!broken[query]) {
        this.#multiply(mean, query, sum);
        const share = 1 / (1 + total);
        for (let key = 0, cell = query * tokens; key < tokens; key++, cell++) {
          const weight = (sum[key] as number) * share;
          product[cell] = weight;
          if (weight > largest) largest = weight;
        }
        // The row's sum differs, too.
        error = Math.max(error, 2 * differs * share);
      }
      yield;
    }
    this.#bound += error * this.#largest;
    [this.#product, this.#broken, this.#largest] = [product, broken, largest];
  }

  /** Returns the product of all layers so far. */
  matrix(): HeadMatrix {
    const { tokens } = this;
    return quantisedRows(tokens, tokens, this.#bound, (query, row) => {
      if (this.#broken[query]) row.fill(Number.NaN);
      else row.set(this.#product.subarray(query * tokens, (query + 1) * tokens));
    });
  }

  /** Whether a row takes from one that is broken; the residual connection takes from the row itself. */
  #takesBroken(mean: Float64Array, query: number): boolean {
    return this.#broken.some((isBroken, key) => isBroken && (key === query || mean[key] !== 0));
  }

  /** Writes the row of (mean + identity) × product, float64 [tokens]. */
  #multiply(mean: Float64Array, query: number, sum: Float64Array): void {
    const tokens = this.tokens;
    const product = this.#product;
    for (let key = 0, cell = query * tokens; key < tokens; key++, cell++) sum[key] = product[cell] as number;
    // Four at a time, so that a sum is read and written a quarter as often.
    for (let first = 0; first < tokens; first += 4) {
      const [a, b, c, d] = [0, 1, 2, 3].map((at) => mean[first + at] ?? 0) as [number, number, number, number];
      if (a === 0 && b === 0 && c === 0 && d === 0) continue;
      const row = (at: number) => Math.min(first + at, tokens - 1) * tokens;
      let [atA, atB, atC, atD] = [row(0), row(1), row(2), row(3)];
      for (let key = 0; key < tokens; key++) {
        sum[key] =
          (sum[key] as number) +
          a * (product[atA++] as number) +
          b * (product[atB++] as number) +
          c * (product[atC++] as number) +
          d * (product[atD++] as number);
      }
    }
  }
}

/** Writes the mean of a row over heads, float64 [keys]; returns whether it has what is not finite, its sum, and by how much it may differ. */
function meanOfRow(heads: readonly HeadMatrix[], query: number, mean: Float64Array) {
  mean.fill(0);
  const keys = mean.length;
  let [isBroken, differs, total] = [false, 0, 0];
  for (const { levels, scale, invalid } of heads) {
    const share = (scale[query] as number) / heads.length;
    let errors = 0;
    for (let key = 0, cell = query * keys; key < keys; key++, cell++) {
      const level = levels[cell] as number;
      mean[key] = (mean[key] as number) + share * (LEVEL_SHARES[level] as number);
      errors += LEVEL_ERRORS[level] as number;
      if (invalid?.[cell]) isBroken = true;
    }
    differs += share * errors;
  }
  for (let key = 0; key < keys; key++) total += mean[key] as number;
  return { isBroken: isBroken || !Number.isFinite(total), total, differs };
}
