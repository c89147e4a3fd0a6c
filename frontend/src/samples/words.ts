/** The words of the caption: what can be chosen, and what is. */

import { type Option, type Word, wordOf } from "../ui/caption";
import { exampleNames } from "../ui/exampleNames";
import { phrases as words } from "./language";
import { NO_MEASURE } from "./measuring.svelte";
import { type Marks, ROWS, UNITS } from "./place";
import type { SamplesState } from "./state.svelte";

const ALL = "all";

/** `inSight`: of how many columns there is room for. */
export function captionWords(samples: SamplesState, inSight: number): Record<string, Word> {
  const { place, measuring } = samples;
  const heading = words.CAPTION_HEADINGS;
  return {
    ...runWords(samples),
    group: groupWord(samples),
    prompt: {
      text: words.shortPrompt(samples.prompt?.text ?? ""),
      heading: heading.prompt,
      options: samples.prompts.map(({ key, text }) => ({ key, text: text || words.EMPTY_PROMPT })),
      chosen: samples.prompt?.key ?? null,
      choose: (key) => samples.selectPrompt(samples.prompts.findIndex((prompt) => prompt.key === key)),
    },
    rows:
      samples.layout === "compared"
        ? wordOf(heading.rows, ROWS, words.COMPARED_ROWS_NAMES, place.rows, (rows) => samples.change({ rows }))
        : wordOf(
            heading.rows,
            ROWS,
            words.ROWS_NAMES,
            place.rows,
            (rows) => samples.change({ rows }),
            words.ROWS_MEANINGS,
          ),
    columns: columnsWord(samples, inSight),
    column: {
      text: samples.column ? words.columnName(samples.column) : "",
      heading: heading.column,
      options: columnOptions(samples),
      chosen: samples.column?.key ?? null,
      choose: (column) => samples.change({ column, token: null }),
    },
    repeat: repeatWord(samples),
    shade: wordOf(
      heading.shade,
      ["probability", "nothing"],
      words.SHADE_NAMES,
      place.shade ? "probability" : "nothing",
      (shade) => samples.change({ shade: shade === "probability" }),
    ),
    marks: marksWord(samples),
    unit: wordOf(heading.unit, UNITS, words.UNIT_NAMES, place.unit, (unit) => samples.change({ unit })),
    measure: {
      text:
        measuring.shown === null
          ? words.NO_MEASURE
          : words.barName(measuring.shown, measuring.scale?.isLogarithmic ?? false),
      heading: heading.measure,
      options: [
        ...measuring.known.map((key) => ({ key, text: words.measureName(key), note: words.measureMeaning(key) })),
        { key: NO_MEASURE, text: words.NO_MEASURE, isApart: true },
      ],
      chosen: measuring.shown ?? NO_MEASURE,
      choose: (measure) => samples.change({ measure }),
    },
  };
}

/** The runs in sight, or where B is one, that of A and that of B. */
function runWords({ session }: SamplesState): Record<string, Word> {
  const { selectedRuns: selected, runA, runB } = session;
  const nameOf = (run: string) => session.runNames.get(run) ?? run;
  const runOption = (run: string) => ({ key: run, text: nameOf(run), colour: session.runColours.get(run) ?? "" });
  const heading = words.CAPTION_HEADINGS;
  if (runA !== null && runB !== null && runA !== runB)
    return {
      run: {
        text: nameOf(runA),
        heading: heading.runA,
        options: session.runs.map(runOption),
        chosen: runA,
        choose: (run) => session.showAsA(run),
      },
      runB: {
        text: nameOf(runB),
        heading: heading.runB,
        options: session.runs.filter((run) => run !== runA).map(runOption),
        chosen: runB,
        choose: (run) => session.compareWithRun(run),
      },
    };
  return {
    run: {
      text: selected.length === 1 ? nameOf(selected[0] as string) : words.runsCount(selected.length),
      heading: heading.run,
      options: session.runs.map(runOption),
      chosen: selected.length === 1 ? (selected[0] ?? null) : null,
      choose: (run) => session.isolateRun(run),
    },
  };
}

function groupWord({ session }: SamplesState): Word {
  const names = exampleNames(session);
  return {
    text: session.example ?? "",
    heading: words.CAPTION_HEADINGS.group,
    options: session.examples.map((key) => ({ key, text: names.get(key)?.text ?? key })),
    chosen: session.example,
    choose: (example) => session.selectExample(example),
  };
}

function columnOptions({ columns }: SamplesState): Option[] {
  return columns.map((column) => ({ key: column.key, text: words.columnName(column) }));
}

function columnsWord(samples: SamplesState, inSight: number): Word {
  const { place, column, columns } = samples;
  const isAlone = samples.layout === "document";
  return {
    text: isAlone && column ? words.columnAlone(column) : words.columnsName(inSight, columns.length),
    heading: words.CAPTION_HEADINGS.columns,
    options: [
      { key: ALL, text: words.columnsName(columns.length, columns.length) },
      ...columns.map((one, at) => ({ key: one.key, text: words.columnAlone(one), isApart: at === 0 })),
    ],
    chosen: place.isAlone ? (column?.key ?? null) : ALL,
    choose: (key) => {
      if (key === ALL) samples.change({ isAlone: false });
      else samples.change({ isAlone: true, rows: "steps", column: key, token: null });
    },
  };
}

function repeatWord(samples: SamplesState): Word {
  const { repeat, repeats } = samples;
  return {
    text: words.repeatName(repeat, repeats),
    heading: words.CAPTION_HEADINGS.repeat,
    options: [
      ...Array.from({ length: repeats }, (_, at) => ({ key: String(at), text: words.repeatName(at, repeats) })),
      { key: ALL, text: words.repeatName(null, repeats), isApart: true },
    ],
    chosen: repeat === null ? ALL : String(repeat),
    choose: (key) => samples.change({ repeat: key === ALL ? null : Number(key), token: null }),
  };
}

/** Words and characters are a choice of the same word: which of both says nothing where nothing is marked. */
function marksWord(samples: SamplesState): Word {
  const { marks, place, hasReferences } = samples;
  const kinds: Marks[] = hasReferences ? ["nothing", "new", "reference"] : ["nothing", "new"];
  const units = UNITS.map(
    (unit, at): Option => ({ key: `by ${unit}`, text: words.UNIT_NAMES[unit], isApart: at === 0 }),
  );
  return {
    text: words.MARKS_NAMES[marks],
    heading: words.CAPTION_HEADINGS.marks,
    options: [
      ...kinds.map((key) => ({ key, text: words.MARKS_NAMES[key], note: words.MARKS_MEANINGS[key] ?? "" })),
      ...(marks === "nothing" ? [] : units),
    ],
    chosen: marks,
    choose: (key) => {
      const unit = UNITS.find((one) => `by ${one}` === key);
      samples.change(unit ? { unit } : { marks: kinds.find((kind) => kind === key) ?? place.marks });
    },
  };
}
