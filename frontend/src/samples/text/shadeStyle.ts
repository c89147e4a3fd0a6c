/** The looks of marks on text. Style sheets of components know no names that are made of numbers. */

import { css } from "../../draw/colour";
import type { Theme } from "../../draw/inks";
import { DARKEST, shadeColours } from "./shades";

const THEMES: readonly Theme[] = ["light", "dark"];

/** Returns rules for texts of class `sample-text` and of their theme. */
export function shadeStyle(): string {
  const rules = THEMES.flatMap((theme) => {
    const colours = shadeColours(theme).map(css);
    const shades = Array.from({ length: DARKEST }, (_, i) => {
      return mark(theme, `shade-${i + 1}`, `background-color: ${colours[i + 1]}; color: var(--ink)`);
    });
    return [
      ...shades,
      mark(theme, "unknown", "text-decoration: underline dotted 2px var(--ink-2)"),
      mark(theme, "match", "background-color: var(--a-soft); text-decoration: underline 2px var(--a-fill)"),
    ];
  });
  return rules.flat().join("\n");
}

/** A rule for browsers that highlight, and one for elements: a selector that is not known would spoil its neighbour. */
function mark(theme: Theme, name: string, style: string): string[] {
  const text = `.sample-text.${theme}`;
  return [`:is(${text}, ${text} *)::highlight(sample-${name}) { ${style} }`, `${text} .sample-${name} { ${style} }`];
}

export function installShadeStyle(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(shadeStyle());
  document.adoptedStyleSheets.push(sheet);
}
