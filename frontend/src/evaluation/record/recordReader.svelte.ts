/** Records of one step, a run each: what they say of themselves, and their curves and matrices while those are shown. */

import { untrack } from "svelte";
import { type BlobAddress, type RecordAddress, RequestFailure } from "../../host/api";
import { attempt, successOf } from "../../store/attempt";
import type { Blobs } from "../../store/blobs.svelte";
import { seriesKey } from "../../store/catalogue.svelte";
import type { Frame } from "../../wire/frame";
import type { EvaluationHeader } from "../../wire/schema.gen";
import { type Curve, curvesOf, readHeader } from "./figures";

export interface EvaluationRecord {
  run: string;
  header: EvaluationHeader;
  /** None while they are not wanted. */
  curves: readonly Curve[];
  /** Blob of the curves and matrices; null where there are none. */
  figures: Frame | null;
}

type Found<Value> = Value | RequestFailure | null;

export class RecordReader {
  #headers = $derived.by(() => this.addresses().map((address) => this.#header(address)));
  #found = $derived.by(() => this.addresses().map((address, at) => this.#record(address, this.#headers[at] ?? null)));
  /** Those that were there last stay until those of this step are, also while no server answers. */
  #held = $state.raw<ReadonlyMap<string, EvaluationRecord>>(new Map());
  /** Whether there are any, and all could be read. */
  isThere = $derived.by(() => this.#found.length > 0 && this.#found.every((one) => successOf(one) !== null));
  records = $derived.by((): EvaluationRecord[] =>
    this.addresses().flatMap((address, at) => {
      const found = this.#found[at] ?? null;
      const isAwaited = found === null || (found instanceof RequestFailure && found.reason === "gone");
      return (isAwaited ? this.#held.get(seriesKey(address)) : successOf(found)) ?? [];
    }),
  );
  /** Why others are not there, by run. */
  failures = $derived.by((): ReadonlyMap<string, RequestFailure> => {
    const failed = new Map<string, RequestFailure>();
    this.addresses().forEach(({ run }, at) => {
      const found = this.#found[at];
      if (found instanceof RequestFailure) failed.set(run, found);
    });
    return failed;
  });

  /** To be made in an effect, and gone with it. `wantsFigures`: whether curves and matrices are shown. */
  constructor(
    private readonly blobs: Blobs,
    private readonly addresses: () => readonly RecordAddress[],
    private readonly wantsFigures: () => boolean,
  ) {
    blobs.keep(() =>
      addresses().flatMap((address, at): BlobAddress[] => {
        const figures = this.#figuresOf(this.#headers[at] ?? null);
        return [0, ...(figures > 0 ? [figures] : [])].map((index) => ({ ...address, index }));
      }),
    );
    $effect(() => {
      const there = addresses().flatMap((address, at) => {
        const key = seriesKey(address);
        const record = successOf(this.#found[at] ?? null) ?? untrack(() => this.#held.get(key));
        return record ? [[key, record] as const] : [];
      });
      this.#held = new Map(there);
    });
  }

  #header(address: RecordAddress): Found<EvaluationHeader> {
    const frame = this.blobs.get({ ...address, index: 0 });
    return frame instanceof RequestFailure || !frame ? frame : attempt(() => readHeader(frame));
  }

  #record(address: RecordAddress, header: Found<EvaluationHeader>): Found<EvaluationRecord> {
    if (!header || header instanceof RequestFailure) return header;
    const index = this.#figuresOf(header);
    const { run } = address;
    if (index < 1) return { run, header, curves: [], figures: null };
    const figures = this.blobs.get({ ...address, index });
    if (!figures || figures instanceof RequestFailure) return figures;
    return attempt(() => ({ run, header, curves: curvesOf(header, figures), figures }));
  }

  /** Returns the index of the blob with the figures; -1 where none is wanted. */
  #figuresOf(header: Found<EvaluationHeader>): number {
    return header && !(header instanceof RequestFailure) && this.wantsFigures() ? header.figures : -1;
  }
}
