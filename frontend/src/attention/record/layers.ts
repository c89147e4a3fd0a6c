/** The layers of a record: their names, their order on the page, and the blobs that hold them. */

import {
  type AttentionHeader,
  type AxisUnit,
  type LayerHeader,
  type Part,
  ROLES,
  type Role,
} from "../../wire/schema.gen";

/** Returns what tells this layer from the others of its record, whatever the step. */
export function layerKey(layer: LayerHeader): string {
  return layer.call === 0 ? layer.path : `${layer.path}#${layer.call}`;
}

/** Returns the index of the layer with this key, -1 if there is none. */
export function findLayer(header: AttentionHeader, key: string | null): number {
  return header.layers.findIndex((layer) => layerKey(layer) === key);
}

/** Returns the layer at the place that a layer of another record has among those of its role; -1 where those are not as many. */
function counterpartOf(header: AttentionHeader, other: AttentionHeader, layer: number): number {
  const role = other.layers[layer]?.role;
  const [here, there] = [header, other].map(({ layers }) =>
    layers.flatMap((one, index) => (one.role === role ? [index] : [])),
  );
  return here && here.length === there?.length ? (here[there.indexOf(layer)] ?? -1) : -1;
}

/** Returns what a layer of another record is in this one: that of its name, else that at its place; -1 where there is neither. */
export function layerLike(header: AttentionHeader, other: AttentionHeader, layer: number): number {
  const wanted = other.layers[layer];
  const named = wanted ? findLayer(header, layerKey(wanted)) : -1;
  return named < 0 ? counterpartOf(header, other, layer) : named;
}

export interface LayerGroup {
  role: Role;
  /** Indices into `header.layers`, in the order of their first call. */
  layers: number[];
}

/** Returns the layers by role, in the order of `ROLES`; roles without layers are left out. */
export function groupLayers(header: AttentionHeader): LayerGroup[] {
  return ROLES.map((role) => ({
    role,
    layers: header.layers.flatMap((layer, index) => (layer.role === role ? [index] : [])),
  })).filter((group) => group.layers.length > 0);
}

/** Returns the indices of the layers as the page lists them: by role. */
export function listedLayers(header: AttentionHeader): number[] {
  return groupLayers(header).flatMap(({ layers }) => layers);
}

/** Returns how many heads come before those of the layer: where it starts in a row of measures. */
export function firstHeadOf(header: AttentionHeader, layer: number): number {
  return header.layers.slice(0, layer).reduce((sum, { heads }) => sum + heads, 0);
}

/** Whether a part of a layer holds the weights of one of its heads. */
export function holdsHead({ first_head, heads }: Part, head: number): boolean {
  return head >= first_head && head < first_head + heads;
}

/** Returns the blobs that a page needs which shows all thumbnails and some heads of one layer; -1: of none. */
export function blobsNeeded(header: AttentionHeader, layer: number, heads: readonly number[]): number[] {
  const needed = new Set<number>();
  if (header.overview >= 0) needed.add(header.overview);
  header.layers.forEach(({ parts, thumbnail, strongest }, index) => {
    const isWanted = (part: Part) => index === layer && heads.some((head) => holdsHead(part, head));
    // A layer without a thumbnail is small enough to be its own.
    for (const part of parts) if (!thumbnail || isWanted(part)) needed.add(part.blob);
    for (const part of strongest.flatMap((one) => one.parts)) if (isWanted(part)) needed.add(part.blob);
  });
  return [...needed];
}

/** Returns queries and keys of the matrices of a layer as they are stored: in blocks, where it is said to be as the model has it. */
export function storedSides({ queries, keys, pooled, strongest }: LayerHeader): { queries: number; keys: number } {
  const isOfModel = strongest.some((kept) => kept.queries === queries && kept.keys === keys);
  const [tall = 1, wide = 1] = isOfModel ? pooled : [];
  return { queries: Math.ceil(queries / tall), keys: Math.ceil(keys / wide) };
}

/** Returns the tokens along an axis, or numbers where it has none. */
export function tokensAlong(header: AttentionHeader, name: string, count: number): string[] {
  const tokens = header.axes[name];
  return tokens?.length === count ? tokens : Array.from({ length: count }, (_, position) => String(position));
}

/** Returns what each position of an axis lasts; undefined where it is no time. */
export function timeOf(header: AttentionHeader, name: string): AxisUnit | undefined {
  return header.units.find(({ axis }) => axis === name);
}

/** Returns the paths without the leading names that all of them share; the last name always stays. */
export function shortPaths(paths: readonly string[]): string[] {
  const split = paths.map((path) => path.split("/"));
  const [first = []] = split;
  let shared = 0;
  while (split.length > 0 && split.every((names) => names.length > shared + 1 && names[shared] === first[shared]))
    shared++;
  return split.map((names) => names.slice(split.length > 1 ? shared : 0).join("/"));
}
