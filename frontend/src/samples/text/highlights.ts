/** Marks on text without an element for each, by the browser's registry of highlights. */

import type { Mark } from "./segments";

/** A text node, and where its text begins in the sample. */
export interface PlacedNode {
  node: Text;
  start: number;
}

export const canHighlight = typeof CSS !== "undefined" && "highlights" in CSS;

/** Draws the marks, each as `::highlight(sample-<name>)`; returns what takes them away. */
export function highlight(nodes: readonly PlacedNode[], marks: readonly Mark[]): () => void {
  const drawn: [Highlight, StaticRange][] = [];
  let at = 0;
  for (const { name, start, end } of marks) {
    while (at > 0 && (nodes[at] as PlacedNode).start > start) at--;
    while (at < nodes.length - 1 && (nodes[at + 1] as PlacedNode).start <= start) at++;
    const highlighted = highlightOf(name);
    for (let part = at; part < nodes.length && (nodes[part] as PlacedNode).start < end; part++) {
      const { node, start: first } = nodes[part] as PlacedNode;
      const [from, to] = [Math.max(0, start - first), Math.min(node.length, end - first)];
      if (from >= to) continue;
      // A live range would be kept up to date at every change of the document.
      const range = new StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to });
      highlighted.add(range);
      drawn.push([highlighted, range]);
    }
  }
  return () => {
    for (const [highlighted, range] of drawn) highlighted.delete(range);
  };
}

function highlightOf(name: string): Highlight {
  const key = `sample-${name}`;
  let highlighted = CSS.highlights.get(key);
  if (highlighted === undefined) {
    highlighted = new Highlight();
    // Shades lie over the ground of matches, whose line stays in sight.
    highlighted.priority = name === "match" ? 0 : 1;
    CSS.highlights.set(key, highlighted);
  }
  return highlighted;
}
