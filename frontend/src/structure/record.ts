/** The record of a structure, of which each part fits the others. */

import { checked } from "../wire/checked";
import { type Frame, FrameError } from "../wire/frame";
import type { StructureHeader } from "../wire/schema.gen";
import { structureHeader } from "../wire/shapes/structure.gen";

/** Returns the header of a record from its blob 0: each node after its parent, and edges between what there is. */
export function readStructure(frame: Frame): StructureHeader {
  const header = checked(structureHeader, frame.header);
  const { nodes, edges, tensors } = header;
  const paths = new Set<string>();
  // The model comes first, and has no parent.
  const isTree = nodes.every(({ path, parent }) => {
    const fits = !paths.has(path) && (paths.size === 0 ? parent === "" : paths.has(parent));
    paths.add(path);
    return fits;
  });
  const isPlace = (place: number) => place >= -1 && place < tensors.length;
  const fits = edges.every(
    ({ source, target, tensor, leaves, enters }) =>
      (paths.has(source) || source.startsWith("inputs/")) &&
      (paths.has(target) || target.startsWith("outputs/")) &&
      [tensor, ...leaves, ...enters].every(isPlace),
  );
  if (!isTree || !fits || paths.size === 0)
    throw new FrameError(
      "The layers of the record and what flows between them do not fit each other. The log is damaged.",
    );
  return header;
}
