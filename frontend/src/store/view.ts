/** What the page asks of each of its views. A new one is a folder with such a class, and a line in `page/views.ts` and `place.ts`. */

import type { RequestFailure } from "../host/api";
import type { Action } from "./keys";

export interface ViewState {
  /** What the view cannot go on without, in words; null if it has all that was asked for. */
  readonly waitingFor: string | null;
  /** Why what was asked for is not shown, by run. */
  readonly failures: ReadonlyMap<string, RequestFailure>;
  /** Whether there is something to see. */
  readonly isDrawn: boolean;
  /** Changes with every step drawn as asked: the pace of playing. */
  readonly arrivals: number;
  /** A sentence for everything that the link asks of this view and the data does not have. */
  readonly notices: readonly string[];
  /** Forgets what has no meaning in another example. */
  leaveExample(): void;
  /** Asks again for what the server could not give. */
  retry(): void;
  /** Returns whether there was something to do. */
  perform(action: Action): boolean;
}
