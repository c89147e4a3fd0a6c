/** Sizes of the cards of the wall, in CSS pixels. */

/** Side of a head in small. */
export const PICTURE = 88;
export const CARD_HEIGHT = PICTURE + 88;
const ALONE = 132;
const BESIDE_B = 2 * PICTURE + 20;

export function cardWidth(isCompared: boolean): number {
  return isCompared ? BESIDE_B : ALONE;
}

/** Returns how many cards stand beside each other. */
export function cardsPerRow(width: number, isCompared: boolean): number {
  return Math.max(1, Math.floor(width / cardWidth(isCompared)));
}
