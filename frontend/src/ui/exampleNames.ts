/** What examples are called: by their text, where they have one. */

import { common } from "../language/common";
import { seriesKey } from "../store/catalogue.svelte";
import type { Session } from "../store/session.svelte";

export interface ExampleName {
  text: string;
  /** The text in quotation marks and short, or the name. */
  quoted: string;
  /** The name, where several have the same text. */
  note: string;
}

const LONGEST = 40;

/** Returns the names of the examples of the runs in sight. */
export function exampleNames(session: Session): ReadonlyMap<string, ExampleName> {
  const titles = session.examples.map((example) => titleOf(session, example));
  return namesOf(session.examples, titles);
}

export function namesOf(examples: readonly string[], titles: readonly string[]): ReadonlyMap<string, ExampleName> {
  return new Map(
    examples.map((example, index) => {
      const title = titles[index] ?? "";
      if (title === "") return [example, { text: example, quoted: example, note: "" }];
      const isAlone = titles.filter((other) => other === title).length === 1;
      const letters = [...title];
      const short =
        letters.length > LONGEST
          ? `${letters
              .slice(0, LONGEST - 1)
              .join("")
              .trimEnd()}…`
          : title;
      return [example, { text: title, quoted: common.quoted(short), note: isAlone ? "" : example }];
    }),
  );
}

/** The example in words, as the first of the selected runs that has it says. */
function titleOf(session: Session, example: string): string {
  const info = session.series.find(({ run, name }) => name === example && session.selectedRuns.includes(run));
  return ((info && session.catalogue.newest.get(seriesKey(info))?.title) || "").trim();
}
