import { mount } from "svelte";
import { Api } from "../host/api";
import theme from "../ui/theme.css?inline";
import App from "./App.svelte";

/** Puts the page into the document; `request` stands in for `fetch`. */
export function open(request?: typeof fetch): void {
  const style = document.createElement("style");
  style.textContent = theme;
  document.head.append(style);
  mount(App, { target: document.body, props: { api: new Api(request) } });
}
