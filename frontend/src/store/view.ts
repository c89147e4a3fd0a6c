/** What a view is: one value, which the page needs to know and nothing else. */

import type { Component } from "svelte";
import type { Api } from "../host/api";
import type { Parameters, Written } from "./parameters";
import type { Savable } from "./saving";
import type { Session } from "./session.svelte";
import type { Target, ViewState } from "./viewState.svelte";

/** A key, and what it does; not while one types. */
export interface Key<Target> {
  /** As keyboard events name it. */
  key: string;
  shift?: boolean;
  /** As the sheet of keys shows it, where that is something else. */
  label?: string;
  /** What it does, by a name for which the view's catalogue `keys` has words. */
  name: string;
  /** Returns false where there was nothing to do. */
  press(target: Target): unknown;
}

/** What the pointer does, and the keys of a single component. */
export type Help = readonly (readonly [what: string, does: string])[];

/** What is loaded of a view when it is first looked at. */
export interface Parts<State> {
  /** What it adds to the session, and lives as long as the page. */
  State: new (
    session: Session,
    api: Api,
    signal: AbortSignal,
  ) => State;
  /** What it draws: the data. */
  Centre: Component<{ view: State }>;
  /** What is beside them, each loaded when it is first opened: what to choose from on the left, and what is said in detail on the right. */
  loadRail: Loaded<State>;
  loadDetails: Loaded<State>;
  /** What can be saved besides a picture of what is in sight. */
  loadSaving?(): Promise<{ savable(view: State, api: Api, signal: AbortSignal): Savable }>;
}

type Loaded<State> = () => Promise<{ default: Component<{ view: State }> }>;

export interface View<Place extends object = object, State extends ViewState<Place> = ViewState<Place>> {
  /** What its records are; also its name in the address. */
  kind: string;
  /** Kinds of records that it shows besides, also where there are none of its own. */
  alsoShows?: readonly string[];
  /** On its tab. */
  name: string;
  /** Parameter of the address that names its example, so that no view forgets what it showed. */
  exampleParameter: string;
  readPlace(text: Parameters): Place;
  writePlace(place: Place): Written;
  keys: readonly Key<State>[];
  /** Returns the place at which it shows what another view points at. */
  pointAt?(place: Place, target: Target): Place;
  load(): Promise<Parts<State>>;
}

/** Returns a view as the page sees it, which gives each only the state that is its own. */
export function asView<Place extends object, State extends ViewState<Place>>(view: View<Place, State>): View {
  return view as unknown as View;
}
