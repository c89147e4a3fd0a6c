/** The views that there are: what each adds to the session, once it was looked at, and where it is or will begin. */

import { SvelteMap } from "svelte/reactivity";
import type { Parameters } from "./parameters";
import type { Target, ViewState } from "./viewState.svelte";

/** As much of a view as the session needs to know. */
export interface KnownView {
  kind: string;
  alsoShows?: readonly string[];
  readPlace(text: Parameters): object;
  pointAt?(place: object, target: Target): object;
}

export class KnownViews {
  readonly names: readonly string[];
  /** What each view adds that was looked at, by its name. */
  #states = new SvelteMap<string, ViewState>();
  /** Where the others will begin. */
  #starts: Readonly<Record<string, object>>;

  constructor(private readonly known: readonly KnownView[]) {
    this.names = known.map(({ kind }) => kind);
    this.#starts = Object.fromEntries(known.map((view) => [view.kind, view.readPlace(() => null)]));
  }

  /** Returns whether a view shows records of a kind. */
  shows(view: string, kind: string): boolean {
    return view === kind || (this.known.find((one) => one.kind === view)?.alsoShows?.includes(kind) ?? false);
  }

  /** Returns what a view adds; null until it is loaded. */
  get(view: string): ViewState | null {
    return this.#states.get(view) ?? null;
  }

  /** Takes the state of a view that was loaded, and leads it where it was to begin. */
  adopt(view: string, state: ViewState): void {
    const start = this.#starts[view];
    if (start) state.follow(start);
    this.#states.set(view, state);
  }

  /** Where each view is. */
  get places(): Record<string, object> {
    return Object.fromEntries(this.names.map((view) => [view, this.#placeOf(view)]));
  }

  /** Leads views where a link has them. */
  follow(places: Readonly<Record<string, object>>): void {
    this.#starts = { ...this.#starts, ...places };
    for (const [view, place] of Object.entries(places)) this.#states.get(view)?.follow(place);
  }

  /** Returns the place at which a view shows what another one points at; null where there is no such view. */
  pointedAt(view: string, target: Target): object | null {
    const known = this.known.find(({ kind }) => kind === view);
    if (!known) return null;
    const before = this.#placeOf(view);
    return known.pointAt?.(before, target) ?? before;
  }

  #placeOf(view: string): object {
    return this.#states.get(view)?.place ?? this.#starts[view] ?? {};
  }
}
