/** The page's whole contract with TensorBoard: it imports this module into an empty document and calls `render`. */

import { mount } from "svelte";
import App from "./App.svelte";
import theme from "./theme.css?inline";

export function render(): void {
  const style = document.createElement("style");
  style.textContent = theme;
  document.head.append(style);
  mount(App, { target: document.body });
}
