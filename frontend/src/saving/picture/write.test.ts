import { expect, it } from "vitest";
import type { Font, Piece } from "./pieces";
import { toSvg } from "./write";

const font: Font = { family: 'Roboto, "Noto Sans"', size: 13, weight: "400", style: "normal" };
const written = (...pieces: Piece[]) => toSvg({ width: 10, height: 20, paper: "#fff", pieces }, "a picture");
const text = (said: string): Piece => {
  return { kind: "text", x: 1, baseline: 2.005, text: said, isRightToLeft: false, colour: "#000", font };
};

it("texts are texts whatever they hold, with the names of their fonts", () => {
  const svg = written(text('</text><script>alert(1)</script>&"\u0000\u001b\ud83d\ufffe]]>'));
  expect(svg).toContain(
    '<text x="1" y="2.01" fill="#000" font-family="Roboto, &quot;Noto Sans&quot;" font-size="13" font-weight="400">' +
      "&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;]]&gt;</text>",
  );
  expect(written({ ...(text("שלום") as Piece & { kind: "text" }), isRightToLeft: true })).toContain('direction="rtl"');
});

it("what is cut and shaded alike is defined once", () => {
  const clip = { left: 0, top: 0, width: 5, height: 5 };
  const group: Piece = { kind: "group", pieces: [text("a")], clip, transform: "rotate(90)", opacity: 0.5 };
  const fill = [
    { at: 0, colour: "#000" },
    { at: 1, colour: "#fff" },
  ];
  const shade: Piece = { kind: "box", box: clip, fill, stroke: null, radius: 2 };
  const svg = written(group, group, shade);
  expect(svg.match(/<clipPath/g)).toHaveLength(1);
  expect(svg.match(/<g opacity="0.5" clip-path="url\(#seqviz-0\)" transform="rotate\(90\)">/g)).toHaveLength(2);
  expect(svg).toContain('<linearGradient id="seqviz-1"><stop offset="0" stop-color="#000"/>');
  expect(svg).toContain('<rect x="0" y="0" width="5" height="5" rx="2" fill="url(#seqviz-1)"/>');
});

it("lines are whole, dotted or dashed", () => {
  const line = (style: "solid" | "dotted" | "dashed"): Piece => {
    return { kind: "line", from: [0, 1], to: [9, 1], stroke: { colour: "red", width: 2, style } };
  };
  expect(written(line("solid"))).toContain('<path d="M0 1L9 1" stroke="red" stroke-width="2"/>');
  expect(written(line("dotted"))).toContain('stroke-dasharray="0 4" stroke-linecap="round"');
  expect(written(line("dashed"))).toContain('stroke-dasharray="6 4"/>');
});
