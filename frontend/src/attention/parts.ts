/** What the view draws, loaded when it is first looked at. */

import type { Parts } from "../page/views";
import Details from "./AttentionDetails.svelte";
import Rail from "./AttentionRail.svelte";
import Centre from "./AttentionView.svelte";

export const parts: Parts = { Rail, Centre, Details };
