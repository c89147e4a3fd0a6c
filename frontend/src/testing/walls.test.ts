import { describe, expect, it } from "vitest";
import { breaches, circles, fetching, importsOf, isTest, type Sources, type Walls } from "./walls";

const files = import.meta.glob<string>("../**/*.{ts,svelte}", { query: "?raw", import: "default", eager: true });
const sources: Sources = Object.fromEntries(
  Object.entries(files).map(([path, text]) => [path.replace(/^\.\//, "testing/").replace(/^\.\.\//, ""), text]),
);
// Each folder that holds the value of a view.
const VIEWS = Object.keys(sources).flatMap((path) => /^(?!store)(\w+)\/view\.ts$/.exec(path)?.[1] ?? []);
const SHARED = ["store", "ui", "draw", "tokens", "host", "language", "wire"];

/** From the ground up. */
const WALLS: Walls = {
  wire: [],
  language: [],
  draw: [],
  tokens: ["language"],
  host: ["wire", "draw"],
  store: ["host", "wire", "draw", "language"],
  ui: ["store", "draw", "language", "host"],
  ...Object.fromEntries(VIEWS.map((view) => [view, SHARED])),
  saving: SHARED,
  page: [...VIEWS, "saving", ...SHARED],
  // The contract with TensorBoard, beside the folders.
  "": ["page", "samples", "structure"],
  onefile: ["", "wire"],
};

describe("the house", () => {
  const imports = importsOf(sources);

  it("is read whole", () => {
    expect(imports.size).toBeGreaterThan(300);
    expect(VIEWS).toEqual(expect.arrayContaining(["attention", "samples", "structure", "embeddings"]));
    expect(imports.get("page/views.ts")).toContain("attention/view.ts");
    expect(imports.get("attention/view.ts")).toContain("attention/parts.ts");
    expect(imports.get("attention/AttentionRail.svelte")).toContain("ui/ExampleList.svelte");
  });

  it("has walls: a view knows neither another one nor the page, and nothing knows what is above it", () => {
    expect(breaches(imports, WALLS)).toEqual([]);
  });

  it("has no circle of imports, of types neither", () => {
    expect(circles(imports)).toEqual([]);
  });

  it("makes its requests in host/api.ts", () => {
    const own = Object.fromEntries(Object.entries(sources).filter(([path]) => !isTest(path)));
    expect(fetching(own)).toEqual(["host/api.ts"]);
  });
});

describe("on made-up sources", () => {
  const walls: Walls = { wire: [], a: ["wire"], b: ["wire"], page: ["a", "b"] };
  const found = (made: Sources) => breaches(importsOf(made), walls);

  it("a view that imports another, be it a type or when it is first needed, is found", () => {
    const made = {
      "a/state.svelte.ts": 'import type { Other } from "../b/place";\nexport type State = Other;',
      "a/later.ts": 'export const later = () => import("../b/Part.svelte");',
      "a/again.ts": 'export { place } from "../b/place";',
      "a/Whole.svelte":
        '<!-- import "../b/no" -->\n<script lang="ts">\n  import Part from "../b/Part.svelte";\n</script>\n<Part />',
      "a/kept.ts": 'import { frame } from "../wire/frame";\nimport "./again";',
      "b/place.ts": "",
      "b/Part.svelte": "",
      "wire/frame.ts": "",
    };
    expect(found(made)).toEqual([
      "a/state.svelte.ts -> b/place.ts",
      "a/later.ts -> b/Part.svelte",
      "a/again.ts -> b/place.ts",
      "a/Whole.svelte -> b/Part.svelte",
    ]);
  });

  it("what knows what is above it is found, and what needs tests", () => {
    const made = {
      "wire/frame.ts": 'import { page } from "../page/page";',
      "page/page.ts": 'import { view } from "../a/view";\nimport { frames } from "../testing/frames";',
      "a/view.ts": "",
      "a/view.test.ts": 'import { frames } from "../testing/frames";\nimport { view } from "./view";',
      "testing/frames.ts": 'import { view } from "../a/view";',
    };
    expect(found(made)).toEqual(["wire/frame.ts -> page/page.ts", "page/page.ts -> testing/frames.ts"]);
  });

  it("circles are found, through types and components too, each once", () => {
    const made = {
      "a/one.ts": 'import type { Two } from "./two.svelte";',
      "a/two.svelte.ts": 'import Three from "./Three.svelte";',
      "a/Three.svelte":
        '<script module lang="ts">\n  import { one } from "./one";\n</script>\n<script lang="ts"></script>',
      "a/apart.ts": 'import { one } from "./one";',
      "a/self.ts": 'import { self } from "./self";',
    };
    expect(circles(importsOf(made))).toEqual([["a/one.ts", "a/two.svelte.ts", "a/Three.svelte"], ["a/self.ts"]]);
  });

  it("requests are found however they are made, and their types are not", () => {
    const made = {
      "a/plain.ts": 'export const get = () => fetch("series");',
      "a/Part.svelte": '<script lang="ts">\n  void window.fetch("series");\n</script>',
      "a/old.ts": "const request = new XMLHttpRequest();",
      "a/type.ts": "export type Server = typeof fetch;\n// fetch(this)\nexport const fetchRecord = 1;",
    };
    expect(fetching(made)).toEqual(["a/plain.ts", "a/Part.svelte", "a/old.ts"]);
  });
});
