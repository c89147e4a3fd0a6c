/** What the page asks of the state of each view, whatever it shows. */

import type { RequestFailure } from "../host/api";

/** What one view may point at in another. */
export interface Target {
  /** Path of a layer; null: whichever the view chooses. Left out, the layer stays. */
  layer?: string | null;
  /** The row of a matrix. */
  query?: number | null;
}

export abstract class ViewState<Place extends object = object> {
  /** What the user looks at: everything that a link carries of this view. */
  place = $state() as Place;
  /** What the link asked for that led here; it is of interest as long as the session is linked. */
  linked = $state.raw() as Place;

  /** What the view cannot go on without, in words; null if it has all that was asked for. */
  abstract readonly waitingFor: string | null;
  /** Why what was asked for is not shown, by run. */
  abstract readonly failures: ReadonlyMap<string, RequestFailure>;
  /** Whether there is something to see. */
  abstract readonly isDrawn: boolean;
  /** Changes with every step drawn as asked: the pace of playing. */
  abstract readonly arrivals: number;
  /** A sentence for everything that the link asks of this view and the data does not have. */
  abstract readonly notices: readonly string[];

  constructor(start: Place) {
    this.place = { ...start };
    this.linked = start;
  }

  /** Forgets what has no meaning in another example. */
  abstract leaveExample(): void;
  /** Asks again for what the server could not give. */
  abstract retry(): void;
  /** Lets go of what is pinned or chosen. */
  abstract release(): void;

  change(some: Partial<Place>): void {
    Object.assign(this.place, some);
  }

  /** Goes where a link leads. */
  follow(place: Place): void {
    this.linked = place;
    this.change(place);
  }
}
