/** A picture as the text of an SVG file that needs nothing else. */

import { asXml } from "../../draw/xml";
import type { Box, Fill, Font, Picture, Piece, Stroke } from "./pieces";

export function toSvg({ width, height, paper, pieces }: Picture, title: string): string {
  const definitions = new Definitions();
  const drawn = pieces.map((piece) => written(piece, definitions)).join("\n");
  const [w, h] = [number(width), number(height)];
  return asXml(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" style="white-space: pre">`,
      `<title>${escaped(title)}</title>`,
      definitions.written(),
      `<rect width="${w}" height="${h}" fill="${escaped(paper)}"/>`,
      drawn,
      "</svg>\n",
    ]
      .filter(Boolean)
      .join("\n"),
  );
}

/** What is written once and named where it is used. */
class Definitions {
  readonly #ids = new Map<string, string>();

  /** Returns how something is named, by what would be written of it. */
  nameOf(markup: (id: string) => string): string {
    const key = markup("");
    const id = this.#ids.get(key) ?? `seqviz-${this.#ids.size}`;
    this.#ids.set(key, id);
    return `url(#${id})`;
  }

  written(): string {
    const all = [...this.#ids].map(([key, id]) => key.replace('id=""', `id="${id}"`));
    return all.length > 0 ? `<defs>${all.join("\n")}</defs>` : "";
  }
}

function written(piece: Piece, definitions: Definitions): string {
  switch (piece.kind) {
    case "box": {
      const radius = piece.radius > 0 ? ` rx="${number(piece.radius)}"` : "";
      const fill = piece.fill === null ? "none" : fillOf(piece.fill, definitions);
      return `<rect ${placed(piece.box)}${radius} fill="${fill}"${stroked(piece.stroke)}/>`;
    }
    case "line": {
      const [[x1, y1], [x2, y2]] = [piece.from, piece.to];
      return `<path d="M${number(x1)} ${number(y1)}L${number(x2)} ${number(y2)}"${stroked(piece.stroke)}/>`;
    }
    case "text": {
      const side = piece.isRightToLeft ? ' direction="rtl"' : "";
      const place = `x="${number(piece.x)}" y="${number(piece.baseline)}"${side}`;
      return `<text ${place} fill="${escaped(piece.colour)}" ${fontOf(piece.font)}>${escaped(piece.text)}</text>`;
    }
    case "image": {
      const look = piece.isCells ? ' style="image-rendering: pixelated"' : "";
      return `<image ${placed(piece.box)} preserveAspectRatio="none"${look} href="${escaped(piece.address)}"/>`;
    }
    case "drawing":
      return piece.markup;
    case "group": {
      const inner = piece.pieces.map((one) => written(one, definitions)).join("\n");
      const { clip } = piece;
      const cut = clip && definitions.nameOf((id) => `<clipPath id="${id}"><rect ${placed(clip)}/></clipPath>`);
      const attributes = [
        piece.opacity < 1 && `opacity="${number(piece.opacity)}"`,
        cut && `clip-path="${cut}"`,
        piece.transform && `transform="${escaped(piece.transform)}"`,
      ].filter(Boolean);
      return `<g ${attributes.join(" ")}>${inner}</g>`;
    }
  }
}

function fillOf(fill: Fill, definitions: Definitions): string {
  if (typeof fill === "string") return escaped(fill);
  const stops = fill.map(({ at, colour }) => `<stop offset="${number(at)}" stop-color="${escaped(colour)}"/>`).join("");
  return definitions.nameOf((id) => `<linearGradient id="${id}">${stops}</linearGradient>`);
}

function stroked(stroke: Stroke | null): string {
  if (stroke === null) return "";
  const { colour, width, style } = stroke;
  const dashes = { solid: "", dotted: `0 ${2 * width}`, dashed: `${3 * width} ${2 * width}` }[style];
  const dotted = style === "dotted" ? ' stroke-linecap="round"' : "";
  const dashed = dashes && ` stroke-dasharray="${dashes}"${dotted}`;
  return ` stroke="${escaped(colour)}" stroke-width="${number(width)}"${dashed}`;
}

function fontOf({ family, size, weight, style }: Font): string {
  const look = style === "normal" ? "" : ` font-style="${escaped(style)}"`;
  return `font-family="${escaped(family)}" font-size="${number(size)}" font-weight="${escaped(weight)}"${look}`;
}

function placed({ left, top, width, height }: Box): string {
  return `x="${number(left)}" y="${number(top)}" width="${number(width)}" height="${number(height)}"`;
}

/** A hundredth of a pixel is enough. */
function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
