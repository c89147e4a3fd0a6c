import { beforeEach, expect, it, vi } from "vitest";
import { RequestFailure } from "../host/api";
import { Resources } from "./resources.svelte";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const soon = () => vi.advanceTimersByTimeAsync(100);
const ask = (value: string) => vi.fn(async () => value);

it("keeps what is looked at, and the last of what was", async () => {
  const resources = new Resources<string>(1);
  const leave = ["a", "b", "c"].map((key) => resources.want(key, ask(key)));
  await soon();
  const held = () => ["a", "b", "c"].map((key) => resources.get(key));
  expect(held()).toEqual(["a", "b", "c"]);
  leave[1]?.();
  expect(held()).toEqual(["a", "b", "c"]);
  leave[0]?.();
  expect(held()).toEqual([null, "b", "c"]);
  const again = ask("b");
  resources.want("b", again);
  await soon();
  expect(again).not.toHaveBeenCalled();
});

it("asks again for what failed, once for all who look at it", async () => {
  const resources = new Resources<string>(5);
  const failing = vi.fn(() => Promise.reject(new RequestFailure("gone", "No answer.")));
  const look = () => [resources.want("a", failing), resources.want("a", failing)];
  const leaves = look();
  await soon();
  expect(resources.get("a")).toBeInstanceOf(RequestFailure);
  look();
  await soon();
  expect(failing).toHaveBeenCalledOnce();
  resources.forgetFailures();
  // As the effects of components do.
  for (const leave of leaves) leave();
  look();
  await soon();
  expect(failing).toHaveBeenCalledTimes(2);
});
