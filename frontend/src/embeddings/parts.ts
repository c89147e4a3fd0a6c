/** What the view draws, loaded when it is first looked at. */

import type { Parts } from "../page/views";
import Details from "./EmbeddingsDetails.svelte";
import Rail from "./EmbeddingsRail.svelte";
import Centre from "./EmbeddingsView.svelte";

export const parts: Parts = { Rail, Centre, Details };
