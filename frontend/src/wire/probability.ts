/** Probabilities in two bytes each, see `tb_seqviz_plugin/schema/samples.py`. */

import { arrayOf, type Frame } from "./frame";

const CODES_PER_HALVING = 1024;
const ZERO = 65534;
const NOT_A_NUMBER = 65535;

/** Returns the probability that two bytes stand for. */
export function decodeProbability(high: number, low: number): number {
  const code = 256 * high + low;
  if (code === NOT_A_NUMBER) return Number.NaN;
  return code === ZERO ? 0 : 2 ** (-code / CODES_PER_HALVING);
}

/** Returns `count` probabilities of a frame: the high bytes of all, then the low ones. */
export function probabilitiesOf(frame: Frame, first: number, count: number): number[] {
  const codes = arrayOf(frame, "probability", Uint8Array).data;
  const low = codes.length / 2;
  return Array.from({ length: count }, (_, index) =>
    decodeProbability(codes[first + index] ?? 255, codes[low + first + index] ?? 255),
  );
}
