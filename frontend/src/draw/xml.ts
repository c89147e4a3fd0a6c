/** Turns what Svelte wrote into XML: without its own comments, and without what no XML may hold. */
export function asXml(markup: string): string {
  return markup
    .replace(/<!--.*?-->/g, "")
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("]]>", "]]&gt;")
    .replace(/data-line="[^"]*"/g, (name) => name.replaceAll("\n", "&#10;"));
}
