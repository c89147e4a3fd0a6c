/** The tokens of one sample, fetched while a component shows them. */

import { type BlobAddress, type RecordAddress, RequestFailure } from "../../host/api";
import { attempt, successOf } from "../../store/attempt";
import type { Blobs } from "../../store/blobs.svelte";
import type { Frame } from "../../wire/frame";
import type { SampleHeader, SamplesHeader } from "../../wire/schema.gen";
import type { Alternative, BeamNode, SampleTokens } from "../types";
import { alternativesOf, readHeader, tokensOf, treeOf } from "./tokens";

/** What is to be read, and how much of it. */
export interface Reading {
  address: RecordAddress;
  sample: number;
  text: string;
  tokens: boolean;
  /** The token whose alternatives are wanted. */
  token: number | null;
  tree: boolean;
}

/** Tokens once decoded, by blob and sample; gone with the blob. */
const decoded = new WeakMap<Frame, Map<number, SampleTokens>>();

export class SampleReader {
  #header = $derived.by((): SamplesHeader | RequestFailure | null => {
    const frame = this.#blob(0);
    return frame && attempt(() => readHeader(frame));
  });
  header = $derived.by((): SamplesHeader | null => successOf(this.#header));
  sample = $derived.by((): SampleHeader | null => {
    const reading = this.reading();
    return (reading && this.header?.samples[reading.sample]) ?? null;
  });
  #tokens = $derived.by((): SampleTokens | RequestFailure | null => {
    const { header, sample } = this;
    const reading = this.reading();
    const frame = reading?.tokens && sample ? this.#blob(sample.blob) : null;
    if (!reading || !frame || !header || !sample) return null;
    const known = decoded.get(frame) ?? new Map<number, SampleTokens>();
    decoded.set(frame, known);
    const tokens = known.get(reading.sample) ?? attempt(() => tokensOf(header, sample, frame, reading.text));
    if (!(tokens instanceof RequestFailure)) known.set(reading.sample, tokens);
    return tokens;
  });
  tokens = $derived.by((): SampleTokens | null => successOf(this.#tokens));
  #alternatives = $derived.by((): Alternative[] | RequestFailure | null => {
    const { header, sample } = this;
    const token = this.reading()?.token ?? null;
    const frame = token !== null && sample ? this.#blob(sample.alternatives) : null;
    return frame && header && sample && token !== null
      ? attempt(() => alternativesOf(header, sample, frame, token))
      : null;
  });
  alternatives = $derived.by((): Alternative[] | null => successOf(this.#alternatives));
  #tree = $derived.by((): BeamNode[] | RequestFailure | null => {
    const { header, sample } = this;
    const frame = this.reading()?.tree && sample ? this.#blob(sample.tree) : null;
    return frame && header ? attempt(() => treeOf(header, frame)) : null;
  });
  tree = $derived.by((): BeamNode[] | null => successOf(this.#tree));
  /** Why something of it cannot be had. */
  failure = $derived.by((): RequestFailure | null => {
    const found = this.#wanted.map((address) => this.blobs().get(address));
    const read = [this.#header, this.#tokens, this.#alternatives, this.#tree];
    return [...found, ...read].find((one) => one instanceof RequestFailure) ?? null;
  });

  #wanted = $derived.by((): BlobAddress[] => {
    const reading = this.reading();
    if (!reading) return [];
    const { blob = -1, alternatives = -1, tree = -1 } = this.sample ?? {};
    const indices = [
      0,
      reading.tokens ? blob : -1,
      reading.token === null ? -1 : alternatives,
      reading.tree ? tree : -1,
    ];
    return indices.filter((index) => index >= 0).map((index) => ({ ...reading.address, index }));
  });

  /** To be made by a component, and gone with it. `reading` returns null while nothing is to be read. */
  constructor(
    private readonly blobs: () => Blobs,
    private readonly reading: () => Reading | null,
  ) {
    blobs().keep(() => this.#wanted);
  }

  #blob(index: number): Frame | null {
    const reading = this.reading();
    return reading && index >= 0 ? successOf(this.blobs().get({ ...reading.address, index })) : null;
  }
}
