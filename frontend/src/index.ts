/**
 * The page's whole contract with TensorBoard: it imports this module into an empty document and calls `render`. The page starts the same
 * module as a worker that searches; so nothing of the page itself runs before `render`, which a worker never calls.
 */

import "./samples/searchWorker";

export async function render(): Promise<void> {
  const { open } = await import("./page");
  open();
}
