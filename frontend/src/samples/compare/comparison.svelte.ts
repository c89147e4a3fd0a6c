/** What the texts are compared with: B of the page, or what was expected. */

import { runOf } from "../../store/compared";
import { type DiffPiece, differences } from "../../tokens/diff";
import type { SamplesChoice } from "../choice.svelte";
import type { Column } from "../grid/grid";
import { phrases as words } from "../language";
import type { SampleAddress } from "../types";
import { referenceOf, sameSample } from "./comparing";

/** A text of A or B. */
export interface Side {
  /** null of a reference. */
  address: SampleAddress | null;
  text: string;
}

/** A text of A beside that of B; null where one of them has none. */
export interface ComparedRow {
  key: string;
  name: string;
  /** The same in a sentence. */
  said: string;
  prompt: number;
  column: string;
  a: Side | null;
  b: Side | null;
}

export class Comparison {
  /** The columns of the chosen prompt, or the prompts of the chosen column, and the repeats of each that A or B has. */
  rows = $derived.by((): ComparedRow[] => {
    const { samples } = this;
    if (samples.layout !== "compared" || !samples.column) return [];
    const { column } = samples;
    return samples.place.rows === "steps"
      ? samples.columns.flatMap((made) => this.#rowsOf(nameOf(made), samples.promptIndex, made))
      : samples.prompts.flatMap(({ text }, prompt) => this.#rowsOf(nameOfPrompt(text), prompt, column));
  });
  /** The steps that the texts are of, the latest by those of the bar that their runs have; null without texts. */
  steps = $derived.by(() => {
    const stepOf = (side: "a" | "b") => this.rows.find((row) => row[side]?.address)?.[side]?.address?.step ?? null;
    return { a: stepOf("a"), b: stepOf("b") };
  });
  /** Runs in sight that are neither A nor B. */
  others = $derived.by(() => {
    const { b, runA, selectedRuns } = this.samples.session;
    return this.samples.layout === "compared" ? selectedRuns.filter((run) => run !== runA && run !== runOf(b)) : [];
  });

  constructor(private readonly samples: SamplesChoice) {}

  /** Returns the pieces of a text of a row, with what only it has; null where there is no other. */
  piecesOf({ a, b }: ComparedRow, side: "a" | "b"): DiffPiece[] | null {
    if (!a || !b) return null;
    const { unit } = this.samples.place;
    return side === "a" ? differences(a.text, b.text, unit) : differences(b.text, a.text, unit);
  }

  /** Returns the pieces of a text, with what is new since the step before; null at the first. */
  newIn(address: SampleAddress): DiffPiece[] | null {
    const series = this.samples.seriesOf(address.run);
    const before = series && address.at > 0 ? sameSample(series, address, series, address.at - 1) : null;
    return before && differences(this.samples.textAt(address), this.samples.textAt(before), this.samples.place.unit);
  }

  #rowsOf(names: Pick<ComparedRow, "name" | "said">, prompt: number, column: Column): ComparedRow[] {
    const { samples } = this;
    const { session, repeat } = samples;
    const areReferences = samples.against === "reference";
    const ofA = this.#sidesOf(prompt, column, session.runA, session.stepIndex);
    const ofB = areReferences ? null : this.#sidesOf(prompt, column, session.runB, session.indexB);
    const known = [...new Set([...ofA.keys(), ...(ofB?.keys() ?? [])])].sort((one, other) => one - other);
    const shown = repeat === null ? known : known.slice(Math.min(repeat, known.length - 1)).slice(0, 1);
    return (shown.length > 0 ? shown : [0]).map((one): ComparedRow => {
      const a = ofA.get(one) ?? null;
      const b = ofB ? ofB.get(one) : a && this.#referenceOf(a);
      return { key: `${column.key} ${prompt} ${one}`, ...names, prompt, column: column.key, a, b: b ?? null };
    });
  }

  /** Returns the texts that a run has in a cell by a step, by repeat. */
  #sidesOf(prompt: number, column: Column, run: string | null, index: number): Map<number, Side> {
    const { samples } = this;
    const step = samples.session.steps[index];
    if (run === null || step === undefined) return new Map();
    const addresses = samples.addressesIn({ step, prompt }, { run, column });
    const setup = samples.seriesOf(run)?.setups[addresses[0]?.at ?? -1];
    return new Map(
      addresses.map((address) => {
        const key = setup?.samples[address.sample];
        return [key?.repeat ?? 0, { address, text: samples.textAt(address) }];
      }),
    );
  }

  #referenceOf({ address }: Side): Side | null {
    const series = address && this.samples.seriesOf(address.run);
    const text = series && referenceOf(series, address);
    return text === null ? null : { address: null, text };
  }
}

function nameOf(column: Column): Pick<ComparedRow, "name" | "said"> {
  return { name: words.briefColumnName(column), said: words.columnName(column) };
}

function nameOfPrompt(text: string): Pick<ComparedRow, "name" | "said"> {
  return { name: text || words.EMPTY_PROMPT, said: words.shortPrompt(text) };
}
