/** What each key does, everywhere in the page but in text fields. */

import { KEY_NAMES } from "../language/en";
import type { Session } from "../store/session.svelte";
import type { Key } from "../store/view";
import { viewOf } from "./views";

/** A key of the view in sight. */
export type BoundKey = Omit<Key<never>, "press"> & { press(): unknown };

const STEPS: readonly Key<Session>[] = [
  {
    key: "ArrowLeft",
    label: "←",
    name: KEY_NAMES.previousStep,
    press: (session) => session.goToIndex(session.stepIndex - 1),
  },
  {
    key: "ArrowRight",
    label: "→",
    name: KEY_NAMES.nextStep,
    press: (session) => session.goToIndex(session.stepIndex + 1),
  },
  { key: "Home", name: KEY_NAMES.firstStep, press: (session) => session.goToIndex(0) },
  { key: "End", name: KEY_NAMES.newestStep, press: (session) => session.goToIndex(session.steps.length - 1) },
  { key: " ", label: "Space", name: KEY_NAMES.play, press: (session) => session.togglePlay() },
];

const LAST: readonly Key<Session>[] = [
  {
    key: "Escape",
    label: "Esc",
    name: KEY_NAMES.release,
    // What else has it, such as a dialog, still sees it.
    press: (session) => {
      session.shown?.release();
      return false;
    },
  },
  {
    key: "?",
    name: KEY_NAMES.help,
    press: (session) => {
      session.helpIsOpen = !session.helpIsOpen;
    },
  },
];

/** Returns the keys of the view in sight, in the order of the sheet. */
export function keysOf(session: Session): readonly BoundKey[] {
  const { shown } = session;
  const bound = <Target>(keys: readonly Key<Target>[], target: Target) =>
    keys.map((key) => ({ ...key, press: () => key.press(target) }));
  const own = shown ? bound(viewOf(session.view).keys, shown) : [];
  return [...bound(STEPS, session), ...own, ...bound(LAST, session)];
}

/** What of a keyboard event matters here. */
export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  defaultPrevented: boolean;
}

/** What of the element in focus matters here. */
export interface Focused {
  tagName: string;
  type?: string;
}

/** Returns the key that was pressed, null if the press is meant for the browser or for the element in focus. */
export function keyFor(press: Press, keys: readonly BoundKey[], focused: Focused | null): BoundKey | null {
  return isForThePage(press, focused) ? (keys.find(({ key }) => key === press.key) ?? null) : null;
}

function isForThePage(press: Press, focused: Focused | null): boolean {
  const { key } = press;
  if (press.ctrlKey || press.metaKey || press.altKey || press.defaultPrevented) return false;
  if (key === "Escape" || !focused) return true;
  const { tagName, type } = focused;
  const isText = tagName === "INPUT" && !["checkbox", "radio", "range"].includes(type ?? "");
  if (isText || tagName === "TEXTAREA") return false;
  const ownsArrows = tagName === "SELECT" || type === "radio";
  if (ownsArrows && (key.startsWith("Arrow") || key === "Home" || key === "End")) return false;
  const isPressed = ["BUTTON", "SELECT", "SUMMARY"].includes(tagName) || (tagName === "INPUT" && type !== "range");
  return !(isPressed && (key === " " || key === "Enter"));
}
