/** What tests of the page's state share: there is no browser around them, and time stands still. */

import { afterEach, beforeEach, vi } from "vitest";

/** Has a document of so much stand in for the browser's, around each test of a file. */
export function withoutBrowser(document: object = { visibilityState: "hidden" }): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("document", { addEventListener: () => undefined, ...document });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}
