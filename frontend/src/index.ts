/** The page's whole contract with TensorBoard: it imports this module into an empty document and calls `render`. */

import { loadLanguage } from "./page/language";
import { expectedView } from "./page/preload";

/** `request` stands in for `fetch` where there is no server. */
export async function render(request?: typeof fetch): Promise<void> {
  await loadLanguage(expectedView());
  const { open } = await import("./page/open");
  open(request);
}
