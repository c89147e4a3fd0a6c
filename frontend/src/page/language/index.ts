/** The language of the page: the browser's, or the one that was chosen here. */

import { type Phrases, speak } from "../../language/catalogue";
import type * as en from "./en";

export type Language = "en" | "zh-CN";

/** Each under its own name, and loaded by itself. */
export const LANGUAGES: Readonly<Record<Language, { name: string; load(): Promise<Phrases<typeof en>> }>> = {
  en: { name: "English", load: () => import("./en") },
  "zh-CN": { name: "中文", load: () => import("./zh-CN") },
};

const KEPT_AS = "seqviz.language";

/** Returns the first of the languages wished for that there is, in whatever country; English where there is none. */
export function languageFor(wished: readonly string[]): Language {
  const spoken = Object.keys(LANGUAGES) as Language[];
  const found = wished.map((wish) => spoken.find((language) => primary(language) === primary(wish)));
  return found.find((language) => language !== undefined) ?? "en";
}

function primary(language: string): string {
  return language.split("-", 1)[0]?.toLowerCase() ?? "";
}

/** Has the page speak, before anything of it runs that says something. */
export async function loadLanguage(): Promise<void> {
  const kept = storage()?.getItem(KEPT_AS);
  const language = languageFor([...(kept ? [kept] : []), ...navigator.languages]);
  document.documentElement.lang = language;
  speak(await LANGUAGES[language].load());
}

/** Changes the language, and remembers it. The address says where the page is, so that it comes back there. */
export function changeLanguage(language: Language): void {
  storage()?.setItem(KEPT_AS, language);
  location.reload();
}

/** Browsers may forbid a frame to keep anything. */
function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
