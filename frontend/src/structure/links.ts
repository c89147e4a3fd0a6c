/** Where else there is more of a layer. */

import type { Session } from "../store/session.svelte";
import type { StructureNode } from "../wire/schema.gen";
import { phrases } from "./language";
import type { Item } from "./tree";

export class Links {
  /** `run`: the one that is drawn. */
  constructor(
    private readonly session: Session,
    private readonly run: () => string | null,
  ) {}

  /** Returns the example whose attention records have this layer, as far as is known; null where there is none. */
  attentionOf({ attention }: StructureNode): string | null {
    if (!attention) return null;
    const names = this.session.catalogue.list?.series
      .filter(({ kind, run }) => kind === "attention" && run === this.run())
      .map(({ name }) => name);
    const last = this.session.place.examples.attention;
    return names?.find((name) => name === last) ?? names?.[0] ?? null;
  }

  /** Goes to the weights of an attention layer. */
  showAttention(node: StructureNode): void {
    const example = this.attentionOf(node);
    const run = this.run();
    if (example !== null && run !== null) this.session.goTo("attention", run, example, { layer: node.attention });
  }

  /** Returns the name of the vectors that were logged of a layer, which TensorBoard's Projector has too; null where there are none. */
  vectorsOf({ path, role }: StructureNode): string | null {
    if (role !== "embedding") return null;
    const series = this.session.catalogue.list?.series ?? [];
    const isOf = (name: string) => name === path || name.endsWith(`/${path}`);
    return (
      series.find(({ kind, run, name }) => kind === "embeddings" && run === this.run() && isOf(name))?.name ?? null
    );
  }

  showVectors(node: StructureNode): void {
    const name = this.vectorsOf(node);
    const run = this.run();
    if (name !== null && run !== null) this.session.goTo("embeddings", run, name);
  }

  /** Where else there is more of an item, in words; null for nowhere. */
  nameOf({ kind, node }: Item): string | null {
    if (kind !== "layer" || !node) return null;
    if (this.attentionOf(node) !== null) return phrases.SHOW_ATTENTION;
    return this.vectorsOf(node) === null ? null : phrases.SHOW_VECTORS;
  }

  /** Goes there. */
  follow({ node }: Item): void {
    if (!node) return;
    if (this.attentionOf(node) !== null) this.showAttention(node);
    else this.showVectors(node);
  }
}
