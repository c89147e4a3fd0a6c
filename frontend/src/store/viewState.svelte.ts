/** What the page asks of the state of each view, whatever it shows. */

import type { RequestFailure } from "../host/api";
import type { Sentence } from "../language/sentence";
import type { Compared } from "./compared";
import type { StepLine } from "./stepLines";

/** What one view may point at in another. */
export interface Target {
  /** Path of a layer; null: whichever the view chooses. Left out, the layer stays. */
  layer?: string | null;
  /** The row of a matrix. */
  query?: number | null;
}

/** Small print at the end of the reading line, and what can be done about it. */
export interface Mark {
  text: string;
  action?: { name: string; press(): void };
}

export abstract class ViewState<Place extends object = object> {
  /** What the user looks at: everything that a link carries of this view. */
  place = $state() as Place;
  /** What the link asked for that led here; it is of interest as long as the session is linked. */
  linked = $state.raw() as Place;
  /** What a name means that is pointed at; the reading line says it before anything else. */
  explained = $state.raw<string | null>(null);

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

  /** What the reading line says of what is pointed at or pinned; null where nothing is. */
  get reading(): Sentence | null {
    return null;
  }

  /** What it says where nothing is: how to read. */
  get hint(): Sentence {
    return [];
  }

  get mark(): Mark | null {
    return null;
  }

  /** What the step bar can draw of this view. */
  get stepLines(): readonly StepLine[] {
    return [];
  }

  /** Key of the line that the step bar draws where none was chosen; null for the loss, if it is known. */
  get impliedLine(): string | null {
    return null;
  }

  /** Where something begins to be wrong: marks on the step bar. */
  get alarmedSteps(): readonly number[] {
    return [];
  }

  /** What the view compares with where nothing else was chosen. */
  get impliedB(): Compared | null {
    return null;
  }

  constructor(start: Place) {
    this.place = { ...start };
    this.linked = start;
  }

  /** Forgets what has no meaning in another example. */
  abstract leaveExample(): void;
  /** Lets go of what is pinned or chosen; returns whether there was something. */
  abstract release(): boolean;

  /** Answers that it looks at, which forget what no server gave, so that it is asked for again. */
  get answers(): readonly { forgetFailures(): void }[] {
    return [];
  }

  /** Asks again for what else is among the failures. */
  retry(): void {}

  change(some: Partial<Place>): void {
    Object.assign(this.place, some);
  }

  /** Goes where a link leads. */
  follow(place: Place): void {
    this.linked = place;
    this.change(place);
  }
}
