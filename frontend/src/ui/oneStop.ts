/** Lists that are one tab stop: the arrows, Home and End go through them. */

import { optionAfter } from "./caption";

/** Returns the tabindex of an item; `stop` is the one that has the focus next, the first where that is not there. */
export function tabIndexOf(index: number, stop: number): 0 | -1 {
  return index === Math.max(0, stop) ? 0 : -1;
}

/** Moves the focus inside of a list; `items` selects what it goes through. */
export function moveInList(
  event: KeyboardEvent & { currentTarget: HTMLElement },
  items = "[role=option]",
  [back, on]: readonly [string, string] = ["ArrowUp", "ArrowDown"],
): void {
  if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(items)];
  const key = event.key === back ? "ArrowUp" : event.key === on ? "ArrowDown" : event.key;
  if (event.key.startsWith("Arrow") && event.key !== back && event.key !== on) return;
  const to = optionAfter(all, all.indexOf(document.activeElement as HTMLElement), key);
  if (to === null) return;
  all[to]?.focus();
  event.preventDefault();
  event.stopPropagation();
}
