import { svelte } from "@sveltejs/vite-plugin-svelte";
import { loadEnv, type Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { LANGUAGES } from "./src/language/languages.ts";

const { TENSORBOARD } = loadEnv("", ".", "TENSORBOARD");

// Styles inside modules are made small but for their comments, and what stands before braces.
const withoutRest = ({ content }: { content: string }) => ({
  code: content
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/;?\s*\}/g, "}")
    .replace(/\s+\{/g, "{"),
});

// Stands at every selector and every element, and tells apart less than a hundred components.
const cssHash = ({ hash, filename, css }: { hash(text: string): string; filename?: string | undefined; css: string }) =>
  `s-${hash(filename ?? css).slice(0, 4)}`;

// A folder in every room that says something.
const LANGUAGE = `(?:${Object.keys(LANGUAGES).join("|")})`;

// What is loaded at first in any case is two modules: what is needed before a language is there, and what the page does.
interface Graph {
  getModuleInfo(id: string): { importers: readonly string[] } | null;
}

const OPEN = /\/src\/page\/open\.ts$/;
const SHARED = new RegExp(`/src/(host|language|page|ui|wire)/(?!${LANGUAGE}/)`);
// What views share and the first of them needs at once; each by itself it would be a file of some hundred bytes.
const FIRST_VIEW = /\/src\/attention\/parts\.ts$/;
const OF_VIEWS = /\/src\/(draw|store|tokens|ui|wire)\//;
// Constants that are asked for by one view and its words; they are imported through `schema.gen.ts`, as all are.
const OF_ONE_VIEW = /\/wire\/constants\/(?!attention|common)/;
// What only that view is made of, be it needed later, too: several small files are larger than one.
const OF_FIRST_VIEW = new RegExp(`/src/attention/(?!${LANGUAGE}/)`);
// What views share that do not need it at once, and that is smaller than a file of its own would be.
const SMALL = /\/src\/tokens\/cutMiddle\.ts$/;
const BEFORE = new RegExp(`/src/(index|\\w+/${LANGUAGE}/\\w+)\\.ts$`);
// What is said before a view is looked at is one file, and so is what all views say in the same sheet.
const SAID_FIRST = new RegExp(`/src/(?:language/(${LANGUAGE})/index|\\w+/(${LANGUAGE})/view)\\.ts$`);
const SAID_TOGETHER = new RegExp(`/src/\\w+/(${LANGUAGE})/(empty|keys)\\.ts$`);

/** Whether a module is one of those, or imported by one. */
function isPartOf(start: RegExp, id: string, graph: Graph): boolean {
  if (OF_ONE_VIEW.test(id)) return false;
  const found = new Set([id]);
  for (const one of found) for (const importer of graph.getModuleInfo(one)?.importers ?? []) found.add(importer);
  return [...found].some((one) => start.test(one));
}

const PART = new RegExp(`/src/(\\w+)/(?:parts|open|(${LANGUAGE})/index)\\.ts$`);

/** Tells `preload` which modules there are of each part. */
function withModules(): Plugin {
  const nameOf = (facade: string) => {
    const [, part, language] = PART.exec(facade) ?? [];
    return part && (language ? `${part}.${language}` : part);
  };
  return {
    name: "with-modules",
    config: (_, { command }) => ({ define: command === "serve" ? { __MODULES__: "{}" } : {} }),
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).flatMap((one) => (one.type === "chunk" ? [one] : []));
      const closure = (file: string): string[] => {
        const found = new Set([file]);
        for (const one of found)
          for (const other of chunks.find(({ fileName }) => fileName === one)?.imports ?? []) found.add(other);
        return [...found];
      };
      const parts = new Map(
        chunks.flatMap(({ fileName, facadeModuleId, moduleIds }) => {
          const name = [facadeModuleId, ...moduleIds].map((id) => id && nameOf(id)).find(Boolean);
          return name ? [[name, closure(fileName)] as const] : [];
        }),
      );
      const isFirst = (name: string) => /^(page|language)/.test(name);
      const first = new Set([...parts].flatMap(([name, files]) => (isFirst(name) ? files : [])));
      const beside = [...parts].map(([name, files]) => [
        name,
        isFirst(name) ? files : files.filter((file) => !first.has(file)),
      ]);
      const modules = JSON.stringify(Object.fromEntries(beside));
      for (const chunk of chunks) chunk.code = chunk.code.replaceAll("__MODULES__", `(${modules})`);
    },
  };
}

// The page is ES modules, the styles inside them: TensorBoard imports `index.js` and calls its `render()`; each view is loaded when it
// is first looked at. The names stay from build to build, since the server knows by ETags whether a module has changed.
export default defineConfig({
  // Workers are found beside the page, wherever that is.
  base: "./",
  plugins: [
    withModules(),
    svelte({ compilerOptions: { css: "injected", cssHash }, preprocess: { style: withoutRest } }),
  ],
  build: {
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "index.js" },
    outDir: "../tb_seqviz_plugin/static",
    emptyOutDir: true,
    target: "es2022",
    minify: "oxc",
    reportCompressedSize: true,
    // A library would be left with its white space.
    rolldownOptions: {
      output: {
        chunkFileNames: ({ name, facadeModuleId }) => {
          const [file, folder, room] = facadeModuleId?.split("/").reverse() ?? [];
          if (name === "parts" || name === "open") return `${folder}.js`;
          // What a view, or a part of it, says in a language.
          if (!folder || !new RegExp(`^${LANGUAGE}$`).test(folder)) return `${name}.js`;
          return file === "index.ts" ? `${room}.${folder}.js` : `${room}.${name}.${folder}.js`;
        },
        codeSplitting: {
          groups: [
            { name: (id) => SAID_FIRST.exec(id)?.slice(1).find(Boolean), priority: 1 },
            { name: (id) => SAID_TOGETHER.exec(id)?.slice(1).reverse().join("."), priority: 1 },
            { name: "svelte", test: /node_modules\/(svelte|esm-env|clsx)\//, priority: 3 },
            { name: (id, graph) => (SHARED.test(id) && isPartOf(BEFORE, id, graph) ? "before" : null), priority: 2 },
            {
              name: (id, graph) =>
                isPartOf(OPEN, id, graph) || SMALL.test(id) || (OF_VIEWS.test(id) && isPartOf(FIRST_VIEW, id, graph))
                  ? "page"
                  : null,
              priority: 1,
            },
            {
              name: (id, graph) => (OF_FIRST_VIEW.test(id) && isPartOf(FIRST_VIEW, id, graph) ? "attention" : null),
              priority: 0,
            },
          ],
        },
        minify: true,
        // What is pure is known once all modules are put together; said in each file, it would only be sent.
        comments: { annotation: false },
      },
    },
  },
  worker: { format: "es", rolldownOptions: { output: { entryFileNames: "[name].js" } } },
  // `npm run dev` draws the page and the gallery from a running TensorBoard (TENSORBOARD, default port 6006).
  server: { proxy: { "/data": TENSORBOARD ?? "http://localhost:6006" } },
  // Style sheets are read in tests, where they are left out otherwise.
  test: {
    environment: "node",
    isolate: false,
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/testing/inEnglish.ts"],
    css: true,
  },
});
