import { expect, it } from "vitest";
import { overheadOf } from "./overhead";

const { signal } = new AbortController();

function apiWith(series: Record<string, [number, number, number][]>) {
  const tags = Object.fromEntries(Object.keys(series).map((tag) => [tag, {}]));
  return {
    scalarTags: () => Promise.resolve({ "a/seqviz": tags, b: { "overhead/percent/x": {} } }),
    scalars: (_run: string, tag: string) => Promise.resolve(series[tag] ?? []),
  };
}

it("adds up what the callbacks of a run have cost last", async () => {
  const api = apiWith({
    "overhead/percent/attention/probe": [
      [1, 0, 40],
      [2, 1, 0.5],
    ],
    "overhead/percent/samples/probe": [[2, 1, 1.25]],
    "overhead/seconds/attention/probe": [[2, 1, 3]],
    "overhead/seconds/samples/probe": [[2, 1, 4]],
    "overhead/megabytes/samples/probe": [[2, 1, 100]],
    "loss/overhead/percent": [[2, 1, 50]],
  });
  expect(await overheadOf(api, "a/seqviz", signal)).toEqual({ percent: 1.75, seconds: 7 });
});

it("says nothing of a run that was not measured", async () => {
  expect(await overheadOf(apiWith({ loss: [[1, 0, 2]] }), "a/seqviz", signal)).toBeNull();
  expect(await overheadOf(apiWith({}), "elsewhere", signal)).toBeNull();
});
