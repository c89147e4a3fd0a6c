import { describe, expect, it } from "vitest";
import { Api } from "../../host/api";
import { Session } from "../../store/session.svelte";
import type { Parts } from "../../store/view";
import { ViewState } from "../../store/viewState.svelte";
import { noAnswer } from "../../testing/openView";
import { withoutBrowser } from "../../testing/withoutBrowser";
import { KEY_NAMES } from "../en/keys";
import { VIEWS } from "../views";
import { type Focused, keyFor, keysOf, type Press } from "./keys";
import { keysOfView } from "./language";

withoutBrowser();

const life = new AbortController();
type State = Parts<ViewState>["State"];
const MODULES = import.meta.glob<object>("./*/state.svelte.ts", { eager: true, base: "../.." });
const STATES = VIEWS.map(({ kind }) => {
  const found = Object.values(MODULES[`./${kind}/state.svelte.ts`] ?? {});
  return { kind, State: found.find(({ prototype }) => prototype instanceof ViewState) as State };
});

/** A page that has every view. */
function open(): Session {
  const api = new Api(noAnswer);
  const session = new Session(VIEWS, api, life.signal);
  for (const { kind, State } of STATES) session.adopt(kind, new State(session, api, life.signal));
  return session;
}

const press = (key: string, more = {}): Press => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  ...more,
});

/** Returns what a press does, in words. */
const nameOf = (press: Press, focused: Focused | null) => {
  const key = keyFor(press, keysOf(open()), focused);
  return key && KEY_NAMES[key.name as keyof typeof KEY_NAMES];
};

describe.each(VIEWS)("the keys of the view $kind", ({ kind }) => {
  it("do one thing each", () => {
    const session = open();
    session.change({ view: kind });
    const keys = keysOf(session);
    expect(new Set(keys.map(({ key, shift }) => `${key} ${shift ?? false}`)).size).toBe(keys.length);
    for (const key of keys) expect(keyFor(press(key.key, { shiftKey: key.shift ?? false }), keys, null)).toBe(key);
  });

  it("come to nothing where there is nothing yet", () => {
    const session = open();
    session.change({ view: kind });
    for (const key of keysOf(session)) if (!["/", "c"].includes(key.key)) expect(() => key.press()).not.toThrow();
  });
});

describe("the sheet of keys", () => {
  const namesOf = (keys: readonly { name: string }[]) => [...new Set(keys.map(({ name }) => name))].sort();

  it("says of each key of the page what it does, and of nothing else", () => {
    const keys = keysOf(new Session(VIEWS, new Api(noAnswer), life.signal));
    expect(namesOf(keys)).toEqual(Object.keys(KEY_NAMES).sort());
  });

  it.each(VIEWS)("says of each key of the view $kind what it does, and of nothing else", async ({ kind, keys }) => {
    const said = Object.keys((await keysOfView(kind)).KEY_NAMES);
    expect(namesOf(keys)).toEqual(said.toSorted());
    expect(said.filter((name) => name in KEY_NAMES)).toEqual([]);
  });
});

it("waits for a view to be loaded with its keys alone", () => {
  const keys = keysOf(new Session(VIEWS, new Api(noAnswer), life.signal));
  expect(keyFor(press("["), keys, null)).toBeNull();
  expect(keyFor(press("Home"), keys, null)).not.toBeNull();
});

it("reaches the view in sight", () => {
  const session = open();
  session.change({ view: "samples" });
  keyFor(press("s"), keysOf(session), null)?.press();
  expect(session.shown?.place).toMatchObject({ shade: false });
  keyFor(press("?"), keysOf(session), null)?.press();
  expect(session.helpIsOpen).toBe(true);
});

it("leaves shortcuts of the browser alone", () => {
  expect(nameOf(press("ArrowLeft", { altKey: true }), null)).toBeNull();
  expect(nameOf(press("[", { metaKey: true }), null)).toBeNull();
  expect(nameOf(press("ArrowLeft", { defaultPrevented: true }), null)).toBeNull();
});

it("moves B with Shift, and what needs Shift to be typed as well", () => {
  expect(nameOf(press("ArrowLeft", { shiftKey: true }), null)).toBe(KEY_NAMES.previousCompared);
  expect(nameOf(press("?", { shiftKey: true }), null)).toBe(KEY_NAMES.help);
});

it("lets people type, and still leave", () => {
  const field = { tagName: "INPUT", type: "search" };
  expect(nameOf(press("/"), field)).toBeNull();
  expect(nameOf(press("ArrowLeft"), field)).toBeNull();
  expect(nameOf(press("Escape"), field)).toBe(KEY_NAMES.release);
});

it("presses the button in focus with space, and moves on with arrows", () => {
  const button = { tagName: "BUTTON", type: "button" };
  expect(nameOf(press(" "), button)).toBeNull();
  expect(nameOf(press("ArrowRight"), button)).toBe(KEY_NAMES.nextStep);
  expect(nameOf(press("ArrowRight"), { tagName: "INPUT", type: "range" })).toBe(KEY_NAMES.nextStep);
  expect(nameOf(press(" "), { tagName: "INPUT", type: "range" })).toBe(KEY_NAMES.play);
  expect(nameOf(press("ArrowRight"), { tagName: "SELECT" })).toBeNull();
  expect(nameOf(press("ArrowDown"), { tagName: "INPUT", type: "radio" })).toBeNull();
});
