/**
 * Reads what an element of the page looks like: grounds, lines, texts where the browser put them, canvases as pixels, drawings as they
 * are. So every view can be saved as a picture, and what is drawn has one place.
 */

import { boxOf, cut, shared } from "./boxes";
import { standingAlone } from "./drawings";
import { groundsOf, type Marks, marksIn } from "./highlights";
import type { Box, Picture, Piece } from "./pieces";
import { decorations, fontOf, outline } from "./styles";
import { decorationsOf, lineOf, linesOf } from "./texts";

/** What one takes hold of, which says nothing in a picture. */
const FOR_HANDS = "input, select, textarea, [popover], [data-for-hands], .unseen";

interface Room {
  origin: { left: number; top: number };
  /** What is in sight; null where something is turned, and that is not known. */
  clip: Box | null;
  turned: ReadonlyMap<HTMLElement, Turned>;
  marks: Marks;
}

/** Returns the element as a picture of what is in sight of it. `paper`: colour of the ground. */
export function readPicture(root: HTMLElement, paper: string): Picture {
  const rect = root.getBoundingClientRect();
  const clip = { left: 0, top: 0, width: rect.width, height: rect.height };
  const turned = straighten(root);
  try {
    const pieces = read(root, { origin: rect, clip, turned, marks: marksIn(root) });
    return { width: rect.width, height: rect.height, paper, pieces };
  } finally {
    for (const [element, { inline }] of turned) element.style.transform = inline;
  }
}

interface Turned {
  /** What its own attribute says, to be said again. */
  inline: string;
  matrix: DOMMatrix;
  /** Around what it is turned, from its corner. */
  around: [x: number, y: number];
}

/** Undoes whatever turns elements, since what is known of a turned one is the box around it. Returns what did. */
function straighten(root: HTMLElement): Map<HTMLElement, Turned> {
  const turned = new Map<HTMLElement, Turned>();
  for (const element of root.querySelectorAll<HTMLElement>("*")) {
    if (!(element instanceof HTMLElement)) continue;
    const { transform, transformOrigin } = getComputedStyle(element);
    if (transform === "none") continue;
    const matrix = new DOMMatrix(transform);
    if (matrix.b === 0 && matrix.a > 0) continue;
    const [x = 0, y = 0] = transformOrigin.split(" ").map(Number.parseFloat);
    turned.set(element, { inline: element.style.transform, matrix, around: [x, y] });
  }
  for (const element of turned.keys()) element.style.transform = "none";
  return turned;
}

function read(element: HTMLElement, room: Room): Piece[] {
  const style = getComputedStyle(element);
  if (style.display === "none" || element.matches(FOR_HANDS)) return [];
  const turn = room.turned.get(element);
  const inside = { ...room, clip: turn ? null : room.clip };
  const pieces = [...own(element, style, inside), ...below(element, style, inside)];
  const opacity = Number(style.opacity);
  if (pieces.length === 0 || (!turn && opacity === 1)) return pieces;
  const transform = turn ? transformOf(turn, boxOf(element.getBoundingClientRect(), room.origin)) : null;
  return [{ kind: "group", pieces, clip: null, transform, opacity }];
}

function transformOf({ matrix, around }: Turned, { left, top }: Box): string {
  const [x, y] = [left + around[0], top + around[1]];
  const { a, b, c, d, e, f } = new DOMMatrix().translate(x, y).multiply(matrix).translate(-x, -y);
  return `matrix(${[a, b, c, d, e, f].map((value) => Number(value.toFixed(4))).join(" ")})`;
}

/** What an element draws itself. */
function own(element: HTMLElement, style: CSSStyleDeclaration, { origin, clip }: Room): Piece[] {
  if (style.visibility !== "visible") return [];
  const boxes = [...element.getClientRects()].map((rect) => boxOf(rect, origin));
  const around = element.matches(":focus-visible") ? [] : boxes.flatMap((box) => outline(style, box));
  const drawn = boxes.flatMap((box) => [...decorations(style, box), ...pixels(element, style, box)]);
  return [...drawn, ...around].flatMap((piece) => cut(piece, extentOf(piece), clip));
}

function extentOf(piece: Piece): Box {
  if (piece.kind === "box" || piece.kind === "image") return piece.box;
  if (piece.kind !== "line") return { left: 0, top: 0, width: 0, height: 0 };
  const [[x1, y1], [x2, y2]] = [piece.from, piece.to];
  return { left: Math.min(x1, x2), top: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
}

function pixels(element: HTMLElement, style: CSSStyleDeclaration, box: Box): Piece[] {
  if (box.width === 0 || box.height === 0) return [];
  if (element instanceof HTMLCanvasElement && element.width > 0 && element.height > 0) {
    return [{ kind: "image", box, address: element.toDataURL(), isCells: style.imageRendering !== "smooth" }];
  }
  if (!(element instanceof HTMLImageElement) || element.naturalWidth === 0) return [];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [element.naturalWidth, element.naturalHeight];
  canvas.getContext("2d")?.drawImage(element, 0, 0);
  return [{ kind: "image", box, address: canvas.toDataURL(), isCells: style.imageRendering === "pixelated" }];
}

/** What is in an element, in the order in which it is painted: what is placed by itself lies over what is not. */
function below(element: HTMLElement, style: CSSStyleDeclaration, room: Room): Piece[] {
  const inside = { ...room, clip: clipOf(element, style, room) };
  if (inside.clip?.width === 0) return [];
  const layers = [...element.childNodes].map((node) => ({ node, layer: layerOf(node) }));
  const inOrder = layers.sort((one, other) => one.layer - other.layer);
  const pieces = inOrder.flatMap(({ node }) => {
    if (node instanceof Text) return textOf(node, element, style, inside);
    if (node instanceof SVGSVGElement) return drawingOf(node, inside);
    return node instanceof HTMLElement ? read(node, inside) : [];
  });
  return [...pieces, ...signOf(element, style, inside)];
}

function layerOf(node: Node): number {
  if (!(node instanceof Element)) return 0;
  const { position, zIndex } = getComputedStyle(node);
  if (position === "static") return 0;
  const layer = Number.parseInt(zIndex, 10) || 0;
  return layer < 0 ? layer : layer + 1;
}

/** Returns what is in sight of what an element holds. */
function clipOf(element: HTMLElement, style: CSSStyleDeclaration, { origin, clip }: Room): Box | null {
  if (style.overflowX === "visible" || style.display === "inline") return clip;
  const { left, top } = boxOf(element.getBoundingClientRect(), origin);
  const inner = {
    left: left + element.clientLeft,
    top: top + element.clientTop,
    width: element.clientWidth,
    height: element.clientHeight,
  };
  return clip === null ? inner : (shared(inner, clip) ?? { ...inner, width: 0, height: 0 });
}

function textOf(node: Text, element: HTMLElement, style: CSSStyleDeclaration, room: Room): Piece[] {
  if (style.visibility !== "visible" || node.data.trim() === "") return [];
  const { origin, clip, marks } = room;
  const lines = linesOf(node, style, origin, rightEdge(element)).flatMap(({ piece, extent }) =>
    [piece, ...decorationsOf(style, extent)].map((one) => ({ piece: one, extent })),
  );
  const grounds = groundsOf(marks.get(node) ?? [], element, origin);
  return [...grounds, ...lines].flatMap(({ piece, extent }) => cut(piece, extent, clip));
}

/** Returns where lines end with three points: at the edge of the nearest element that says so and is too narrow. */
function rightEdge(element: HTMLElement): number | null {
  for (let at: HTMLElement | null = element; at; at = at.parentElement) {
    const { textOverflow, display, paddingRight } = getComputedStyle(at);
    if (display === "inline") continue;
    if (textOverflow !== "ellipsis") return null;
    if (at.scrollWidth <= at.clientWidth) return null;
    return at.getBoundingClientRect().left + at.clientLeft + at.clientWidth - Number.parseFloat(paddingRight);
  }
  return null;
}

function drawingOf(drawing: SVGSVGElement, { origin, clip }: Room): Piece[] {
  const style = getComputedStyle(drawing);
  const box = boxOf(drawing.getBoundingClientRect(), origin);
  if (style.display === "none" || style.visibility !== "visible" || box.width === 0 || box.height === 0) return [];
  const piece: Piece = { kind: "drawing", markup: standingAlone(drawing, box) };
  const opacity = Number(style.opacity);
  const shown: Piece = opacity === 1 ? piece : { kind: "group", pieces: [piece], clip: null, transform: null, opacity };
  return cut(shown, box, clip);
}

/** Returns the sign that a style sheet puts into an empty element. */
function signOf(element: HTMLElement, style: CSSStyleDeclaration, { origin, clip }: Room): Piece[] {
  if (element.childNodes.length > 0) return [];
  const after = getComputedStyle(element, "::after");
  const text = /^"(.+)"$/.exec(after.content)?.[1];
  if (!text) return [];
  const extent = boxOf(element.getBoundingClientRect(), origin);
  const { piece } = lineOf(text, extent, style.direction === "rtl", after.color, fontOf(after));
  return cut(piece, extent, clip);
}
