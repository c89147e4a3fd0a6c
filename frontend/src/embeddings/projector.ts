/** Where TensorBoard's own Projector shows a layer: in a run of its own for each snapshot. */

export interface Snapshot {
  /** As the Projector lists it. */
  run: string;
  step: number;
}

/** Returns the snapshot of the step, or of the nearest that is kept, the earlier of two; null if there is none. */
export function nearestSnapshot(
  runs: readonly string[],
  run: string,
  tag: string,
  layer: string,
  step: number,
): Snapshot | null {
  const name = tag.slice("embeddings/".length, -layer.length);
  const folder = `${run}/embeddings/${name}step-`;
  const snapshots = runs
    .filter((other) => other.startsWith(folder))
    .map((other) => ({ run: other, step: Number(other.slice(folder.length)) }))
    .filter((snapshot) => Number.isInteger(snapshot.step))
    .sort((a, b) => Math.abs(a.step - step) - Math.abs(b.step - step) || a.step - b.step);
  return snapshots[0] ?? null;
}

/** Returns the address of the Projector opened on one layer of a snapshot, relative like those of the page's requests. */
export function projectorAddress(run: string, layer: string): string {
  const bytes = new TextEncoder().encode(JSON.stringify([run, layer]));
  const key = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `projector/${key.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}/`;
}
