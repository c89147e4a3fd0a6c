/** `npm run dev`, then /gallery/index.html?show=matrix-10x25&theme=dark: one component in one state. */
import { mount } from "svelte";
import "../src/testing/inEnglish";
import "../src/ui/theme.css";
import Gallery from "./Gallery.svelte";

const query = new URLSearchParams(location.search);
const theme = query.get("theme") === "dark" ? "dark" : "light";
document.documentElement.dataset.theme = theme;
mount(Gallery, {
  target: document.getElementById("gallery") as HTMLElement,
  props: { show: query.get("show") ?? "matrix-10x25", theme },
});
