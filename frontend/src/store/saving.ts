/** What a view offers to be saved as files, besides a picture of what is in sight of it. */

interface File {
  /** What it is, in words. */
  name: string;
  /** What its name says, such as run, layer and step. */
  file: readonly string[];
}

/** A drawing that is more than what is in sight. */
export interface SavableDrawing extends File {
  /** Returns the text of an SVG file. */
  draw(): string;
}

export interface SavableData extends File {
  /** Endings of the files that it can be, such as "csv". */
  kinds: readonly string[];
  /** Returns it as one of them. */
  make(kind: string): Promise<Blob>;
}

export interface Savable {
  /** What names of pictures say besides runs and steps. */
  subject: readonly string[];
  drawings: readonly SavableDrawing[];
  data: readonly SavableData[];
}

/** Returns a text as a file. */
export function textFile(text: BlobPart[], kind: string): Blob {
  const type = kind === "csv" ? "text/csv" : "application/json";
  return new Blob(text, { type: `${type};charset=utf-8` });
}
