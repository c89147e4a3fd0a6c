/** What the page says about itself: in the status line what is going on, above the data what is not as asked for. */

import { common } from "../language/common";
import type { Session } from "../store/session.svelte";

export interface Status {
  text: string;
  urgent: boolean;
}

/** Returns what the user should know now: trouble with the server, or what has been waited for too long. */
export function statusOf(session: Session): Status | null {
  const { failure } = session.catalogue;
  const lost = [...(session.shown?.failures.values() ?? [])].find(({ reason }) => reason === "gone");
  const trouble = failure ?? lost;
  if (trouble)
    return { text: (trouble.reason === "gone" ? common.gone : common.broken)(trouble.message), urgent: true };
  const { waitingFor, patience } = session;
  return waitingFor !== null && patience.lateness === "long" ? { text: waitingFor, urgent: false } : null;
}

/** Returns a sentence for everything that the link asks for and the data does not have. */
export function noticesOf(session: Session): string[] {
  const { runs, selectedRuns, example, step, view, catalogue, linked } = session;
  const notices: string[] = [];
  const unknown = (linked?.runs ?? []).filter((run) => !runs.includes(run));
  if (unknown.length > 0 && runs.length > 0) notices.push(common.unknownRuns(unknown, selectedRuns));
  const wantedExample = linked?.examples[view];
  if (wantedExample && example !== null && wantedExample !== example) {
    notices.push(common.unknownExample(wantedExample, example));
  }
  const wanted = linked?.step ?? null;
  if (wanted !== null && step !== null && wanted !== step) notices.push(common.stepDropped(wanted, step));
  notices.push(...(session.shown?.notices ?? []));
  const { missingSteps, steps } = session;
  if (missingSteps > 0) notices.push(common.stepsDropped(steps.length, steps.length + missingSteps));
  if (catalogue.list && catalogue.list.newer.length > 0) notices.push(common.newerVersion(catalogue.list.newer));
  if (catalogue.list && catalogue.list.damaged.length > 0) notices.push(common.damagedRuns(catalogue.list.damaged));
  return notices;
}
