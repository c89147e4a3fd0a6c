/** Hands something to the user as a file. */

import { visibleWindow } from "../host/tensorboard";

const LONGEST_PART = 60;

/**
 * Returns a name that any file system takes.
 *
 * Args:
 *     parts: what it says, such as run, layer and step; those without a letter or digit are left out.
 *     kind: its ending, such as "svg".
 */
export function fileName(parts: readonly string[], kind: string): string {
  const plain = parts.map((part) => part.replace(/[^\p{L}\p{N}._-]+/gu, "_").replace(/^[._-]+|[._-]+$/g, ""));
  const said = plain.map((part) => [...part].slice(0, LONGEST_PART).join("")).filter(Boolean);
  return `${said.join("-") || "seqviz"}.${kind}`;
}

export function save(blob: Blob, name: string): void {
  // Of TensorBoard's window: its policy lets no frame go to a blob, which Firefox takes a download for.
  const link = visibleWindow().document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the address after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
