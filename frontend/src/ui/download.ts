/** Hands something to the user as a file. */

export type FileType = "text/csv" | "application/json";

export function saveText(text: string, name: string, type: FileType): void {
  save(new Blob([text], { type: `${type};charset=utf-8` }), name);
}

export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replaceAll("/", "-");
  link.click();
  // The browser reads the address after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
