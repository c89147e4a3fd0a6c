/** Measures with the fonts of the page, each text once. */

import { measureWith } from "../../tokens/labels";
import { type Fonts, NAME_SIZE, SMALL_SIZE } from "./boxes";
import { FAMILY } from "./palette";

let known: Fonts | null = null;

export function fonts(): Fonts {
  known ??= {
    name: remembering(measureWith(`500 ${NAME_SIZE}px ${FAMILY}`)),
    small: remembering(measureWith(`${SMALL_SIZE}px ${FAMILY}`)),
  };
  return known;
}

function remembering(widthOf: (text: string) => number): (text: string) => number {
  const widths = new Map<string, number>();
  return (text) => {
    const width = widths.get(text) ?? widthOf(text);
    widths.set(text, width);
    return width;
  };
}
