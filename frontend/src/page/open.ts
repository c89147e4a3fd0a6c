import { mount } from "svelte";
import theme from "../ui/theme.css?inline";
import App from "./App.svelte";

/** Puts the page into the document. */
export function open(): void {
  const style = document.createElement("style");
  style.textContent = theme;
  document.head.append(style);
  mount(App, { target: document.body });
}
