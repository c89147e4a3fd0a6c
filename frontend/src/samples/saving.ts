/** What of samples is saved besides what is in sight: the texts that are found, or all of them. */

import { type Savable, textFile } from "../store/saving";
import { samplesCsv, samplesJson } from "./exporting";
import { phrases } from "./language";
import type { SamplesState } from "./state.svelte";

export function savable(samples: SamplesState): Savable {
  const { session, finder } = samples;
  const subject = [session.example ?? "samples"];
  const file = [...session.selectedRuns.map((run) => session.runNames.get(run) ?? run), ...subject];
  const texts = finder.addressesToExport();
  const make = async (kind: string) => {
    const rows = samples.exportRows(texts);
    return textFile([kind === "csv" ? samplesCsv(rows) : samplesJson(rows)], kind);
  };
  const data = [{ name: phrases.textsToSave(finder.isOn, texts.length), file, kinds: ["csv", "json"], make }];
  return { subject, drawings: [], data: texts.length > 0 ? data : [] };
}
