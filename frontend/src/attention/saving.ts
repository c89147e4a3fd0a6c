/** What of attention is saved besides what is in sight: the weights of the layer in focus, of A and of B, and its rollout. */

import type { Api } from "../host/api";
import type { Savable, SavableData } from "../store/saving";
import { phrases } from "./language";
import { jsonOf, type LayerData, npzOf } from "./layerArrays";
import { layerKey } from "./record/layers";
import type { HeadMatrix } from "./record/matrix";
import { fetchHead, fetchStill, isStack, type LoadedRecord } from "./record/record";
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
    const side = session.b ? (index === 0 ? "A" : "B") : null;
    const of: LayerData = {
      run,
      tag,
      step,
      header: record.header,
      layer: record.layer,
      measures: measuresOf(attention, record),
      rolled: [],
      head: (head) => fetchHead(api, record, head, signal),
    };
    const file = [session.runNames.get(run) ?? run, layerKey(shown), `step-${step}`];
    const heads = saved(phrases.weightsToSave(shown.path, shown.heads, side, step), file, of);
    if (!isStack(record.rollout)) return [heads];
    const wish = { layer: layerKey(shown), head: record.head, isWhole: true, isRolled: true };
    const rolledOut: LayerData = {
      ...of,
      rolled: record.rollout.layers.map((layer) => record.header.layers[layer]?.path ?? ""),
      // As it was logged, tokens also where words are drawn.
      head: async () => (await fetchStill(api, record.address, wish, signal))?.matrix as HeadMatrix,
    };
    const what = phrases.rolloutToSave(shown.path, rolledOut.rolled.length, side, step);
    return [saved(what, [...file, "rollout"], rolledOut), heads];
  });
  const drawn = attention.isRolled ? "rollout" : `head-${first.heads.join("+")}`;
  const heads = place.table === null ? [drawn] : ["heads"];
  return { subject: [...(place.table === null ? [layerKey(layer)] : []), ...heads], drawings: [], data };
}

function saved(name: string, file: string[], of: LayerData): SavableData {
  return { name, file, kinds: ["npz", "json"], make: (kind) => (kind === "npz" ? npzOf(of) : jsonOf(of)) };
}

function inTokens({ tokens, ...record }: LoadedRecord): LoadedRecord {
  return { ...record, header: tokens ?? record.header };
}

function measuresOf({ session }: AttentionState, { address }: LoadedRecord) {
  return session.tracks.find(({ info }) => info.run === address.run)?.measures ?? null;
}
