/** What the texts are compared with. */

import { seriesKey } from "../../store/catalogue.svelte";
import { runOf } from "../../store/compared";
import type { SamplesChoice } from "../choice.svelte";
import { type Comparison as Choice, COMPARISONS } from "../place";
import type { SampleAddress } from "../types";
import { type Comparing, comparedText } from "./comparing";

export class Comparison {
  /** The runs that have this group of samples. */
  runs = $derived.by(() =>
    this.samples.session.series.filter(({ name }) => name === this.samples.session.example).map(({ run }) => run),
  );
  /** B of the page, where nothing else is chosen here. */
  #b = $derived.by(() => (this.samples.place.compare === "nothing" ? this.samples.session.b : null));
  /** What is compared with: as chosen here, or B. */
  choice = $derived.by((): Choice => {
    if (!this.#b) return this.samples.place.compare;
    return "step" in this.#b ? "pinned" : "run";
  });
  #step = $derived.by(() => (this.#b && "step" in this.#b ? this.#b.step : this.samples.place.pinnedStep));
  /** The run to compare with: the one wished for, or another one in sight, or another one. */
  otherRun = $derived.by(() => {
    const { selectedRuns } = this.samples.session;
    const wished = runOf(this.#b) ?? this.samples.place.otherRun;
    const wish = this.runs.find((run) => run === wished);
    const others = [...selectedRuns, ...this.runs].filter((run) => run !== selectedRuns[0] && this.runs.includes(run));
    return wish ?? others[0] ?? null;
  });
  /** Its series, while it is compared with. */
  info = $derived.by(() => {
    if (this.choice !== "run") return null;
    return (
      this.samples.session.series.find(
        ({ run, name }) => run === this.otherRun && name === this.samples.session.example,
      ) ?? null
    );
  });
  /** What there is to compare with. */
  choices = $derived.by(() =>
    COMPARISONS.filter((choice) => {
      if (choice === "reference") return this.samples.setups.some(({ references }) => references.length > 0);
      return choice !== "run" || this.runs.length > 1;
    }),
  );
  #comparing = $derived.by((): Comparing => {
    const other = this.info && this.samples.texts.values.get(seriesKey(this.info));
    return { comparison: this.choice, pinnedStep: this.#step, other: other ?? null };
  });

  constructor(private readonly samples: SamplesChoice) {}

  choose(choice: Choice): void {
    if (choice === "pinned" && this.samples.place.pinnedStep === null) this.pinStep();
    else this.samples.change({ compare: choice });
  }

  /** Compares with the step of the cursor from here on. */
  pinStep(): void {
    this.samples.change({ pinnedStep: this.samples.session.step, compare: "pinned" });
  }

  /** Whether a text is itself what others are compared with. */
  isOther({ run, step }: SampleAddress): boolean {
    return (this.choice === "run" && run === this.otherRun) || (this.choice === "pinned" && step === this.#step);
  }

  /** Returns the text that one is compared with; null where there is none. */
  otherTextOf(address: SampleAddress): string | null {
    const series = this.samples.seriesOf(address.run);
    return series && comparedText(series, address, this.#comparing);
  }
}
