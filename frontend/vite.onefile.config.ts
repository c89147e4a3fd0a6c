import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

// A page of `file:` imports no modules, and starts no module of its own as a worker: both are in the script itself.
const workersInside: Plugin = {
  name: "workers-inside",
  enforce: "pre",
  transform: (code) => {
    const start = /new Worker\(new URL\("(\.\/\w+\.ts)", import\.meta\.url\), \{ type: "module" \}\)/;
    const [whole, path] = start.exec(code) ?? [];
    if (whole === undefined) return null;
    return `import WorkerInside from "${path}?worker&inline";\n${code.replace(whole, "new WorkerInside()")}`;
  },
};

const NAMES: Record<string, string> = { main: "onefile.js", start: "onefileStart.js" };

// What is written into one HTML file, beside the page and no part of it: `--mode main` is the page, `--mode start` what runs it.
export default defineConfig(({ mode }) => ({
  plugins: [workersInside, svelte({ compilerOptions: { css: "injected" } })],
  // All of it is there at once.
  define: { __MODULES__: "{}" },
  build: {
    lib: {
      entry: `src/onefile/${mode}.ts`,
      formats: ["iife"],
      name: "seqviz",
      fileName: () => NAMES[mode] ?? `${mode}.js`,
    },
    outDir: "../tb_seqviz_plugin/static",
    emptyOutDir: false,
    target: "es2022",
    minify: "oxc",
    rolldownOptions: { output: { codeSplitting: false, minify: true } },
  },
  worker: { format: "iife" },
}));
