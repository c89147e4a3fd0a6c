/** Where the search field is in the document. */
export const SEARCH_FIELD_ID = "search";

/** Puts the search field in focus; returns whether there is one. */
export function focusSearch(): boolean {
  const field = document.getElementById(SEARCH_FIELD_ID);
  if (field instanceof HTMLInputElement) field.select();
  return field !== null;
}
