/** Keeps the address that the user sees and the place of the page the same; Back goes to what was looked at before. */

import { untrack } from "svelte";
import { visibleWindow } from "../host/tensorboard";
import type { Session } from "../store/session.svelte";
import { isMove, readLink, writeLink } from "./url";

const PAUSE_MS = 200;

export function keepAddress(session: Session, signal: AbortSignal): void {
  const host = visibleWindow();
  session.follow(readLink(host.location.search));

  let written = host.location.search;
  /** Whether the place has changed since: then the address that was written is another one, too, though it reads the same. */
  let isAhead = false;
  $effect(() => {
    const search = writeLink(
      untrack(() => host.location.search),
      session.link,
    );
    isAhead = search !== written;
    const timer = setTimeout(() => {
      isAhead = false;
      const { pathname, hash, search: before } = host.location;
      if (search !== before) {
        const write = isMove(before, search) ? "pushState" : "replaceState";
        host.history[write](host.history.state, "", pathname + search + hash);
      }
      written = search;
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  });

  const read = () => {
    if (host.location.search === written && !isAhead) return;
    written = host.location.search;
    session.follow(readLink(written));
  };
  host.addEventListener("popstate", read, { signal });
  host.addEventListener("hashchange", read, { signal });
}
