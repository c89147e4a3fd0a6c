import { mount } from "svelte";
import { Api } from "../host/api";
import theme from "../ui/theme.css?inline";
import App from "./App.svelte";
import { startSession } from "./start.svelte";

/** Milliseconds: what is there by then need not be drawn as missing first. */
const SOON = 50;

/** Puts the page into the document; `request` stands in for `fetch`. */
export async function open(request?: typeof fetch): Promise<void> {
  const style = document.createElement("style");
  style.textContent = theme;
  document.head.append(style);
  const api = new Api(request);
  const life = new AbortController();
  const session = startSession(api, life.signal);
  const soon = new Promise((done) => setTimeout(done, SOON));
  // Asked for while the modules were on their way.
  await Promise.race([session.catalogue.refresh(), soon]);
  mount(App, { target: document.body, props: { session, api, life } });
}
