import { svelte } from "@sveltejs/vite-plugin-svelte";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

const { TENSORBOARD } = loadEnv("", ".", "TENSORBOARD");

// Styles inside modules are made small but for their comments.
const withoutComments = ({ content }: { content: string }) => ({ code: content.replace(/\/\*.*?\*\//gs, "") });

// Stands at every selector and every element, and tells apart less than a hundred components.
const cssHash = ({ hash, filename, css }: { hash(text: string): string; filename?: string | undefined; css: string }) =>
  `s-${hash(filename ?? css).slice(0, 4)}`;

// The page is ES modules, the styles inside them: TensorBoard imports `index.js` and calls its `render()`; each view is loaded when it
// is first looked at. The names stay from build to build, since the server knows by ETags whether a module has changed.
export default defineConfig({
  // Workers are found beside the page, wherever that is.
  base: "./",
  plugins: [svelte({ compilerOptions: { css: "injected", cssHash }, preprocess: { style: withoutComments } })],
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
          if (file === "index.ts" && room !== "page") return `${room}.${folder}.js`;
          return folder === "en" || folder === "zh-CN" ? `${room}.${name}.${folder}.js` : `${name}.js`;
        },
        codeSplitting: { groups: [{ name: "svelte", test: /node_modules\/(svelte|esm-env|clsx)\// }] },
        minify: true,
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
