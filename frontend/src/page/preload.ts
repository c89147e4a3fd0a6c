/** Modules are asked for at once, not each when the one that imports it is there. */

import { SERIES, visibleWindow } from "../host/tensorboard";
import { PLUGIN_NAME } from "../wire/schema.gen";

/** By part of the page, and by part and language: its modules beside those of the page itself. Written by the build. */
declare const __MODULES__: Readonly<Record<string, readonly string[]>>;

/** Has the browser fetch a part and what it says. */
export function preload(part: string, language: string): void {
  for (const module of [part, `${part}.${language}`].flatMap((name) => __MODULES__[name] ?? [])) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = new URL(/* @vite-ignore */ module, import.meta.url).href;
    document.head.append(link);
  }
}

/** Has the browser ask which series there are: the page's first request, made once its modules are there, gets that answer. */
export function preloadSeries(): void {
  const link = document.createElement("link");
  link.rel = "preload";
  link.as = "fetch";
  // As `fetch` asks where nothing else is said; otherwise it would ask again.
  link.crossOrigin = "anonymous";
  link.href = SERIES;
  document.head.append(link);
}

/** The first of the views: the page loads it where the address names none, before it knows which of them have data. */
const FIRST_VIEW = "attention";

/** Returns the view that the page will load, before anything is there that knows views. */
export function expectedView(): string {
  return new URLSearchParams(visibleWindow().location.search).get(`p.${PLUGIN_NAME}.view`) ?? FIRST_VIEW;
}
