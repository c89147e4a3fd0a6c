/** The words of the captions: what can be chosen, and what is. */

import type { Session } from "../store/session.svelte";
import { type Word as CaptionWord, type Option, wordOf } from "../ui/caption";
import { formatFigure } from "../ui/figures";
import { phrases } from "./language";
import { METRICS, RANKINGS, SPANS } from "./place";
import { spelled } from "./spelled";
import type { EmbeddingsState } from "./state.svelte";
import { rowOf } from "./table";

/** How many words a caption offers; all are in the list. */
const MOST_OFFERED = 100;
const NO_COLUMN = "column:";

export function captionWords(embeddings: EmbeddingsState, columns: number): Record<string, CaptionWord> {
  const { place, session } = embeddings;
  const span = wordOf(phrases.CAPTION_HEADINGS.span, SPANS, phrases.SPAN_NAMES, place.span, (span) =>
    embeddings.change({ span }),
  );
  return {
    word: wordWord(embeddings),
    layer: layerWord(session),
    metric: wordOf(
      phrases.CAPTION_HEADINGS.metric,
      METRICS,
      phrases.METRIC_NAMES,
      place.metric,
      (metric) => embeddings.change({ metric }),
      phrases.METRIC_MEANINGS,
    ),
    span: { ...span, text: phrases.columnCount(columns, place.span) },
    colour: colourWord(embeddings),
  };
}

export function listWords(embeddings: EmbeddingsState): Record<string, CaptionWord> {
  const { place, changed } = embeddings;
  const names = {
    ...phrases.RANKING_NAMES,
    table: phrases.tableOrder((embeddings.table?.frequencyColumn ?? "") !== ""),
  };
  const heading = changed ? phrases.rankingHeading(changed.key.since, changed.key.step) : phrases.RANKING;
  return {
    ranking: wordOf(heading, RANKINGS, names, place.ranking, (ranking) => embeddings.change({ ranking })),
  };
}

export function colourWord(embeddings: EmbeddingsState): CaptionWord {
  const { column, columns } = embeddings;
  const none: Option = { key: NO_COLUMN, text: phrases.NO_COLOUR, isApart: true };
  return {
    text: column ?? phrases.NO_COLOUR,
    heading: phrases.CAPTION_HEADINGS.colour,
    options: [...columns.map((name) => ({ key: NO_COLUMN + name, text: name })), none],
    chosen: NO_COLUMN + (column ?? ""),
    choose: (key) => embeddings.change({ colour: key.slice(NO_COLUMN.length) }),
  };
}

function wordWord(embeddings: EmbeddingsState): CaptionWord {
  const { word, rankedBy, table } = embeddings;
  const offered = Array.from(embeddings.listed).slice(0, MOST_OFFERED);
  return {
    text: word ? spelled(word.label) : "",
    heading: phrases.CAPTION_HEADINGS.word,
    options: offered.map((row) => {
      const value = rankedBy?.[row] ?? Number.NaN;
      const note = Number.isFinite(value) ? { note: formatFigure(value) } : {};
      return { key: String(row), text: spelled(table?.labels[row] ?? ""), ...note };
    }),
    chosen: word && table ? String(rowOf(table, word)) : null,
    choose: (key) => embeddings.choose(embeddings.wordAt(Number(key))),
  };
}

function layerWord(session: Session): CaptionWord {
  return {
    text: session.example ?? "",
    heading: phrases.CAPTION_HEADINGS.layer,
    options: session.examples.map((example) => ({ key: example, text: example })),
    chosen: session.example,
    choose: (example) => session.selectExample(example),
  };
}
