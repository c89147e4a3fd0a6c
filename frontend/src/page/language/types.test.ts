import ts from "typescript";
import { expect, it } from "vitest";
import { LANGUAGES } from "../../language/languages";
import { VIEWS } from "../views";
import { cataloguesIn } from ".";

const TIMEOUT_MS = 120_000;

/** Returns what the compiler finds in a module beside this one. */
function faultsIn(text: string): string[] {
  const root = ts.sys.getCurrentDirectory();
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const file = `${root}/src/page/language/made-up.ts`;
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...how) =>
    name === file ? ts.createSourceFile(file, text, ts.ScriptTarget.Latest) : getSourceFile(name, ...how);
  const program = ts.createProgram([file], { ...options, types: [] }, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

/** Says that a module is of a type. */
const isOf = (path: string, type: string) => `((_: ${type}) => _)(null! as typeof import("${path}"));`;
const pathOf = (name: string, language: string) => {
  const [room, part = "index"] = name.split("/");
  return `../../${room}/${language}/${part}`;
};

// Catalogues are found by their names, so that no type says which there are.
it(
  "catalogues are what the compiler wants them to be: others as the English ones, those of a view as the page has them",
  () => {
    const names = [...cataloguesIn("en").keys()];
    const others = Object.keys(LANGUAGES).filter((language) => language !== "en");
    const translated = others.flatMap((language) =>
      names.map((name) => isOf(pathOf(name, language), `Phrases<typeof import("${pathOf(name, "en")}")>`)),
    );
    const ofViews = VIEWS.flatMap(({ kind }) => [
      isOf(pathOf(`${kind}/view`, "en"), "{ VIEW_NAME: string }"),
      isOf(pathOf(`${kind}/keys`, "en"), "KeysOfView"),
      isOf(pathOf(`${kind}/empty`, "en"), "EmptyOfView"),
    ]);
    const imports = [
      'import type { Phrases } from "../../language/catalogue";',
      'import type { EmptyOfView } from "../empty/language";',
      'import type { KeysOfView } from "../keys/language";',
    ];
    // The last is none.
    const wrong = isOf(pathOf("saving", "en"), 'Phrases<typeof import("../../saving/language")>');
    const faults = faultsIn([...imports, ...translated, ...ofViews, wrong].join("\n"));
    expect(translated.length).toBeGreaterThan(20);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("saving/language");
  },
  TIMEOUT_MS,
);
