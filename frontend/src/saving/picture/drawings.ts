/** SVG drawings of the page as markup that stands alone: what style sheets say of them becomes attributes. */

import type { Box } from "./pieces";

const INHERITED = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "stroke-opacity",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "text-anchor",
  "dominant-baseline",
  "visibility",
] as const;
const OWN = { opacity: "1", "vector-effect": "none", "paint-order": "normal" } as const;
const LEFT_OUT = /^(class|style|role|tabindex|data-.*|aria-.*)$/;

/** Returns the markup of a drawing that lies at a place of the picture. */
export function standingAlone(drawing: SVGSVGElement, { left, top, width, height }: Box): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  settle(drawing, copy, null);
  if (!copy.hasAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  for (const [name, value] of Object.entries({ x: left, y: top, width, height }))
    copy.setAttribute(name, String(value));
  copy.setAttribute("overflow", getComputedStyle(drawing).overflow === "visible" ? "visible" : "hidden");
  return new XMLSerializer().serializeToString(copy);
}

/** Gives the copy what the style of an element says and that of its parent does not. */
function settle(element: Element, copy: Element, above: Readonly<Record<string, string>> | null): void {
  const style = getComputedStyle(element);
  for (const { name } of [...copy.attributes]) if (LEFT_OUT.test(name)) copy.removeAttribute(name);
  const here: Record<string, string> = {};
  for (const name of INHERITED) {
    here[name] = style.getPropertyValue(name);
    if (above?.[name] === here[name]) copy.removeAttribute(name);
    else copy.setAttribute(name, here[name]);
  }
  for (const [name, usual] of Object.entries(OWN)) {
    const value = style.getPropertyValue(name);
    if (value && value !== usual) copy.setAttribute(name, value);
  }
  const children = [...element.children];
  const copies = [...copy.children];
  children.forEach((child, index) => {
    const its = copies[index] as Element;
    if (getComputedStyle(child).display === "none" && !isDefinition(child)) its.remove();
    else settle(child, its, here);
  });
}

/** What is named elsewhere, and drawn only there. */
function isDefinition(element: Element): boolean {
  return element.closest("defs, pattern, clipPath, linearGradient, marker, mask") !== null;
}
