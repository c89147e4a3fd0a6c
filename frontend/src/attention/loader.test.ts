import { describe, expect, it } from "vitest";
import { Api } from "../host/api";
import { exampleBlobs } from "../testing/records";
import { Loader, type Request } from "./loader.svelte";
import type { Wish } from "./record/record";

const wish: Wish = { layer: null, head: null, heads: null };
const at = (step: number, run = "run"): Request => ({
  address: { run, tag: "attention/probe", step, written: step },
  measures: null,
});

/** A server that keeps the answers to some steps back until they are let go. */
function slowServer(...slow: number[]) {
  const held: (() => void)[] = [];
  const blobs = exampleBlobs();
  const request = async (path: string, { signal }: { signal: AbortSignal }) => {
    const parameters = new URLSearchParams(path.split("?")[1]);
    if (slow.includes(Number(parameters.get("step")))) {
      await new Promise<void>((resolve, reject) => {
        held.push(resolve);
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    }
    if (parameters.get("run") === "lost") return new Response('{"error": "No such run."}', { status: 404 });
    return new Response(blobs[Number(parameters.get("index"))]?.slice(0));
  };
  return { api: new Api(request as unknown as typeof fetch), held };
}

describe("show", () => {
  it("keeps what is drawn until the next is there, and then swaps it", async () => {
    const { api, held } = slowServer(2);
    const loader = new Loader(api);
    await loader.show([at(1)], wish);
    const next = loader.show([at(2)], wish);
    expect(loader.loading).toBe(true);
    expect(loader.shown.get("run")?.address.step).toBe(1);
    // The header, and then the blobs that it names.
    for (let round = 0; round < 2; round++) {
      await new Promise((resolve) => setTimeout(resolve));
      for (const letGo of held.splice(0)) letGo();
    }
    await next;
    expect(loader.shown.get("run")?.address.step).toBe(2);
  });

  it("ignores the answer to a question that is no longer asked", async () => {
    const { api } = slowServer(2);
    const loader = new Loader(api);
    const stale = loader.show([at(2)], wish);
    await loader.show([at(3)], wish);
    await stale;
    expect(loader.shown.get("run")?.address.step).toBe(3);
    expect(loader.failures.size).toBe(0);
  });

  it("shows in the same turn what was prepared", async () => {
    const loader = new Loader(slowServer().api);
    await loader.prepare([at(1), at(2)], wish);
    void loader.show([at(2)], wish);
    expect(loader.loading).toBe(false);
    expect(loader.shown.get("run")?.address.step).toBe(2);
  });

  it("shows the runs that could be read beside the reason for the one that could not", async () => {
    const loader = new Loader(slowServer().api);
    await loader.show([at(1), at(1, "lost")], wish);
    expect([...loader.shown.keys()]).toEqual(["run"]);
    expect(loader.failures.get("lost")).toMatchObject({ reason: "missing", message: "No such run." });
  });

  it("leaves what is the same untouched, so that nothing is drawn again", async () => {
    const loader = new Loader(slowServer().api);
    await loader.show([at(1)], wish);
    const before = loader.shown.get("run");
    await loader.show([at(1)], wish);
    expect(loader.shown.get("run")).toBe(before);
    await loader.show([at(1)], { layer: "encoder/self", head: 1, heads: [1] });
    expect(loader.shown.get("run")).not.toBe(before);
    expect(loader.shown.get("run")?.thumbnails).toBe(before?.thumbnails);
    await loader.show([at(2)], wish);
    expect(loader.shown.get("run")?.thumbnails).not.toBe(before?.thumbnails);
  });

  it("keeps the drawing of a run while the server is gone", async () => {
    const { api } = slowServer();
    const loader = new Loader(api);
    await loader.show([at(1)], wish);
    const gone = new Loader(new Api((() => Promise.reject(new TypeError("Failed to fetch"))) as typeof fetch));
    gone.shown = loader.shown;
    await gone.show([at(2)], wish);
    expect(gone.shown.get("run")?.address.step).toBe(1);
    expect(gone.failures.get("run")?.reason).toBe("gone");
  });
});
