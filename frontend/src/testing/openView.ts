/** A view without the page around it. */

import { Api } from "../host/api";
import type { Written } from "../store/parameters";
import { readPlace } from "../store/place";
import { Session } from "../store/session.svelte";
import type { View } from "../store/view";
import { type Target, ViewState } from "../store/viewState.svelte";

const life = new AbortController();
const noAnswer = (() => new Promise(() => undefined)) as typeof fetch;

/** Stands in for another view that the one tested may point at. */
export class OtherState extends ViewState {
  readonly waitingFor = null;
  readonly failures = new Map();
  readonly isDrawn = false;
  readonly arrivals = 0;
  readonly notices = [];
  /** What it was pointed at last. */
  target: Target | null = null;

  override placeOf(target: Target): object {
    this.target = target;
    return this.place;
  }

  leaveExample(): void {}
  retry(): void {}
  release(): void {}
}

/** Returns the state of a view; `server` answers its requests, by default never; `others`: kinds of the views beside it. */
export function openView<Place extends object, State extends ViewState<Place>>(
  view: View<Place, State>,
  server: typeof fetch = noAnswer,
  others: readonly string[] = [],
): State {
  const beside = others.map((kind) => ({ kind, open: () => new OtherState({}) }));
  const session = new Session([view, ...beside], new Api(server), life.signal);
  return session.states.get(view.kind) as unknown as State;
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
