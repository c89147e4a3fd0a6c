/** What the page is made of before anything of it is drawn. */

import type { Api } from "../host/api";
import { watchReloads, watchTheme } from "../host/tensorboard";
import { Session } from "../store/session.svelte";
import { keepAddress } from "./address.svelte";
import { keepUpToDate } from "./keeping.svelte";
import { VIEWS } from "./views";

/** Starts what the page shows and what keeps it, until `signal`. */
export function startSession(api: Api, signal: AbortSignal): Session {
  let session: Session | undefined;
  const end = $effect.root(() => {
    session = new Session(VIEWS, api, signal);
    keepUpToDate(session, signal);
    keepAddress(session, signal);
  });
  signal.addEventListener("abort", end);
  const started = session as unknown as Session;
  watchTheme((theme) => {
    started.theme = theme;
    document.documentElement.dataset.theme = theme;
  }, signal);
  watchReloads(() => started.refresh(), signal);
  return started;
}
