import { expect, it } from "vitest";
import { newest } from "./newest";

async function told(finish: string[]): Promise<string[]> {
  const said: string[] = [];
  const answers = new Map<string, [(value: string) => void, (error: Error) => void]>();
  const ask = newest(
    (key: string) => new Promise<string>((resolve, reject) => answers.set(key, [resolve, reject])),
    (key, value) => said.push(`${key}: ${value}`),
    (key, error) => said.push(`${key}: ${error}`),
  );
  ask("first");
  ask("last");
  for (const order of finish) {
    const [key = "", outcome] = order.split(" ");
    const [resolve, reject] = answers.get(key) ?? [];
    if (outcome === "fails") reject?.(new Error("gone"));
    else resolve?.("there");
    await Promise.resolve();
    await Promise.resolve();
  }
  return said;
}

it("tells of what was asked for last, whichever is there first", async () => {
  expect(await told(["first", "last"])).toEqual(["last: there"]);
  expect(await told(["last", "first"])).toEqual(["last: there"]);
});

it("tells of failures of what was asked for last only", async () => {
  expect(await told(["last", "first fails"])).toEqual(["last: there"]);
  expect(await told(["first", "last fails"])).toEqual(["last: Error: gone"]);
});
