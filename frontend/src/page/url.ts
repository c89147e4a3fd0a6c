/** The place as query parameters `p.seqviz.*` of TensorBoard's own address, and back. */

import { type AttentionPlace, readAttentionPlace, writeAttentionPlace } from "../attention/place";
import { type EmbeddingsPlace, readEmbeddingsPlace, writeEmbeddingsPlace } from "../embeddings/place";
import { readSamplesPlace, type SamplesPlace, writeSamplesPlace } from "../samples/place";
import { integer, joinList, oneOf, splitList, unless, type Written } from "../store/parameters";
import { type Place, START, VIEWS, type View } from "../store/place";
import { readStructurePlace, type StructurePlace, writeStructurePlace } from "../structure/place";
import { PLUGIN_NAME } from "../wire/schema.gen";

/** Everything that a link to the page carries. */
export interface Link {
  page: Place;
  attention: AttentionPlace;
  samples: SamplesPlace;
  structure: StructurePlace;
  embeddings: EmbeddingsPlace;
}

const PREFIX = `p.${PLUGIN_NAME}.`;

/** Each view's own parameter, so that none forgets what it showed. */
const EXAMPLE_PARAMETERS: Record<View, string> = {
  attention: "example",
  samples: "group",
  structure: "model",
  embeddings: "table",
};

/** Reads the place from the query of an address; what is missing or makes no sense is left to the page to choose. */
export function readLink(search: string): Link {
  const parameters = new URLSearchParams(search);
  const text = (name: string) => parameters.get(PREFIX + name);
  const examples: Place["examples"] = {};
  for (const view of VIEWS) {
    const example = text(EXAMPLE_PARAMETERS[view]);
    if (example !== null) examples[view] = example;
  }
  return {
    page: {
      view: oneOf(VIEWS, text("view")) ?? START.view,
      runs: splitList(text("runs")),
      examples,
      step: integer(text("step")),
    },
    attention: readAttentionPlace(text),
    samples: readSamplesPlace(text),
    structure: readStructurePlace(text),
    embeddings: readEmbeddingsPlace(text),
  };
}

/** Returns the query `search` with the place in it; parameters of others stay as they are. */
export function writeLink(search: string, { page, attention, samples, structure, embeddings }: Link): string {
  const parameters = new URLSearchParams(search);
  for (const name of [...parameters.keys()]) if (name.startsWith(PREFIX)) parameters.delete(name);
  const texts: Written = {
    view: page.view,
    runs: page.runs && joinList(page.runs),
    step: unless(null, page.step),
    ...writeAttentionPlace(attention),
    ...writeSamplesPlace(samples),
    ...writeStructurePlace(structure),
    ...writeEmbeddingsPlace(embeddings),
  };
  for (const view of VIEWS) texts[EXAMPLE_PARAMETERS[view]] = page.examples[view] ?? null;
  for (const [name, text] of Object.entries(texts)) if (text !== null) parameters.set(PREFIX + name, text);
  const written = parameters.toString();
  return written && `?${written}`;
}
