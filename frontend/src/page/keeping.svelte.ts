/** What the page does by itself: it asks what is new, asks again for what was dropped, and plays. */

import { untrack } from "svelte";
import { seriesKey } from "../store/catalogue.svelte";
import type { Session } from "../store/session.svelte";
import { playPause } from "../store/steps";

const POLL_MS = 5000;

/** To be called within an effect, and gone with it. */
export function keepUpToDate(session: Session, signal: AbortSignal): void {
  keepPolling(session, signal);
  keepAskingForDropped(session);
  keepPlaying(session);
}

function keepPolling(session: Session, signal: AbortSignal): void {
  const poll = () => {
    if (document.visibilityState === "visible") void session.refresh();
  };
  const timer = setInterval(poll, POLL_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
  document.addEventListener("visibilitychange", poll, { signal });
}

/** TensorBoard may have dropped a step since it listed it. */
function keepAskingForDropped(session: Session): void {
  const asked = new Set<string>();
  $effect(() => {
    for (const [run, { reason }] of session.shown?.failures ?? []) {
      const info = session.inSight.find((one) => one.run === run);
      if (reason !== "missing" || !info) continue;
      const name = `${seriesKey(info)}\n${session.step}`;
      if (asked.has(name)) continue;
      asked.add(name);
      untrack(() => session.catalogue.forget(info));
      untrack(() => session.catalogue.follow(info));
    }
  });
}

function keepPlaying(session: Session): void {
  $effect(() => {
    if (!session.playing) return;
    void session.shown?.arrivals;
    const timer = setTimeout(() => {
      if (session.stepIndex >= session.steps.length - 1) session.playing = false;
      else session.goToIndex(session.stepIndex + 1);
    }, playPause(session.steps.length));
    return () => clearTimeout(timer);
  });
}
