/** What of attention is saved besides what is in sight: the weights of the layer in focus, of A and of B. */

import type { Api } from "../host/api";
import type { Savable, SavableData } from "../store/saving";
import { phrases } from "./language";
import { jsonOf, type LayerData, npzOf } from "./layerArrays";
import { layerKey } from "./record/layers";
import { fetchHead, type LoadedRecord } from "./record/record";
import type { AttentionState } from "./state.svelte";

export function savable(attention: AttentionState, api: Api, signal: AbortSignal): Savable {
  const { session, first, second, layer, place } = attention;
  if (!first || !layer) return { subject: [], drawings: [], data: [] };
  const data = [first, second].flatMap((shownRecord, index): SavableData[] => {
    if (!shownRecord) return [];
    // What is saved is what was logged, tokens also where words are drawn.
    const record = inTokens(shownRecord);
    const { run, tag, step } = record.address;
    const shown = record.header.layers[record.layer];
    if (!shown) return [];
    const name = phrases.weightsToSave(shown.path, shown.heads, session.b ? (index === 0 ? "A" : "B") : null, step);
    const of: LayerData = {
      run,
      tag,
      step,
      header: record.header,
      layer: record.layer,
      measures: measuresOf(attention, record),
      head: (head) => fetchHead(api, record, head, signal),
    };
    const file = [session.runNames.get(run) ?? run, layerKey(shown), `step-${step}`];
    return [{ name, file, kinds: ["npz", "json"], make: (kind) => (kind === "npz" ? npzOf(of) : jsonOf(of)) }];
  });
  const drawn = attention.isRolled ? "rollout" : `head-${first.heads.join("+")}`;
  const heads = place.table === null ? [drawn] : ["heads"];
  return { subject: [...(place.table === null ? [layerKey(layer)] : []), ...heads], drawings: [], data };
}

function inTokens({ tokens, ...record }: LoadedRecord): LoadedRecord {
  return { ...record, header: tokens ?? record.header };
}

function measuresOf({ session }: AttentionState, { address }: LoadedRecord) {
  return session.tracks.find(({ info }) => info.run === address.run)?.measures ?? null;
}
