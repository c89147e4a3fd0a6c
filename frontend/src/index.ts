/** The page's whole contract with TensorBoard: it imports this module into an empty document and calls `render`. */

import { loadLanguage } from "./page/language";

export async function render(): Promise<void> {
  await loadLanguage();
  const { open } = await import("./page/open");
  open();
}
