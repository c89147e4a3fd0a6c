/** What the view draws, loaded when it is first looked at. */

import type { Parts } from "../page/views";
import Details from "./SamplesDetails.svelte";
import Rail from "./SamplesRail.svelte";
import Centre from "./SamplesView.svelte";

export const parts: Parts = { Rail, Centre, Details };
