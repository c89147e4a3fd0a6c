import { svelte } from "@sveltejs/vite-plugin-svelte";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

const { TENSORBOARD } = loadEnv("", ".", "TENSORBOARD");

// The page is one ES module, the styles inside it: TensorBoard imports `index.js` and calls its `render()`.
export default defineConfig({
  plugins: [svelte({ compilerOptions: { css: "injected" } })],
  build: {
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "index.js" },
    outDir: "../tb_seqviz_plugin/static",
    emptyOutDir: true,
    target: "es2022",
    minify: "oxc",
    reportCompressedSize: true,
    // What `render` imports is in the same file, and runs when it is imported. A library would be left with its white space.
    rolldownOptions: { output: { codeSplitting: false, minify: true } },
  },
  // `npm run dev` draws the page and the gallery from a running TensorBoard (TENSORBOARD, default port 6006).
  server: { proxy: { "/data": TENSORBOARD ?? "http://localhost:6006" } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
