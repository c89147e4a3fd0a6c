/** The words of the caption: what can be chosen, and what is. */

import { type Option, type Word, wordOf } from "../ui/caption";
import { exampleNames } from "../ui/exampleNames";
import { openTo } from "./drawing/opening";
import { phrases } from "./language";
import { LABELS } from "./place";
import { MOST_ALIKE, type StructureState } from "./state.svelte";

const MOST_LEVELS = 6;
const FULL = "full";

export function captionWords(structure: StructureState): Record<string, Word> {
  const { session, place } = structure;
  const heading = phrases.CAPTION_HEADINGS;
  const runs = session.inSight.map(({ run }) => run);
  const names = exampleNames(session);
  const colours: Option[] = [
    ...structure.statistics.map((key) => ({
      key,
      text: phrases.statisticName(key),
      note: phrases.statisticTitle(key),
    })),
    ...Object.entries(phrases.OTHER_COLOURS).map(([key, text], at) => ({ key, text, isApart: at === 0 })),
  ];
  return {
    run: {
      text: session.runNames.get(structure.run ?? "") ?? structure.run ?? "",
      heading: heading.run,
      options: session.runs.map((run) => ({
        key: run,
        text: session.runNames.get(run) ?? run,
        colour: session.runColours.get(run) ?? "",
      })),
      chosen: structure.run,
      choose: (run) => {
        if (runs.includes(run)) structure.change({ run, viewport: null });
        else session.isolateRun(run);
      },
    },
    model: {
      text: session.example ?? "",
      heading: heading.model,
      options: session.examples.map((key) => ({ key, text: names.get(key)?.text ?? key })),
      chosen: session.example,
      choose: (example) => session.selectExample(example),
    },
    colour: {
      text: colours.find(({ key }) => key === structure.colour)?.text ?? "",
      heading: heading.colour,
      options: colours,
      chosen: structure.colour,
      choose: (colour) => structure.change({ colour }),
    },
    levels: levelsWord(structure),
    labels: wordOf(heading.labels, LABELS, phrases.LABEL_NAMES, structure.labels, (labels) =>
      structure.change({ labels }),
    ),
    masks: wordOf(heading.masks, ["shown", "hidden"], phrases.MASK_NAMES, place.masks ? "shown" : "hidden", (masks) =>
      structure.change({ masks: masks === "shown" }),
    ),
  };
}

/** How many levels are open where no group was opened or closed by hand; null where some were. */
export function levelsOpen({ tree, open }: StructureState): number | null {
  if (!tree) return null;
  for (let levels = MOST_LEVELS; levels > 0; levels--) {
    const all = openTo(tree, levels, MOST_ALIKE);
    if (all.size === open.size && [...all].every((key) => open.has(key))) return shallowest(tree, levels, all.size);
  }
  return null;
}

/** Deeper levels than there are open nothing more. */
function shallowest(tree: NonNullable<StructureState["tree"]>, levels: number, size: number): number {
  while (levels > 1 && openTo(tree, levels - 1, MOST_ALIKE).size === size) levels--;
  return levels;
}

function levelsWord(structure: StructureState): Word {
  const { tree, place } = structure;
  const levels = levelsOpen(structure);
  const deepest = tree ? shallowest(tree, MOST_LEVELS, openTo(tree, MOST_LEVELS, MOST_ALIKE).size) : 1;
  return {
    text: levels === null ? phrases.SOME_OPEN : phrases.levelsOpen(levels),
    heading: phrases.CAPTION_HEADINGS.levels,
    options: [
      { key: FULL, text: phrases.AS_MANY_AS_FIT },
      ...Array.from({ length: deepest }, (_, at) => ({
        key: String(at + 1),
        text: phrases.levelsOpen(at + 1),
        isApart: at === 0,
      })),
    ],
    chosen: place.open === null ? FULL : String(levels),
    choose: (key) => {
      if (key === FULL) structure.closeAll();
      else structure.openLevels(Number(key));
    },
  };
}
