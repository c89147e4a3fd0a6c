import { describe, expect, it } from "vitest";
import { VIEWS } from "../views";
import { LANGUAGES, type Language, languageFor } from ".";

/** Returns everything that a catalogue says, by the way to it. */
function entriesOf(said: unknown, way = ""): [way: string, said: unknown][] {
  if (typeof said !== "object" || said === null) return [[way, said]];
  return Object.entries(said).flatMap(([name, inner]) => entriesOf(inner, way ? `${way}.${name}` : name));
}

/** Returns all that is said in a language, by room. */
async function allOf(language: Language): Promise<Record<string, object>> {
  const { load, views, later } = LANGUAGES[language];
  const rooms = [
    ...Object.entries(views).map(async ([view, load]) => [`${view} view`, await load()] as const),
    ...Object.entries(later).map(async ([part, load]) => [`${part} later`, await load()] as const),
  ];
  return { ...(await load()), ...Object.fromEntries(await Promise.all(rooms)) };
}

const en = await allOf("en");
const english = entriesOf(en);
const others = [["zh-CN", await allOf("zh-CN")]] as const;

const sources = import.meta.glob<string>(["../../*/{en,zh-CN}{.ts,/*.ts}", "!**/*.gen.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

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

const code = import.meta.glob<string>(["../../**/*.{ts,svelte}", "!**/*.test.ts", "!**/{en,zh-CN}{.ts,/*.ts}"], {
  query: "?raw",
  import: "default",
  eager: true,
});

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
    const paths = Object.keys(sources).filter((path) => /\/en[./]/.test(path));
    expect(paths.length).toBeGreaterThan(4);
    for (const path of paths) {
      const translated = sources[path.replace(/\/en(?=[./])/, `/${language}`)] ?? "";
      expect(choicesIn(translated), path).toEqual(choicesIn(sources[path] as string));
    }
  });
});

describe("a catalogue", () => {
  it("says of each view what to do where nothing of it was logged", async () => {
    const { MISSING } = await LANGUAGES.en.later.empty();
    expect(Object.keys(MISSING)).toEqual(VIEWS.map(({ kind }) => kind));
  });

  it("holds nothing that is never said", () => {
    const texts = Object.entries(code);
    expect(texts.length).toBeGreaterThan(300);
    const unsaid = english.filter(([way]) => {
      const [room, name, member] = way.split(/(?:\/\w+)? (?:view|later)\.|\./);
      const said = new RegExp(
        `\\b${room === "common" ? "common" : "(?:phrases|words)"}\\.${name}\\b(?:\\??\\.(\\w+))?`,
        "g",
      );
      const found = texts
        .filter(([path]) => room === "common" || path.includes(`/${room}/`))
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
