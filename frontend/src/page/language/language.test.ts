import { describe, expect, it } from "vitest";
import { LANGUAGES, type Language } from "../../language/languages";
import { VIEWS } from "../views";
import { cataloguesIn, languageFor } from ".";

/** Returns everything that a catalogue says, by the way to it. */
function entriesOf(said: unknown, way = ""): [way: string, said: unknown][] {
  if (typeof said !== "object" || said === null) return [[way, said]];
  return Object.entries(said).flatMap(([name, inner]) => entriesOf(inner, way ? `${way}.${name}` : name));
}

/** Returns all that is said in a language, by catalogue. */
async function allOf(language: Language): Promise<Record<string, object>> {
  const found = [...cataloguesIn(language)].map(async ([name, load]) => [name, await load()] as const);
  return Object.fromEntries(await Promise.all(found));
}

const en = await allOf("en");
const english = entriesOf(en);
const languages = Object.keys(LANGUAGES) as Language[];
const others = await Promise.all(
  languages.filter((one) => one !== "en").map(async (one) => [one, await allOf(one)] as const),
);

/** Every file in a folder of `src`, by its path there. */
const sources = import.meta.glob<string>(["./**/*.{ts,svelte}", "!**/*.test.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
  base: "../..",
});
const isSaid = (path: string) => languages.includes(path.split("/")[2] as Language);
const code = Object.entries(sources).filter(([path]) => !isSaid(path));

/** Returns what a reader can choose in each function of a catalogue, by its name. */
function choicesIn(source: string): Map<string, string[]> {
  const functions = source.split(/^export (?=function|const)/m).slice(1);
  return new Map(
    functions.map((text) => [
      /^(?:function|const) (\w+)/.exec(text)?.[1] as string,
      [...new Set([...text.matchAll(/\bword\("(\w+)"\)/g)].map(([, name]) => name as string))].sort(),
    ]),
  );
}

/** What reads the same in every language: names, of keys too, signs, and code. */
const SAME = /^(?:[^a-z]*|Enter|NaN|Projector|SeqViz|from tb_seqviz_plugin.*)$/s;

describe.each(others)("the catalogue in %s", (language, catalogues) => {
  const said = new Map(entriesOf(catalogues));

  it("says all that the English one says, and no more", () => {
    expect([...said.keys()].sort()).toEqual(english.map(([way]) => way).sort());
  });

  it("takes as many values in each sentence", () => {
    const values = (one: unknown) => (typeof one === "function" ? one.length : 0);
    expect([...said].map(([way, one]) => [way, values(one)]).sort()).toEqual(
      english.map(([way, one]) => [way, values(one)]).sort(),
    );
  });

  it("leaves nothing in English", () => {
    const left = english.filter(([way, one]) => typeof one === "string" && !SAME.test(one) && said.get(way) === one);
    expect(left).toEqual([]);
  });

  it("puts the same values into what notes of records say", () => {
    const valuesIn = (text: unknown) =>
      new Set([...String(text).matchAll(/\{\{|\}\}|\{(\w+)\}/g)].map(([, name]) => name ?? "a brace"));
    const remarks = english.filter(([way]) => way.includes(".REMARKS."));
    expect(remarks.length).toBeGreaterThan(50);
    expect(remarks.map(([way]) => [way, valuesIn(said.get(way))])).toEqual(
      remarks.map(([way, one]) => [way, valuesIn(one)]),
    );
  });

  it("offers the same choices in its captions", () => {
    const paths = Object.keys(sources).filter((path) => path.includes("/en/") && !path.endsWith(".gen.ts"));
    expect(paths.length).toBeGreaterThan(4);
    for (const path of paths) {
      const translated = sources[path.replace("/en/", `/${language}/`)] ?? "";
      expect(choicesIn(translated), path).toEqual(choicesIn(sources[path] as string));
    }
  });
});

describe("a catalogue", () => {
  it("is there in each language that the page has a name for, and in no other", () => {
    const folders = Object.keys(sources).flatMap((path) => /^\.\/language\/([\w-]+)\//.exec(path)?.[1] ?? []);
    expect([...new Set(folders)].sort()).toEqual(languages.toSorted());
  });

  it("is there of each view: what it says before, when and after it is looked at", () => {
    for (const { kind } of VIEWS)
      expect(Object.keys(en)).toEqual(
        expect.arrayContaining([kind, ...["view", "keys", "empty"].map((part) => `${kind}/${part}`)]),
      );
  });

  it("is there wherever code asks for one", () => {
    const asked = code.flatMap(([, text]) => [...text.matchAll(/\blearn\("([\w/]+)"\)/g)].map(([, name]) => name));
    expect(asked.length).toBeGreaterThan(5);
    expect(Object.keys(en)).toEqual(expect.arrayContaining(asked));
  });

  it("holds nothing that is never said", () => {
    expect(code.length).toBeGreaterThan(300);
    // What the page says of a view, it finds by the view's name.
    const own = english.filter(([way]) => !/^(?!page)\w+\/(?:keys|empty)\./.test(way));
    const unsaid = own.filter(([way]) => {
      const [catalogue = "", name, member] = way.split(".");
      const [room] = catalogue.split("/");
      const said = new RegExp(
        `\\b${room === "language" ? "common" : "(?:phrases|words)"}\\.${name}\\b(?:\\??\\.(\\w+))?`,
        "g",
      );
      const found = code
        .filter(([path]) => room === "language" || path.startsWith(`./${room}/`))
        .flatMap(([, text]) => [...text.matchAll(said)].map(([, part]) => part));
      // Of what is used as a whole, such as by an index, each part may be said.
      return member === undefined || found.includes(undefined) ? found.length === 0 : !found.includes(member);
    });
    expect(unsaid.map(([way]) => way)).toEqual([]);
  });
});

describe("the language of the page", () => {
  it("is the first that the browser asks for and that there is, in whatever country", () => {
    expect(languageFor(["zh-TW", "en"])).toBe("zh-CN");
    expect(languageFor(["fr", "ZH", "en-GB"])).toBe("zh-CN");
    expect(languageFor(["en-GB", "zh-CN"])).toBe("en");
    expect(languageFor(["fr"])).toBe("en");
    expect(languageFor([])).toBe("en");
  });
});
