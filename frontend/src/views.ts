/** What each view draws: what to choose from on the left, the data, and what they say in detail on the right. */

import type { Component } from "svelte";
import AttentionDetails from "./attention/AttentionDetails.svelte";
import AttentionRail from "./attention/AttentionRail.svelte";
import AttentionView from "./attention/AttentionView.svelte";
import EmbeddingsDetails from "./embeddings/EmbeddingsDetails.svelte";
import EmbeddingsRail from "./embeddings/EmbeddingsRail.svelte";
import EmbeddingsView from "./embeddings/EmbeddingsView.svelte";
import SamplesDetails from "./samples/SamplesDetails.svelte";
import SamplesRail from "./samples/SamplesRail.svelte";
import SamplesView from "./samples/SamplesView.svelte";
import type { Page } from "./state.svelte";
import type { View } from "./store/place";
import StructureDetails from "./structure/StructureDetails.svelte";
import StructureRail from "./structure/StructureRail.svelte";
import StructureView from "./structure/StructureView.svelte";

type Part = Component<{ page: Page }>;

export const PARTS: Record<View, { Rail: Part; Centre: Part; Details: Part }> = {
  attention: { Rail: AttentionRail, Centre: AttentionView, Details: AttentionDetails },
  samples: { Rail: SamplesRail, Centre: SamplesView, Details: SamplesDetails },
  structure: { Rail: StructureRail, Centre: StructureView, Details: StructureDetails },
  embeddings: { Rail: EmbeddingsRail, Centre: EmbeddingsView, Details: EmbeddingsDetails },
};
