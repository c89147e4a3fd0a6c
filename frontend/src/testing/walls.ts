/** What imports what, read off the sources: the walls of the house are tests on it. */

import ts from "typescript";

/** Source texts by their paths below `src/`. */
export type Sources = Readonly<Record<string, string>>;

/** The files that each file imports, be it only for a type. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** What a room may import besides itself; a room that is not here may import nothing else. */
export type Walls = Readonly<Record<string, readonly string[]>>;

export function importsOf(sources: Sources): Imports {
  return new Map(
    Object.entries(sources).map(([path, source]) => {
      const { importedFiles } = ts.preProcessFile(scriptOf(path, source), true, true);
      return [path, importedFiles.flatMap(({ fileName }) => resolved(path, fileName, sources) ?? [])];
    }),
  );
}

/** Returns the folder that a file is in, "" for one beside them. */
export function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

export function isTest(path: string): boolean {
  return /\.(?:test|bench)\.ts$/.test(path) || /(?:^|\/)testing(?:\.ts$|\/)/.test(path);
}

/** Returns the imports that go through a wall, as "from -> to"; tests may use what helps them. */
export function breaches(imports: Imports, walls: Walls): string[] {
  return [...imports].flatMap(([from, files]) => {
    const room = roomOf(from);
    if (room === "testing") return [];
    const allowed = [room, ...(walls[room] ?? [])];
    return files
      .filter((to) => (isTest(to) ? !isTest(from) : !allowed.includes(roomOf(to))))
      .map((to) => `${from} -> ${to}`);
  });
}

/** Returns the groups of files each of which imports, directly or not, all others of its group, and files that import themselves. */
export function circles(imports: Imports): string[][] {
  const reached = new Map([...imports.keys()].map((file) => [file, reachable(file, imports)]));
  const inCircle = [...reached].filter(([file, files]) => files.has(file)).map(([file]) => file);
  const groups = inCircle.map((file) =>
    inCircle.filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file)),
  );
  return [...new Map(groups.map((group) => [group.join(), group])).values()];
}

/** Returns the files that name what makes requests. */
export function fetching(sources: Sources): string[] {
  const makes = ["fetch", "XMLHttpRequest", "EventSource", "WebSocket", "sendBeacon"];
  return Object.entries(sources).flatMap(([path, source]) => {
    if (!makes.some((name) => source.includes(name))) return [];
    const file = ts.createSourceFile(path, scriptOf(path, source), ts.ScriptTarget.Latest);
    let isFetching = false;
    const visit = (node: ts.Node): void => {
      const called = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression : null;
      const name = called && ts.isPropertyAccessExpression(called) ? called.name : called;
      if (name && ts.isIdentifier(name) && makes.includes(name.text)) isFetching = true;
      ts.forEachChild(node, visit);
    };
    visit(file);
    return isFetching ? [path] : [];
  });
}

function scriptOf(path: string, source: string): string {
  if (!path.endsWith(".svelte")) return source;
  return [...source.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map(([, script]) => script).join("\n");
}

function resolved(from: string, name: string, sources: Sources): string | undefined {
  if (!name.startsWith(".")) return undefined;
  const parts = from.split("/").slice(0, -1);
  for (const part of (name.split("?")[0] as string).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  const path = parts.join("/");
  return ["", ".ts", ".svelte.ts", "/index.ts"].map((ending) => path + ending).find((file) => file in sources);
}

function reachable(file: string, imports: Imports): Set<string> {
  const seen = new Set<string>();
  const todo = [...(imports.get(file) ?? [])];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    todo.push(...(imports.get(next) ?? []));
  }
  return seen;
}
