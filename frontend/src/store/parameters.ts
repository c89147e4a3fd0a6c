/** Values as query parameters, and back: null stands for a parameter that is not there, or makes no sense. */

/** Returns the text of a parameter by its name. */
export type Parameters = (name: string) => string | null;

/** Parameters to write by name; those that are null are left out. */
export type Written = Record<string, string | null>;

// A run's name may hold anything, commas too.
export function joinList(items: readonly string[]): string {
  return items.map((item) => item.replaceAll("\\", "\\\\").replaceAll(",", "\\,")).join(",");
}

export function splitList(text: string | null): string[] | null {
  if (text === null) return null;
  if (text === "") return [];
  // Between unescaped commas: escaped characters, and all others.
  return [...text.matchAll(/(?:^|,)((?:\\.|[^,\\])*)/gsu)].map(([, item = ""]) => item.replace(/\\(.)/gsu, "$1"));
}

export function oneOf<Choice extends string>(choices: readonly Choice[], text: string | null): Choice | null {
  return choices.find((choice) => choice === text) ?? null;
}

export function integer(text: string | null): number | null {
  return text !== null && /^-?\d{1,15}$/.test(text) ? Number(text) : null;
}

export function index(text: string | null): number | null {
  const value = integer(text);
  return value !== null && value >= 0 ? value : null;
}

/** Returns rising indices, each once. */
export function indices(text: string | null): number[] | null {
  const values = text?.split(",").map(index) ?? [];
  const rising = [...new Set(values)].filter((value) => value !== null).sort((a, b) => a - b);
  return rising.length > 0 && rising.length === values.length ? rising : null;
}

export function decimal(text: string | null): number | null {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Returns a value as text, null for what is left out: nothing chosen, or what the page starts with. */
export function unless(start: unknown, value: string | number | null): string | null {
  return value === null || value === start ? null : String(value);
}
