import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// What draws a structure outside of a browser: one script without imports, beside the page and no part of it.
export default defineConfig({
  plugins: [svelte()],
  ssr: { noExternal: true },
  build: {
    ssr: "src/structure/drawing/standalone.ts",
    outDir: "../tb_seqviz_plugin/static",
    emptyOutDir: false,
    target: "es2020",
    minify: "oxc",
    rolldownOptions: { output: { format: "iife", name: "drawing", entryFileNames: "draw.js" } },
  },
});
