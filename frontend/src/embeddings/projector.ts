/** Where TensorBoard's own Projector shows a layer: in a run of its own for each snapshot. */

/** Returns the Projector's run with the snapshot of the step, or of the latest before it; null if there is none. */
export function snapshotRun(
  runs: readonly string[],
  run: string,
  tag: string,
  layer: string,
  step: number,
): string | null {
  const name = tag.slice("embeddings/".length, -layer.length);
  const folder = `${run}/embeddings/${name}step-`;
  const steps = runs
    .filter((other) => other.startsWith(folder))
    .map((other) => ({ run: other, step: Number(other.slice(folder.length)) }))
    .filter(({ step }) => Number.isInteger(step))
    .sort((a, b) => a.step - b.step);
  return (steps.filter((one) => one.step <= step).pop() ?? steps[0])?.run ?? null;
}
