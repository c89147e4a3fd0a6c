/** What the view draws, loaded when it is first looked at. */

import type { Parts } from "../page/views";
import Details from "./StructureDetails.svelte";
import Rail from "./StructureRail.svelte";
import Centre from "./StructureView.svelte";

export const parts: Parts = { Rail, Centre, Details };
