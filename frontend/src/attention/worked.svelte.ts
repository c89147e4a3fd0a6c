/** What is worked out of weights, and what is said of that, loaded when it is first asked for: most of the time one head is drawn as it was logged. */

import { learn } from "../language/catalogue";

export type Worked = typeof import("./worked");

const RETRY_MS = 5000;
let loaded = $state.raw<Worked | null>(null);
let loading: Promise<void> | null = null;

/** Returns it; null until it is there, which is told to whatever derives from it. */
export function worked(): Worked | null {
  if (!loaded) void loadWorked();
  return loaded;
}

/** Resolves when it is there; what could not be loaded is asked for again. */
export function loadWorked(): Promise<void> {
  loading ??= (async () => {
    while (!loaded) {
      try {
        const [module] = await Promise.all([import("./worked"), learn("attention/details")]);
        loaded = module;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  })();
  return loading;
}
