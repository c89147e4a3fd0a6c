/** The words of the captions: what can be chosen, what is, and what is measured of each. */

import { namesWithValues } from "../store/measures";
import type { Session } from "../store/session.svelte";
import { HIDINGS } from "../tokens/tokens";
import { type Option, type Word, wordOf } from "../ui/caption";
import { exampleNames } from "../ui/exampleNames";
import { MEASURES } from "../wire/schema.gen";
import { shortFigure } from "./headMeasures";
import { phrases } from "./language";
import { listedLayers, shortPaths } from "./record/layers";
import { isStack } from "./record/record";
import type { AttentionState } from "./state.svelte";
import {
  COMBINATIONS,
  LEVELS,
  MAPPINGS,
  OF_HEADS,
  type OfHeads,
  OVERLAYS,
  QUANTITIES,
  RANGES,
  SORTS,
  type Sort,
} from "./types";
import { measureAt } from "./wall/wallRows";
import { formatWeight } from "./weights";

/** Returns the layers in short, by their index in the record. */
export function layerNames(attention: AttentionState): ReadonlyMap<number, string> {
  const header = attention.first?.header;
  if (!header) return new Map();
  const listed = listedLayers(header);
  const short = shortPaths(listed.map((index) => header.layers[index]?.path ?? ""));
  return new Map(
    listed.map((index, at) => [index, (short[at] ?? "") + phrases.callSuffix(header.layers[index]?.call ?? 0)]),
  );
}

const HEAD = "head:";
const TABLE = "table";

export function captionWords(attention: AttentionState): Record<string, Word> {
  const { place, session, first, layer } = attention;
  if (!first || !layer) return {};
  const { combination } = attention;
  return {
    ...(attention.imaged ? { overlay: overlayWord(attention) } : {}),
    layer: layerWord(attention),
    head: headWord(attention),
    example: exampleWord(session),
    hide: wordOf(phrases.CAPTION_HEADINGS.hide, HIDINGS, phrases.HIDING_NAMES, place.hide, (hide) =>
      attention.change({ hide, viewport: null }),
    ),
    quantity: wordOf(
      phrases.CAPTION_HEADINGS.quantity,
      QUANTITIES,
      phrases.QUANTITY_NAMES,
      place.quantity,
      (quantity) => attention.change({ quantity }),
    ),
    level: wordOf(
      phrases.CAPTION_HEADINGS.level,
      LEVELS,
      phrases.LEVEL_NAMES,
      place.level,
      (level) => attention.setLevel(level),
      phrases.LEVEL_MEANINGS,
    ),
    mapping: wordOf(
      phrases.CAPTION_HEADINGS.mapping,
      MAPPINGS,
      phrases.MAPPING_NAMES,
      place.mapping,
      (mapping) => attention.change({ mapping }),
      phrases.MAPPING_MEANINGS,
    ),
    range: {
      ...wordOf(phrases.CAPTION_HEADINGS.range, RANGES, phrases.RANGE_NAMES, place.range, (range) =>
        attention.change({ range }),
      ),
      text: phrases.rangeName(place.range, String(Number(formatWeight(attention.maximum))), attention.isSigned),
    },
    ...(combination === "rollout" ? {} : { combine: combineWord(attention, combination) }),
  };
}

function combineWord(attention: AttentionState, combination: OfHeads): Word {
  const names = phrases.COMBINATION_TITLES;
  const word = wordOf(phrases.CAPTION_HEADINGS.combine, OF_HEADS, names, combination, (how) => attention.combine(how));
  return { ...word, text: phrases.COMBINATION_NAMES[combination] };
}

export function wallWords(attention: AttentionState): Record<string, Word> {
  const { place, measures } = attention;
  const known: readonly string[] = measures ? namesWithValues(measures) : MEASURES;
  const applying = MEASURES.filter((measure) => known.includes(measure));
  const lines = MEASURES.filter((measure) => known.includes(measure) || measure === place.measure);
  const sortNames = Object.fromEntries(SORTS.map((sort) => [sort, phrases.sortName(sort)])) as Record<Sort, string>;
  const sort = wordOf(phrases.CAPTION_HEADINGS.sort, ["layer", ...applying], sortNames, place.sort, (sort) =>
    attention.change({ sort }),
  );
  return {
    sort: {
      ...sort,
      options: [...sort.options, { key: TABLE, text: phrases.AS_TABLE, isApart: true }],
      choose: (key) => (key === TABLE ? attention.toggleTable() : sort.choose(key)),
    },
    line: wordOf(phrases.CAPTION_HEADINGS.line, lines, phrases.MEASURE_NAMES, place.measure, (measure) =>
      attention.change({ measure }),
    ),
  };
}

function layerWord(attention: AttentionState): Word {
  const { first } = attention;
  const names = layerNames(attention);
  const options = [...names].map(([index, text]): Option => {
    const layer = first?.header.layers[index];
    return { key: String(index), text, note: layer ? phrases.SHORT_ROLE_NAMES[layer.role] : "" };
  });
  return {
    text: names.get(first?.layer ?? -1) ?? "",
    heading: phrases.CAPTION_HEADINGS.layer,
    options,
    chosen: String(first?.layer),
    choose: (key) => attention.selectLayer(Number(key)),
  };
}

function headWord(attention: AttentionState): Word {
  const { first, layer, measures, place } = attention;
  if (!first || !layer) throw new Error("There is no head without a record.");
  const heads = Array.from({ length: layer.heads }, (_, head): Option => {
    const at = { layer: first.layer, head };
    const keys = measureAt(first.header, measures, first.address.step, at, "effective_keys");
    const note = Number.isNaN(keys) ? "" : phrases.effectiveNote(shortFigure(keys));
    return { key: HEAD + head, text: phrases.headName(head), note };
  });
  const several: Option[] = [
    { key: "each", text: phrases.ALL_IN_COLOURS, isApart: true },
    { key: "mean", text: phrases.MEAN_OF_ALL },
    { key: "max", text: phrases.LARGEST_OF_ALL },
  ];
  const rollout = { key: "rollout", text: phrases.ROLLOUT_UP_TO_LAYER };
  const isSeveral = first.heads.length > 1;
  const { rollout: stack } = first;
  return {
    text: isStack(stack) ? phrases.rolloutOf(stack.layers.length) : phrases.headsName(first.heads, layer.heads),
    heading: phrases.CAPTION_HEADINGS.head,
    options: [...heads, ...(layer.heads > 1 ? several : []), rollout],
    chosen: isSeveral || isStack(stack) ? place.combine : HEAD + first.head,
    choose: (key) => {
      const combine = COMBINATIONS.find((one) => one === key);
      if (combine) attention.combineAll(combine);
      else attention.selectHead(first.layer, Number(key.slice(HEAD.length)));
    },
  };
}

export function exampleWord(session: Session): Word {
  const names = exampleNames(session);
  return {
    text: names.get(session.example ?? "")?.quoted ?? session.example ?? "",
    heading: phrases.CAPTION_HEADINGS.example,
    options: session.examples.map((example) => {
      const name = names.get(example);
      return { key: example, text: name?.text ?? example, ...(name?.note ? { note: name.note } : {}) };
    }),
    chosen: session.example,
    choose: (example) => session.selectExample(example),
  };
}

function overlayWord(attention: AttentionState): Word {
  const { overlay } = attention.place;
  return wordOf(
    phrases.OVERLAY_HEADING,
    OVERLAYS,
    phrases.OVERLAY_NAMES,
    overlay,
    (overlay) => attention.change({ overlay }),
    phrases.OVERLAY_MEANINGS,
  );
}
