/** What each key does, everywhere in the page but in text fields. */

import type { View } from "./place";

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
  | "layer above"
  | "layer below"
  | "layer to the left"
  | "layer to the right"
  | "open"
  | "zoom in"
  | "zoom out"
  | "fit"
  | "masks"
  | "previous prompt"
  | "next prompt"
  | "previous temperature"
  | "next temperature"
  | "previous repeat"
  | "next repeat"
  | "next match"
  | "previous match"
  | "shade"
  | "whole row"
  | "copy"
  | "previous word"
  | "next word"
  | "word before"
  | "pin"
  | "metric"
  | "find"
  | "search"
  | "release"
  | "help";

export interface Key {
  key: string;
  label: string;
  action: Action;
}

const SHARED: readonly Key[] = [
  { key: "ArrowLeft", label: "←", action: "previous step" },
  { key: "ArrowRight", label: "→", action: "next step" },
  { key: "Home", label: "Home", action: "first step" },
  { key: "End", label: "End", action: "newest step" },
  { key: " ", label: "Space", action: "play" },
];

const OF_VIEW: Record<View, readonly Key[]> = {
  attention: [
    { key: "ArrowUp", label: "↑", action: "previous layer" },
    { key: "ArrowDown", label: "↓", action: "next layer" },
    { key: "[", label: "[", action: "previous head" },
    { key: "]", label: "]", action: "next head" },
    { key: "/", label: "/", action: "find" },
  ],
  samples: [
    { key: "ArrowUp", label: "↑", action: "previous prompt" },
    { key: "ArrowDown", label: "↓", action: "next prompt" },
    { key: "[", label: "[", action: "previous temperature" },
    { key: "]", label: "]", action: "next temperature" },
    { key: ",", label: ",", action: "previous repeat" },
    { key: ".", label: ".", action: "next repeat" },
    { key: "s", label: "s", action: "shade" },
    { key: "w", label: "w", action: "whole row" },
    { key: "c", label: "c", action: "copy" },
    { key: "/", label: "/", action: "search" },
    { key: "n", label: "n", action: "next match" },
    { key: "N", label: "N", action: "previous match" },
  ],
  structure: [
    { key: "ArrowUp", label: "↑", action: "layer above" },
    { key: "ArrowDown", label: "↓", action: "layer below" },
    { key: "[", label: "[", action: "layer to the left" },
    { key: "]", label: "]", action: "layer to the right" },
    { key: "Enter", label: "Enter", action: "open" },
    { key: "+", label: "+", action: "zoom in" },
    { key: "-", label: "−", action: "zoom out" },
    { key: "0", label: "0", action: "fit" },
    { key: "m", label: "m", action: "masks" },
    { key: "/", label: "/", action: "search" },
    { key: "n", label: "n", action: "next match" },
    { key: "N", label: "N", action: "previous match" },
  ],
  embeddings: [
    { key: "ArrowUp", label: "↑", action: "previous word" },
    { key: "ArrowDown", label: "↓", action: "next word" },
    { key: "b", label: "b", action: "word before" },
    { key: "[", label: "[", action: "previous layer" },
    { key: "]", label: "]", action: "next layer" },
    { key: "p", label: "p", action: "pin" },
    { key: "m", label: "m", action: "metric" },
    { key: "/", label: "/", action: "search" },
  ],
};

const LAST: readonly Key[] = [
  { key: "Escape", label: "Esc", action: "release" },
  { key: "?", label: "?", action: "help" },
];

/** Returns the keys of a view, in the order of the sheet. */
export function keysOf(view: View): readonly Key[] {
  return [...SHARED, ...OF_VIEW[view], ...LAST];
}

/** What of a keyboard event matters here. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  defaultPrevented: boolean;
}

/** Returns what a key press asks for, null if it is meant for the browser or for the element in focus. */
export function actionOf(press: Press, view: View, focused: { tagName: string; type?: string } | null): Action | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.defaultPrevented) return null;
  const action = keysOf(view).find(({ key }) => key === press.key)?.action ?? null;
  if (action === "release" || !focused) return action;
  const { tagName, type } = focused;
  const isText = tagName === "INPUT" && !["checkbox", "radio", "range"].includes(type ?? "");
  if (isText || tagName === "TEXTAREA") return null;
  const ownsArrows = tagName === "SELECT" || type === "radio";
  if (ownsArrows && (press.key.startsWith("Arrow") || press.key === "Home" || press.key === "End")) return null;
  const isPressed = ["BUTTON", "SELECT", "SUMMARY"].includes(tagName) || (tagName === "INPUT" && type !== "range");
  return isPressed && (press.key === " " || press.key === "Enter") ? null : action;
}
