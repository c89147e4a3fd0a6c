/** What is said of a search, also where it runs: apart from what the page loads. */

/** `detail`: what the browser says of it. */
export function invalidExpression(query: string, detail: string): string {
  const reason = detail.slice(detail.lastIndexOf(": ") + 1).trim();
  return `“${query}” is not a regular expression (${reason}). Correct it, or search for it as plain text.`;
}

export function searchTooSlow(query: string): string {
  return `The search for “${query}” was stopped after a second. Make the expression simpler: repeats inside repeats, such as (a+)+, take that long.`;
}

export function searchFailed(detail: string): string {
  return `The search could not be started: ${detail}. Reload the page.`;
}
