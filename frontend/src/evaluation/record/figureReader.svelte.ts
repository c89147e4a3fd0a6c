/** The curves and confusion matrices at A and at B, fetched while a component shows them. */

import { type BlobAddress, type RecordAddress, RequestFailure } from "../../host/api";
import { attempt, successOf } from "../../store/attempt";
import type { Frame } from "../../wire/frame";
import type { EvaluationHeader } from "../../wire/schema.gen";
import type { EvaluationState } from "../state.svelte";
import { type Curve, confusionOf, curvesOf, readHeader } from "./figures";

export class FigureReader {
  #address = $derived.by(() => this.evaluation().addressOf(this.side));
  #header = $derived.by((): EvaluationHeader | RequestFailure | null => {
    const frame = this.#blob(0);
    return frame && attempt(() => readHeader(frame));
  });
  header = $derived.by(() => successOf(this.#header));
  #figures = $derived.by(() => (this.header && this.header.figures > 0 ? this.#blob(this.header.figures) : null));
  #curves = $derived.by((): Curve[] | RequestFailure | null => {
    const { header } = this;
    const frame = this.#figures;
    return header && frame && attempt(() => curvesOf(header, frame));
  });
  curves = $derived.by((): Curve[] => successOf(this.#curves) ?? []);
  /** Of the chosen slice, or else of the whole set. */
  confusion = $derived.by(() => successOf(this.#confusion));
  #confusion = $derived.by((): { slice: string; counts: ArrayLike<number> } | RequestFailure | null => {
    const { header } = this;
    const frame = this.#figures;
    const evaluation = this.evaluation();
    if (!header || !frame || !evaluation.setup) return null;
    const wish = evaluation.row?.slice ?? "";
    const slice = header.confusion.includes(wish) ? wish : header.confusion[0];
    const { classes } = evaluation.setup;
    // Another run may have other classes, or name them in another order.
    if (this.side === "b" && !isSame(evaluation.examples.setupB?.classes, classes)) return null;
    if (slice === undefined) return null;
    const counts = attempt(() => confusionOf(header, frame, slice, classes.length));
    return counts === null || counts instanceof RequestFailure ? counts : { slice, counts };
  });
  /** Why there is nothing, or not all of it. */
  failure = $derived.by((): RequestFailure | null => {
    const asked = [this.#headerAt, this.#figuresAt].filter((address) => address !== null);
    const found = asked.map((address) => this.evaluation().blobs.get(JSON.parse(address)));
    const read = [...found, this.#header, this.#curves, this.#confusion];
    return read.find((one) => one instanceof RequestFailure) ?? null;
  });
  isThere = $derived.by(() => this.header !== null && (this.header.figures < 1 || this.#figures !== null));

  // As text, so that they change only with what they say.
  #headerAt = $derived.by(() => this.#at(0));
  #figuresAt = $derived.by(() => (this.header && this.header.figures > 0 ? this.#at(this.header.figures) : null));

  /** To be made by a component, and gone with it. */
  constructor(
    private readonly evaluation: () => EvaluationState,
    private readonly side: "a" | "b",
  ) {
    $effect(() => this.#want(this.#headerAt));
    $effect(() => this.#want(this.#figuresAt));
  }

  #at(index: number): string | null {
    const address = this.#address;
    return address && JSON.stringify({ ...address, index } satisfies BlobAddress);
  }

  #want(address: string | null): (() => void) | undefined {
    return address === null ? undefined : this.evaluation().blobs.want(JSON.parse(address));
  }

  #blob(index: number): Frame | null {
    const address: RecordAddress | null = this.#address;
    const found = address ? this.evaluation().blobs.get({ ...address, index }) : null;
    return found instanceof RequestFailure ? null : found;
  }
}

function isSame(one: readonly string[] | undefined, other: readonly string[]): boolean {
  return one?.length === other.length && one.every((name, place) => name === other[place]);
}
