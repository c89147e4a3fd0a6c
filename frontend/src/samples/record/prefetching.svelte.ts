/** Has the tokens around the cursor ready while tokens are looked at. */

import { untrack } from "svelte";
import type { Api, RecordAddress } from "../../host/api";
import { neighbours } from "../../store/steps";
import type { SamplesChoice } from "../choice.svelte";
import { readHeader } from "./tokens";

const REACH = 2;

export function keepPrefetching(samples: SamplesChoice, api: Api, signal: AbortSignal): void {
  $effect(() => {
    const { chosen, place, session } = samples;
    if (!chosen || !(place.shade || place.token !== null)) return;
    const addresses = neighbours(session.stepIndex, session.steps.length, REACH).flatMap((index) => {
      const step = session.steps[index];
      return step === undefined ? [] : (samples.recordOf({ run: chosen.run, step }) ?? []);
    });
    untrack(() => Promise.allSettled(addresses.map((address) => prefetch(api, address, chosen.sample, signal))));
  });
}

async function prefetch(api: Api, address: RecordAddress, sample: number, signal: AbortSignal): Promise<void> {
  const header = await api.blob({ ...address, index: 0 }, signal, "low");
  const index = readHeader(header).samples[sample]?.blob ?? -1;
  if (index > 0) await api.blob({ ...address, index }, signal, "low");
}
