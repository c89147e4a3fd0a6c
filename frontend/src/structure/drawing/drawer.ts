/** Lays out what is to be drawn; where nobody opened anything, opened as far as all of it can be read. */

import type { Size } from "../../draw/viewport";
import type { GroupLayout } from "../layout/layout";
import { Layouter } from "../layout/layouter";
import { lineage, type Tree } from "../tree";
import { openTo } from "./opening";
import { type Source, specOf } from "./scene";
import { fills } from "./viewport";

export const MOST_LEVELS = 6;
/** As many groups of a level are tried by themselves. */
const MOST_TRIED = 12;

export interface Drawn {
  source: Source;
  layout: GroupLayout;
}

export class Drawer {
  #layouter: Layouter;
  #wanted: Source | null = null;

  constructor(layouter = new Layouter()) {
    this.#layouter = layouter;
  }

  /** Has the layouter load beside what is to be drawn. */
  prepare(): void {
    this.#layouter.prepare();
  }

  end(): void {
    this.#layouter.end();
  }

  /** Returns the drawing, in a room to be filled if one is given; null where another one was asked for since. */
  async draw(source: Source, room: Size | null): Promise<Drawn | null> {
    this.#wanted = source;
    const layOut = async (of: Source): Promise<Drawn | null> => {
      // A drawing that is no longer wanted takes no turn of the one that is.
      const layout = this.#wanted === source ? await this.#layouter.layOut(specOf(of)) : null;
      return layout && { source: of, layout };
    };
    const drawn = await (room ? openUntilFull(source, room, layOut) : layOut(source));
    return this.#wanted === source ? drawn : null;
  }
}

/** Opens level by level, and of one that is too large group by group. `layOut`: returns null where it is to end. */
async function openUntilFull(
  source: Source,
  room: Size,
  layOut: (source: Source) => Promise<Drawn | null>,
): Promise<Drawn | null> {
  const { tree } = source;
  let best = await layOut(source);
  for (let level = 2; best && level <= MOST_LEVELS; level++) {
    const { open } = best.source;
    const closed = [...openTo(tree, level, source.mostAlike)].filter(
      (key) => !open.has(key) && isWithinOpen(tree, key, open),
    );
    // All of the level first, so that what is alike is drawn alike.
    const tried = closed.length > 1 ? [closed, ...closed.slice(0, MOST_TRIED).map((key) => [key])] : [closed];
    if (closed.length === 0) break;
    for (const keys of tried) {
      const next: Drawn | null = await layOut({ ...source, open: new Set([...best.source.open, ...keys]) });
      if (!next) return null;
      if (!fills(next.layout, room)) continue;
      best = next;
      if (keys === closed) break;
    }
  }
  return best;
}

function isWithinOpen(tree: Tree, key: string, open: ReadonlySet<string>): boolean {
  const item = tree.byKey.get(key);
  return item !== undefined && lineage(item).every(({ key: other }) => other === key || open.has(other));
}
