/** A view of the page over a server in memory, as pages of the gallery show it. */

import { onDestroy } from "svelte";
import type { Theme } from "../src/draw/inks";
import { Api } from "../src/host/api";
import { keepUpToDate } from "../src/page/keeping.svelte";
import { Session } from "../src/store/session.svelte";
import type { View } from "../src/store/view";
import type { ViewState } from "../src/store/viewState.svelte";

interface Shown<Place> {
  server: typeof fetch;
  /** What all views share, such as step and runs. */
  page: Parameters<Session["change"]>[0];
  place: Partial<Place>;
  theme: () => Theme;
}

/** Opens a view for as long as the component that calls this lives. */
export function viewInMemory<Place extends object, State extends ViewState<Place>>(
  view: View<Place, State>,
  StateOfView: new (session: Session, api: Api, signal: AbortSignal) => State,
  { server, page, place, theme }: Shown<Place>,
): { session: Session; state: State } {
  const life = new AbortController();
  onDestroy(() => life.abort());
  const api = new Api(server);
  const session = new Session([view], api, life.signal);
  const state = new StateOfView(session, api, life.signal);
  session.adopt(view.kind, state);
  session.change(page);
  state.change(place);
  keepUpToDate(session, life.signal);
  $effect(() => {
    session.theme = theme();
  });
  return { session, state };
}
