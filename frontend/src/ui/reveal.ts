/** Where to scroll a list so that one of its items is in sight. */

/** The ends of a stretch, in pixels. */
export interface Stretch {
  from: number;
  to: number;
}

/** Returns by how much to scroll, the least that does it; an item taller than the list shows its beginning. */
export function scrollNeeded(item: Stretch, sight: Stretch): number {
  if (item.from < sight.from || item.to - item.from > sight.to - sight.from) return item.from - sight.from;
  return Math.max(0, item.to - sight.to);
}

/** Scrolls the list to the item, and unlike `scrollIntoView` nothing around the list. `covered`: pixels under a header. */
export function revealIn(list: HTMLElement, item: HTMLElement, covered = 0): void {
  const { top, bottom } = list.getBoundingClientRect();
  const { top: from, bottom: to } = item.getBoundingClientRect();
  list.scrollTop += scrollNeeded({ from, to }, { from: top + covered, to: bottom });
}
