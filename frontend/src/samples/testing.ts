/** Series of samples for tests. */

import { encodeFrame } from "../testing/frames";
import type { SampleKey } from "../wire/schema.gen";
import type { SampleSeries, SampleSetup } from "./types";

export function key(some: Partial<SampleKey> = {}): SampleKey {
  return { prompt: 0, temperature: 1, repeat: 0, beams: 0, ...some };
}

export function setupOf(some: Partial<SampleSetup> = {}): SampleSetup {
  return { prompts: ["Once"], references: [], samples: [key()], ...some };
}

/** A series with one setup, from the texts of each step. */
export function seriesOf(setup: SampleSetup, steps: Record<number, readonly string[]>, run = "run"): SampleSeries {
  const numbers = Object.keys(steps).map(Number);
  return {
    run,
    tag: "samples/probe",
    steps: numbers,
    texts: numbers.map((step) => steps[step] as readonly string[]),
    setups: numbers.map(() => setup),
  };
}

/** Returns a frame without arrays as it is stored: compressed. */
export async function storedHeader(header: object): Promise<Uint8Array> {
  const stream = new Blob([encodeFrame(header, {}, {})]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Returns where each of several frames ends that lie one after the other. */
export function endsOf(frames: readonly Uint8Array[]): BigInt64Array {
  let end = 0;
  return BigInt64Array.from(frames, ({ length }) => {
    end += length;
    return BigInt(end);
  });
}
