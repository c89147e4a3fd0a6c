/** The language of the page: the browser's, or the one that was chosen here. */

import { type Catalogues, findIn, learn } from "../../language/catalogue";
import { LANGUAGES, type Language } from "../../language/languages";
import { preload } from "../preload";

/** All catalogues, in the folder of a language in each room; what else is there is imported by them. */
const FILES = import.meta.glob<object>(["./*/[a-z][a-z]{,-*}/*.ts", "!**/{remarks*,units,*.test}.ts"], {
  base: "../..",
});

let spoken: Language = "en";

const KEPT_AS = "seqviz.language";

/** Returns the first of the languages wished for that there is, in whatever country; English where there is none. */
export function languageFor(wished: readonly string[]): Language {
  const known = Object.keys(LANGUAGES) as Language[];
  const found = wished.map((wish) => known.find((language) => primary(language) === primary(wish)));
  return found.find((language) => language !== undefined) ?? "en";
}

function primary(language: string): string {
  return language.split("-", 1)[0]?.toLowerCase() ?? "";
}

/** Has the page speak, before anything of it runs that says something. `view`: the one that it will load. */
export async function loadLanguage(view: string): Promise<void> {
  const kept = storage()?.getItem(KEPT_AS);
  spoken = languageFor([...(kept ? [kept] : []), ...navigator.languages]);
  document.documentElement.lang = spoken;
  const catalogues = cataloguesIn(spoken);
  findIn(catalogues);
  preload("page", spoken);
  preload("language", spoken);
  preload(view, spoken);
  const beforeViews = [...catalogues.keys()].filter((name) => name.endsWith("/view"));
  await Promise.all(["language", ...beforeViews].map(learn));
}

/** Returns the catalogues of a language, each by its name: a room, or "<room>/<part>". */
export function cataloguesIn(language: Language): Catalogues {
  return new Map(
    Object.entries(FILES).flatMap(([file, load]) => {
      const [, room = "", folder, part] = file.split(/\.?\/|\.ts$/);
      return folder === language ? [[part === "index" ? room : `${room}/${part}`, load] as const] : [];
    }),
  );
}

/** Has a view speak, before anything of it runs that says something. */
export async function loadPhrases(view: string): Promise<void> {
  preload(view, spoken);
  await learn(view);
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
