/** What the file holds, as `tb_seqviz_plugin/server/onefile/file.py` writes it. */

import { gunzip } from "../wire/gunzip";
import { unpack } from "./unpack";

/** Chunks that were asked for last are kept; each holds a megabyte or one large blob. */
const KEPT = 8;

export class Held {
  readonly #chunks: NodeListOf<Element>;
  readonly #recent = new Map<number, Promise<ArrayBuffer>>();

  constructor(private readonly from: Document) {
    this.#chunks = from.querySelectorAll('script[type="seqviz/chunk"]');
  }

  /** Returns the one part of a kind. */
  part(kind: string): Promise<ArrayBuffer> {
    return expanded(this.from.querySelector(`script[type="seqviz/${kind}"]`));
  }

  chunk(at: number): Promise<ArrayBuffer> {
    const chunk = this.#recent.get(at) ?? expanded(this.#chunks[at]);
    // The one used last is the last to go.
    this.#recent.delete(at);
    this.#recent.set(at, chunk);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > KEPT && oldest !== undefined) this.#recent.delete(oldest);
    return chunk;
  }
}

function expanded(element: Element | null | undefined): Promise<ArrayBuffer> {
  return gunzip(unpack(element?.textContent ?? ""));
}
