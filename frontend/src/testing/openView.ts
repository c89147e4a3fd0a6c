/** A view without the page around it. */

import { Api } from "../host/api";
import type { Written } from "../store/parameters";
import { readPlace } from "../store/place";
import { Session } from "../store/session.svelte";
import type { Parts, View } from "../store/view";
import type { Target, ViewState } from "../store/viewState.svelte";

const life = new AbortController();
/** A server that never answers. */
export const noAnswer = (() => new Promise(() => undefined)) as typeof fetch;

/** Stands in for another view that the one tested may point at; remembers what it was pointed at last. */
export class OtherView {
  target: Target | null = null;

  constructor(readonly kind: string) {}

  readPlace(): object {
    return {};
  }

  pointAt(place: object, target: Target): object {
    this.target = target;
    return place;
  }
}

/** Returns the state of a view, in a session with `others` beside it; `server` answers its requests. */
export function openView<Place extends object, State extends ViewState<Place>>(
  view: View<Place, State>,
  State: Parts<State>["State"],
  server: typeof fetch = noAnswer,
  others: readonly OtherView[] = [],
): State {
  const api = new Api(server);
  const session = new Session([view, ...others], api, life.signal);
  const state = new State(session, api, life.signal);
  session.adopt(view.kind, state);
  return state;
}

/** Follows a link with these parameters. */
export function followLink<Place extends object, State extends ViewState<Place>>(
  session: Session,
  view: View<Place, State>,
  parameters: Written,
): void {
  const text = (name: string) => parameters[name] ?? null;
  session.follow({
    page: { ...readPlace(text), examples: session.place.examples },
    views: { [view.kind]: view.readPlace(text) },
  });
}
