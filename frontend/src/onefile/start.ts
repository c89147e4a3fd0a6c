/** The first that runs in the file: it reads the page's script there, and runs it. */

import { Held } from "./held";

const held = new Held(document);
Object.assign(globalThis, { seqvizHeld: held });
void held.part("page").then((script) => {
  const element = document.createElement("script");
  element.textContent = new TextDecoder().decode(script);
  document.head.append(element);
});
