/** What is read in what came, where that may be damaged: nothing that is derived from it may throw. */

import { asFailure, RequestFailure } from "../host/api";

/** Returns what is read, or why it cannot be. */
export function attempt<Value>(read: () => Value): Value | RequestFailure {
  try {
    return read();
  } catch (error) {
    return asFailure(error);
  }
}

/** Returns what there is; null where that is a failure. */
export function successOf<Value>(found: Value | RequestFailure): Value | null {
  return found instanceof RequestFailure ? null : found;
}
