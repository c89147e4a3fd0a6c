/** Where the search field of the view in sight is in the document. */
export const SEARCH_FIELD_ID = "search";

/** The key that puts it in focus. */
export const SEARCH_KEY = { key: "/", name: "search", press: focusSearch } as const;

/** Puts the search field in focus; returns whether there is one. */
function focusSearch(): boolean {
  const field = document.getElementById(SEARCH_FIELD_ID);
  if (field instanceof HTMLInputElement) field.select();
  return field !== null;
}

/** Returns which match a key in a search field asks for: 1 for the next, -1 for the one before, 0 for none. */
export function matchStep({ key, shiftKey }: { key: string; shiftKey: boolean }): number {
  if (key === "Enter") return shiftKey ? -1 : 1;
  return key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
}
