/** The language of the page: the browser's, or the one that was chosen here. */

import type * as attention from "../../attention/en";
import type * as details from "../../attention/en/details";
import type * as heads from "../../attention/en/heads";
import type * as wordless from "../../attention/en/wordless";
import type * as embeddings from "../../embeddings/en";
import type * as evaluation from "../../evaluation/en";
import type * as panels from "../../evaluation/en/panels";
import { findLater, type Phrases, speak } from "../../language/catalogue";
import type * as samples from "../../samples/en";
import type * as saving from "../../saving/en";
import type * as structure from "../../structure/en";
import type * as empty from "../empty/en";
import type * as keys from "../keys/en";
import { preload } from "../preload";
import type * as en from "./en";

export type Language = "en" | "zh-CN";

/** What each view says. */
interface Views {
  attention: Phrases<typeof attention>;
  embeddings: Phrases<typeof embeddings>;
  evaluation: Phrases<typeof evaluation>;
  samples: Phrases<typeof samples>;
  structure: Phrases<typeof structure>;
}

/** What is said of something that is opened in the page or in a view. */
interface Later {
  "attention/details": Phrases<typeof details>;
  "attention/heads": Phrases<typeof heads>;
  "evaluation/panels": Phrases<typeof panels>;
  "attention/wordless": Phrases<typeof wordless>;
  empty: Phrases<typeof empty>;
  keys: Phrases<typeof keys>;
  saving: Phrases<typeof saving>;
}

interface Catalogues {
  /** Of the language, in itself. */
  name: string;
  /** What is said before a view is looked at. */
  load(): Promise<Phrases<typeof en>>;
  views: { readonly [View in keyof Views]: () => Promise<Views[View]> };
  later: { readonly [Part in keyof Later]: () => Promise<Later[Part]> };
}

/** Each is loaded by itself, and what a view says with the view. */
export const LANGUAGES: Readonly<Record<Language, Catalogues>> = {
  en: {
    name: "English",
    load: () => import("./en"),
    views: {
      attention: () => import("../../attention/en"),
      embeddings: () => import("../../embeddings/en"),
      evaluation: () => import("../../evaluation/en"),
      samples: () => import("../../samples/en"),
      structure: () => import("../../structure/en"),
    },
    later: {
      "attention/details": () => import("../../attention/en/details"),
      "attention/heads": () => import("../../attention/en/heads"),
      "evaluation/panels": () => import("../../evaluation/en/panels"),
      "attention/wordless": () => import("../../attention/en/wordless"),
      empty: () => import("../empty/en"),
      keys: () => import("../keys/en"),
      saving: () => import("../../saving/en"),
    },
  },
  "zh-CN": {
    name: "中文",
    load: () => import("./zh-CN"),
    views: {
      attention: () => import("../../attention/zh-CN"),
      embeddings: () => import("../../embeddings/zh-CN"),
      evaluation: () => import("../../evaluation/zh-CN"),
      samples: () => import("../../samples/zh-CN"),
      structure: () => import("../../structure/zh-CN"),
    },
    later: {
      "attention/details": () => import("../../attention/zh-CN/details"),
      "attention/heads": () => import("../../attention/zh-CN/heads"),
      "evaluation/panels": () => import("../../evaluation/zh-CN/panels"),
      "attention/wordless": () => import("../../attention/zh-CN/wordless"),
      empty: () => import("../empty/zh-CN"),
      keys: () => import("../keys/zh-CN"),
      saving: () => import("../../saving/zh-CN"),
    },
  },
};

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
  findLater((part) => LANGUAGES[spoken].later[part as keyof Later]());
  preload("page", spoken);
  preload(view, spoken);
  speak(await LANGUAGES[spoken].load());
}

/** Has a view speak, before anything of it runs that says something. */
export async function loadPhrases(view: string): Promise<void> {
  preload(view, spoken);
  speak({ [view]: await LANGUAGES[spoken].views[view as keyof Views]() });
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
