/** Where lines meet the boxes that they come from and go to: apart from each other, and as straight as can be. */

export interface Point {
  x: number;
  y: number;
}

/** Where lines pass the border of an open group, along it, by port. */
export type Ports = Readonly<Record<string, number>>;

export interface End {
  start: Point;
  stop: Point;
}

interface Target extends Point {
  width: number;
  height: number;
  ports: Ports;
}

interface Ended {
  from: string;
  to: string;
  fromPort: string;
  toPort: string;
}

const APART = 14;
const MARGIN = 10;

/**
 * Returns both ends of each line; null for those without bends, which go from a box to itself.
 *
 * `bends`: where each goes in between, at least one point. `find` returns the box of a key, or a port of the group as a box without size.
 */
export function spreadEnds(
  lines: readonly Ended[],
  bends: readonly (readonly Point[] | null)[],
  find: (key: string) => Target,
): (End | null)[] {
  const ends = lines.map(() => ({ start: { x: 0, y: 0 }, stop: { x: 0, y: 0 } }));
  const sides = new Map<string, { target: Target; wanted: { point: Point; x: number }[] }>();
  lines.forEach(({ from, to, fromPort, toPort }, index) => {
    const bend = bends[index];
    const end = ends[index];
    if (!bend || !end) return;
    const [first, last] = [bend[0] as Point, bend[bend.length - 1] as Point];
    for (const [key, port, next, point] of [
      [from, fromPort, first, end.start],
      [to, toPort, last, end.stop],
    ] as const) {
      const target = find(key);
      const isAbove = next.y < target.y + target.height / 2;
      point.y = isAbove ? target.y : target.y + target.height;
      const x = target.ports[port];
      if (x !== undefined) point.x = target.x + x;
      else {
        const name = `${key}\n${isAbove}`;
        const side = sides.get(name) ?? { target, wanted: [] };
        sides.set(name, side);
        side.wanted.push({ point, x: next.x });
      }
    }
  });
  for (const { target, wanted } of sides.values()) {
    wanted.sort((one, other) => one.x - other.x);
    const [least, most] =
      target.width > 0 ? [target.x + MARGIN, target.x + target.width - MARGIN] : [target.x, target.x];
    const places = apart(
      wanted.map(({ x }) => x),
      least,
      most,
    );
    wanted.forEach(({ point }, at) => {
      point.x = places[at] as number;
    });
  }
  return ends.map((end, i) => (bends[i] ? end : null));
}

/** Moves rising places as little as needed to lie between two bounds, and apart from each other as far as there is room. */
export function apart(wanted: readonly number[], least: number, most: number): number[] {
  const gap = Math.min(APART, wanted.length > 1 ? (most - least) / (wanted.length - 1) : 0);
  const places: number[] = [];
  wanted.forEach((x, index) => {
    places.push(Math.max(x, index > 0 ? (places[index - 1] as number) + gap : least));
  });
  for (let at = places.length - 1; at >= 0; at--) {
    const limit = at === places.length - 1 ? most : (places[at + 1] as number) - gap;
    places[at] = Math.min(places[at] as number, limit);
  }
  return places;
}
