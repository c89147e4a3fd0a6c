/** How wide texts are where no browser can be asked: as wide as the broadest of the usual fonts without serifs draws them. */

import { type Fonts, NAME_SIZE, SMALL_SIZE } from "./boxes";

/** Thousandths of the size of a letter, from the space to the tilde; of DejaVu Sans, which is broader than Roboto, Arial or Segoe UI. */
const WIDTHS = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
  748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
  615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
  337, 636, 838,
];
const FIRST = 0x20;
const USUAL = 850;
const FULL = 1000;
const WIDE = /[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹯＀-｠￠-￦\u{20000}-\u{3fffd}]|\p{Extended_Pictographic}|→|⚠/u;
const NONE = /\p{M}|\p{Cf}/u;

/** How much broader names are, which are set in a heavier weight. */
const HEAVIER = 1.1;

export const PLAIN_FONTS: Fonts = {
  name: (text) => NAME_SIZE * HEAVIER * ems(text),
  small: (text) => SMALL_SIZE * ems(text),
};

function ems(text: string): number {
  let sum = 0;
  for (const character of text) sum += widthOf(character);
  return sum / 1000;
}

function widthOf(character: string): number {
  const known = WIDTHS[(character.codePointAt(0) as number) - FIRST];
  if (known !== undefined) return known;
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? FULL : USUAL;
}
