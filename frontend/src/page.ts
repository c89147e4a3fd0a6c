import { mount } from "svelte";
import App from "./App.svelte";
import theme from "./theme.css?inline";

/** Puts the page into the document. */
export function open(): void {
  const style = document.createElement("style");
  style.textContent = theme;
  document.head.append(style);
  mount(App, { target: document.body });
}
