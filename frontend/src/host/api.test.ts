import { describe, expect, it, vi } from "vitest";
import { encodeFrame } from "../testing/frames";
import { Api, RequestFailure } from "./api";

const address = { run: "a/b", tag: "attention/x y", step: 3, written: 1.5, index: 1 };
const frame = encodeFrame({ n: 1 }, { weights: [1] }, { weights: Uint8Array.of(7) });
const never = new AbortController().signal;

/** A server whose answers the test sends when it likes. */
function controlledServer() {
  const asked: { path: string; signal: AbortSignal; answer: (response: Response) => void }[] = [];
  const request = vi.fn(
    (path: string, init: { signal: AbortSignal }) =>
      new Promise<Response>((resolve, reject) => {
        asked.push({ path, signal: init.signal, answer: resolve });
        init.signal.addEventListener("abort", () => reject(init.signal.reason));
      }),
  );
  return { asked, request: request as unknown as typeof fetch };
}

function answering(make: () => Response): typeof fetch {
  return vi.fn(async () => make()) as unknown as typeof fetch;
}

describe("blob", () => {
  it("asks by relative address with every part escaped, and only once", async () => {
    const request = answering(() => new Response(frame.slice(0)));
    const api = new Api(request);
    expect(api.cached(address)).toBeUndefined();
    const first = await api.blob(address, never);
    expect(first.header).toEqual({ n: 1 });
    expect(await api.blob(address, never)).toBe(first);
    expect(api.cached(address)).toBe(first);
    expect(vi.mocked(request).mock.calls.map(([path]) => path)).toEqual([
      "blob?run=a%2Fb&tag=attention%2Fx+y&step=3&index=1&written=1.5",
    ]);
  });

  it("shares a request in flight and keeps it for the caller who stays", async () => {
    const { asked, request } = controlledServer();
    const api = new Api(request);
    const impatient = new AbortController();
    const first = api.blob(address, impatient.signal);
    const second = api.blob(address, never);
    impatient.abort();
    await expect(first).rejects.toThrow("aborted");
    expect(asked).toHaveLength(1);
    expect(asked[0]?.signal.aborted).toBe(false);
    asked[0]?.answer(new Response(frame.slice(0)));
    expect((await second).header).toEqual({ n: 1 });
  });

  it("ends the request when nobody waits any more, and asks again for the next caller", async () => {
    const { asked, request } = controlledServer();
    const api = new Api(request);
    const only = new AbortController();
    const first = api.blob(address, only.signal);
    only.abort();
    await expect(first).rejects.toThrow("aborted");
    expect(asked[0]?.signal.aborted).toBe(true);
    const again = api.blob(address, never);
    asked[1]?.answer(new Response(frame.slice(0)));
    expect((await again).header).toEqual({ n: 1 });
  });

  it("does not remember a failure", async () => {
    const answers = [new Response("", { status: 404 }), new Response(frame.slice(0))];
    const api = new Api(answering(() => answers.shift() as Response));
    await expect(api.blob(address, never)).rejects.toMatchObject({ reason: "missing" });
    expect((await api.blob(address, never)).header).toEqual({ n: 1 });
  });

  it("calls damaged bytes broken", async () => {
    const api = new Api(answering(() => new Response(new Uint8Array(3))));
    await expect(api.blob(address, never)).rejects.toMatchObject({ reason: "broken" });
  });
});

describe("what is damaged on its way", () => {
  const gzip = { "Content-Encoding": "gzip" };

  it("is called broken, and no server gone, where bytes cannot be expanded", async () => {
    const body = () => new ReadableStream({ start: (out) => out.error(new TypeError("network error")) });
    const api = new Api(answering(() => new Response(body(), { headers: gzip })));
    await expect(api.blob(address, never)).rejects.toMatchObject({
      reason: "broken",
      message: "The answer ends early (network error).",
    });
  });

  it("is read piece by piece where it does not say how large it is", async () => {
    const bytes = new Uint8Array(frame.slice(0));
    const body = () =>
      new ReadableStream({
        start(out) {
          out.enqueue(bytes.slice(0, 5));
          out.enqueue(bytes.slice(5));
          out.close();
        },
      });
    const api = new Api(answering(() => new Response(body(), { headers: gzip })));
    expect((await api.blob(address, never)).header).toEqual({ n: 1 });
  });

  it("is named where a list is none", async () => {
    const answers = [
      { version: 1, series: [{ run: 3 }], newer: [], damaged: [] },
      { steps: [0], wall_times: ["NaN"] },
    ];
    const api = new Api(answering(() => Response.json(answers.shift())));
    await expect(api.series(never)).rejects.toMatchObject({
      reason: "broken",
      message: 'The answer to "series": series[0].run of a record is 3; expected text. The log is damaged.',
    });
    await expect(api.steps("a", "b", never)).rejects.toThrow("wall_times[0] of a record is NaN; expected a number");
  });
});

describe("failures", () => {
  it("passes on the server's sentence", async () => {
    const body = JSON.stringify({ error: "There is no run 'x'." });
    const api = new Api(answering(() => new Response(body, { status: 404 })));
    const failure = await api.steps("x", "y", never).catch((error) => error);
    expect(failure).toBeInstanceOf(RequestFailure);
    expect(failure).toMatchObject({ reason: "missing", message: "There is no run 'x'." });
  });

  it("tells a server that is gone from one that answers nonsense", async () => {
    const gone = new Api((() => Promise.reject(new TypeError("Failed to fetch"))) as typeof fetch);
    await expect(gone.series(never)).rejects.toMatchObject({ reason: "gone" });
    const gateway = new Api(answering(() => new Response("", { status: 502 })));
    await expect(gateway.series(never)).rejects.toMatchObject({ reason: "gone" });
    const nonsense = new Api(answering(() => new Response("<html>")));
    await expect(nonsense.series(never)).rejects.toMatchObject({ reason: "broken" });
  });
});
