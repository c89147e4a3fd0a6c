/** What each key does, everywhere in the page but in text fields. */

import type { Session } from "../../store/session.svelte";
import type { Key } from "../../store/view";
import { railIsOpen } from "../sides";
import { viewOf } from "../views";

/** A key of the view in sight. */
export type BoundKey = Omit<Key<never>, "press"> & { press(): unknown };

const STEPS: readonly Key<Session>[] = [
  {
    key: "ArrowLeft",
    label: "←",
    name: "previousStep",
    press: (session) => session.goToIndex(session.stepIndex - 1),
  },
  {
    key: "ArrowRight",
    label: "→",
    name: "nextStep",
    press: (session) => session.goToIndex(session.stepIndex + 1),
  },
  {
    key: "ArrowLeft",
    shift: true,
    label: "Shift ←",
    name: "previousCompared",
    press: (session) => session.compareAt((session.indexB < 0 ? session.stepIndex : session.indexB) - 1),
  },
  {
    key: "ArrowRight",
    shift: true,
    label: "Shift →",
    name: "nextCompared",
    press: (session) => session.compareAt((session.indexB < 0 ? session.stepIndex : session.indexB) + 1),
  },
  { key: "Home", name: "firstStep", press: (session) => session.goToIndex(0) },
  { key: "End", name: "newestStep", press: (session) => session.goToIndex(session.steps.length - 1) },
  { key: " ", label: "Space", name: "play", press: (session) => session.togglePlay() },
];

const LAST: readonly Key<Session>[] = [
  {
    key: "r",
    name: "rail",
    press: (session) => {
      session.rail = !railIsOpen(session);
    },
  },
  {
    key: "i",
    name: "details",
    press: (session) => {
      session.details = !session.details;
    },
  },
  {
    key: "e",
    name: "save",
    press: (session) => {
      session.savingIsOpen = !session.savingIsOpen;
    },
  },
  {
    key: "Escape",
    label: "Esc",
    name: "release",
    // What else has it, such as a dialog, still sees it. One thing is let go at a time.
    press: (session) => {
      if (!session.shown?.release()) session.stopComparing();
      return false;
    },
  },
  {
    key: "?",
    name: "help",
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
  shiftKey: boolean;
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
  return isForThePage(press, focused)
    ? (keys.find((one) => one.key === press.key && isShifted(one, press)) ?? null)
    : null;
}

/** Letters and signs come with or without Shift, as the keyboard has them; other keys mean something else with it. */
function isShifted({ key, shift = false }: BoundKey, { shiftKey }: Press): boolean {
  return key.length === 1 || shift === shiftKey;
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
