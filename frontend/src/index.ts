/** The page's whole contract with TensorBoard: it imports this module into an empty document and calls `render`. */

import { loadLanguage } from "./page/language";
import { expectedView, preloadSeries } from "./page/preload";

/** `request` stands in for `fetch` where there is no server. */
export async function render(request?: typeof fetch): Promise<void> {
  if (!request) preloadSeries();
  await loadLanguage(expectedView());
  const { open } = await import("./page/open");
  await open(request);
}
