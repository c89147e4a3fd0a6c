/** Finding texts by words or by regular expressions. */

import { phrases } from "../language";
import type { SampleAddress, SampleSeries, Stretch } from "../types";
import { type Filter, filterAddresses } from "./filter";

export interface Matcher {
  query: string;
  isRegex: boolean;
  /** Global, so that it tells one match after the other. */
  expression: RegExp;
}

/** Matches of one text beyond this many are not told. */
const MOST_MATCHES = 1000;

/**
 * Returns what finds a query; a query without capitals finds both cases. In regular expressions `^` and `$` stand for the ends of lines.
 * An empty query finds every text.
 */
export function compile(query: string, isRegex: boolean): Matcher | { error: string } {
  const source = isRegex ? query : query.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  try {
    return { query, isRegex, expression: new RegExp(source, hasCapitals(query, isRegex) ? "gmu" : "gimu") };
  } catch (error) {
    return { error: phrases.invalidExpression(query, String((error as Error).message)) };
  }
}

/** Whether there are capitals to look for; those of escapes such as \S and \p{L} are none. */
function hasCapitals(query: string, isRegex: boolean): boolean {
  return /\p{Lu}/u.test(isRegex ? query.replace(/\\(?:[pP]\{[^}]*\}|[uxk]?.)/gsu, "") : query);
}

export function isFound({ expression }: Matcher, text: string): boolean {
  expression.lastIndex = 0;
  return expression.test(text);
}

/** Returns the matches from left to right; empty ones are left out. */
export function findMatches({ expression }: Matcher, text: string): Stretch[] {
  const stretches: Stretch[] = [];
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    const end = expression.lastIndex;
    if (end > match.index) stretches.push({ start: match.index, end });
    else expression.lastIndex += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
    if (stretches.length === MOST_MATCHES) break;
  }
  return stretches;
}

/** Returns the places whose text is found and that pass the filter, newest step first. */
export function searchSeries(
  series: readonly SampleSeries[],
  matcher: Matcher | null,
  filter: Filter,
): SampleAddress[] {
  return filterAddresses(series, filter, (text) => matcher === null || isFound(matcher, text));
}
