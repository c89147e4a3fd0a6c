/** The page in one file: it draws what the file holds. */

import { render } from "../index";
import type { FileIndex } from "../wire/schema.gen";
import { answersFrom } from "./answers";
import type { Held } from "./held";

const held = (globalThis as unknown as { seqvizHeld: Held }).seqvizHeld;
void held.part("index").then((bytes) => {
  const index = JSON.parse(new TextDecoder().decode(bytes)) as FileIndex;
  return render(answersFrom(index, (at) => held.chunk(at)));
});
