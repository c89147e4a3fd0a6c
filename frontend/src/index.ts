/**
 * The page's whole contract with TensorBoard: it imports this module into an empty document and calls `render`. The page starts the same
 * module as workers, which know by their names what to do; so nothing of the page itself runs before `render`, which a worker never calls.
 */

import { loadLanguage } from "./page/language";
import "./samples/find/searchWorker";
import "./structure/layout/layoutWorker";

export async function render(): Promise<void> {
  await loadLanguage();
  const { open } = await import("./page/open");
  open();
}
