/**
 * The drawing of a structure outside of a browser: one script without imports, for an engine that knows ECMAScript and nothing else.
 * `plot_structure` runs it from Python, so that a model is drawn by the same rules as on the page.
 */

import { render } from "svelte/server";
import { asXml } from "../../draw/xml";
import { speak } from "../../language/catalogue";
import type { StructureHeader } from "../../wire/schema.gen";
import * as en from "../en";
import { createLayouter } from "../layout/layout";
import { buildTree } from "../tree";
import { figuresAt, ROLE } from "../values";
import type { Fonts } from "./boxes";
import { folded } from "./folding";
import { liftEdges } from "./lines";
import { openGroups } from "./opening";
import { paletteOf } from "./palette";
import { PLAIN_FONTS } from "./plainFonts";
import Sheet from "./Sheet.svelte";
import { sceneOf, specOf } from "./scene";

// It is no page, which would choose a language.
speak({ structure: en });

/** As `plot_structure` asks for it. */
export interface Options {
  /** How many levels of layers to show; null for those of the author's own. */
  depth: number | null;
  /** Paths of the layers of the author's own. */
  own: string[];
}

/**
 * Returns the text of an SVG file.
 *
 * Args:
 *   header: that of a record, as JSON.
 *   options: `Options`, as JSON.
 *   fonts: how wide texts are, where that can be asked.
 */
export function drawStructure(header: string, options: string, fonts: Fonts = PLAIN_FONTS): string {
  const structure = JSON.parse(header) as StructureHeader;
  const { depth, own } = JSON.parse(options) as Options;
  const whole = buildTree(structure);
  const { tree, edges } = folded(whole, structure.edges);
  const source = {
    tree,
    tensors: structure.tensors,
    lines: liftEdges(tree, edges),
    open: openGroups(tree, depth, new Set(own)),
    labels: "axes" as const,
    fonts,
    isCut: false,
    mostAlike: 1,
  };
  const scene = sceneOf(source, createLayouter()(specOf(source)));
  const props = {
    header: structure,
    scene,
    palette: paletteOf("light"),
    colour: ROLE,
    scale: null,
    figures: figuresAt(null, null),
  };
  return asXml(render(Sheet, { props }).body);
}
