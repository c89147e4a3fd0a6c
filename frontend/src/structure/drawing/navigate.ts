/** Where the arrow keys go from a box of the drawing. */

import type { Item } from "../tree";
import type { Scene, SceneBox } from "./scene";

export type Direction = "up" | "down" | "left" | "right";

interface Flow {
  /** Items that tensors go on to, or come from, by key. */
  down: Map<string, Set<string>>;
  up: Map<string, Set<string>>;
}

/** Returns the key of the box to go to, null if there is none that way. */
export function moveFrom(scene: Scene, flow: Flow, key: string | null, direction: Direction): string | null {
  const boxes = new Map(scene.boxes.map((box) => [box.item.key, box]));
  const from = key === null ? undefined : boxes.get(key);
  if (!from) return scene.boxes.find(({ isOpen }) => !isOpen)?.item.key ?? null;
  if (direction === "left" || direction === "right") return beside(scene, from, direction);
  if (direction === "down" && from.isOpen) return from.item.children[0]?.key ?? null;
  const next = [...(flow[direction].get(from.item.key) ?? [])].flatMap((other) => boxes.get(other) ?? []);
  const distance = (box: SceneBox) => Math.abs(middleX(box) - middleX(from)) + Math.abs(box.y - from.y);
  next.sort((one, other) => distance(one) - distance(other));
  return next[0]?.item.key ?? (direction === "up" ? (from.item.parent?.key ?? null) : null);
}

/** Returns which visible boxes each tensor connects; `ends`: items of the record's edges. */
export function flowOf(scene: Scene, ends: Iterable<readonly [Item, Item]>): Flow {
  const closed = new Set(scene.boxes.filter(({ isOpen }) => !isOpen).map(({ item }) => item.key));
  const seen = new Map<Item, string | null>();
  const visible = (item: Item): string | null => {
    let found = seen.get(item);
    if (found === undefined) {
      found = closed.has(item.key) ? item.key : item.parent ? visible(item.parent) : null;
      seen.set(item, found);
    }
    return found;
  };
  const flow: Flow = { down: new Map(), up: new Map() };
  const add = (map: Map<string, Set<string>>, from: string, to: string) => {
    const set = map.get(from) ?? new Set();
    map.set(from, set.add(to));
  };
  for (const [source, target] of ends) {
    const [from, to] = [visible(source), visible(target)];
    if (from === null || to === null || from === to) continue;
    add(flow.down, from, to);
    add(flow.up, to, from);
  }
  return flow;
}

/** The nearest box at the same height on one side. */
function beside({ boxes }: Scene, from: SceneBox, side: "left" | "right"): string | null {
  const sign = side === "right" ? 1 : -1;
  const candidates = boxes
    .filter(({ isOpen, y, height }) => !isOpen && y < from.y + from.height && y + height > from.y)
    .map((box) => ({ key: box.item.key, distance: sign * (middleX(box) - middleX(from)) }))
    .filter(({ distance }) => distance > 0)
    .sort((one, other) => one.distance - other.distance);
  return candidates[0]?.key ?? null;
}

function middleX({ x, width }: SceneBox): number {
  return x + width / 2;
}
