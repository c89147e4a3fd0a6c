/** What of an evaluation is saved besides what is in sight: its tables. */

import { type Savable, textFile } from "../store/saving";
import { evaluationCsv, evaluationJson } from "./exporting";
import { phrases } from "./language";
import type { EvaluationState } from "./state.svelte";

export function savable({ session, tables }: EvaluationState): Savable {
  const subject = [session.example ?? "evaluation"];
  const file = [...session.selectedRuns.map((run) => session.runNames.get(run) ?? run), ...subject];
  const make = async (kind: string) =>
    textFile([kind === "csv" ? evaluationCsv(tables) : evaluationJson(tables)], kind);
  const data = [{ name: phrases.ALL_MEASURES, file, kinds: ["csv", "json"], make }];
  return { subject, drawings: [], data: tables.length > 0 ? data : [] };
}
