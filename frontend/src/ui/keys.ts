/** What each key does, everywhere in the page but in text fields. */

export type Action =
  | "previous step"
  | "next step"
  | "first step"
  | "newest step"
  | "play"
  | "previous layer"
  | "next layer"
  | "previous head"
  | "next head"
  | "find"
  | "release"
  | "help";

export const KEYS: readonly { key: string; label: string; action: Action }[] = [
  { key: "ArrowLeft", label: "←", action: "previous step" },
  { key: "ArrowRight", label: "→", action: "next step" },
  { key: "Home", label: "Home", action: "first step" },
  { key: "End", label: "End", action: "newest step" },
  { key: " ", label: "Space", action: "play" },
  { key: "ArrowUp", label: "↑", action: "previous layer" },
  { key: "ArrowDown", label: "↓", action: "next layer" },
  { key: "[", label: "[", action: "previous head" },
  { key: "]", label: "]", action: "next head" },
  { key: "/", label: "/", action: "find" },
  { key: "Escape", label: "Esc", action: "release" },
  { key: "?", label: "?", action: "help" },
];

/** What of a keyboard event matters here. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  defaultPrevented: boolean;
}

/** Returns what a key press asks for, null if it is meant for the browser or for the element in focus. */
export function actionOf(press: Press, focused: { tagName: string; type?: string } | null): Action | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.defaultPrevented) return null;
  const action = KEYS.find(({ key }) => key === press.key)?.action ?? null;
  if (action === "release" || !focused) return action;
  const { tagName, type } = focused;
  const isText = tagName === "INPUT" && !["checkbox", "radio", "range"].includes(type ?? "");
  if (isText || tagName === "TEXTAREA") return null;
  const ownsArrows = tagName === "SELECT" || type === "radio";
  if (ownsArrows && (press.key.startsWith("Arrow") || press.key === "Home" || press.key === "End")) return null;
  const ownsSpace = ["BUTTON", "SELECT", "SUMMARY"].includes(tagName) || (tagName === "INPUT" && type !== "range");
  return ownsSpace && press.key === " " ? null : action;
}
