/** What the page has from TensorBoard, which shows it in an iframe of its own origin. Opened alone, it does without. */

import type { Theme } from "../draw/inks";

/** Where it says which series there are; relative, as all of its addresses are. */
export const SERIES = "series";

const IS_DARK = "dark-mode";

/** The window whose address the user sees. */
export function visibleWindow(): Window {
  try {
    // Reading the address fails if a stranger embeds the page.
    return window.parent.location.href ? window.parent : window;
  } catch {
    return window;
  }
}

/** Tells the theme now and whenever it changes, until `signal`: that of TensorBoard, but where the reader has forced colours. */
export function watchTheme(onTheme: (theme: Theme) => void, signal: AbortSignal): void {
  const host = visibleWindow();
  const { body } = host.document;
  const [forced, preferred] = ["(forced-colors: active)", "(prefers-color-scheme: dark)"].map((query) => {
    const media = window.matchMedia(query);
    media.addEventListener("change", () => tell(), { signal });
    return media;
  }) as [MediaQueryList, MediaQueryList];
  const isAsPreferred = () => host === window || forced.matches;
  const tell = () =>
    onTheme((isAsPreferred() ? preferred.matches : body.classList.contains(IS_DARK)) ? "dark" : "light");
  const observer = new MutationObserver(tell);
  observer.observe(body, { attributeFilter: ["class"] });
  signal.addEventListener("abort", () => observer.disconnect());
  tell();
}

interface HostMessage {
  type: string;
  id: number;
  payload: unknown;
  error: string | null;
  isReply: boolean;
}

/** Calls `onReload` whenever TensorBoard has reloaded its data, by its button or its timer. */
export function watchReloads(onReload: () => void, signal: AbortSignal): void {
  if (visibleWindow() === window) return;
  const { port1: port, port2: theirs } = new MessageChannel();
  port.onmessage = ({ data }: MessageEvent<string>) => {
    const { type, id, isReply } = JSON.parse(data) as HostMessage;
    if (isReply || type !== "experimental.DataReloaded") return;
    port.postMessage(JSON.stringify({ type, id, payload: null, error: null, isReply: true } satisfies HostMessage));
    onReload();
  };
  window.parent.postMessage("experimental.bootstrap", "*", [theirs]);
  signal.addEventListener("abort", () => port.close());
}
