import { describe, expect, it } from "vitest";
import { Api } from "../host/api";
import { encodeFrame } from "../testing/frames";
import { exampleBlobs } from "../testing/records";
import type { SeriesInfo } from "../wire/schema.gen";
import { Catalogue, seriesKey } from "./catalogue.svelte";

const info: SeriesInfo = {
  run: "run",
  tag: "attention/probe",
  kind: "attention",
  name: "probe",
  last_step: 1,
  last_wall_time: 9,
};
const key = seriesKey(info);

/** A server that can be switched off and that remembers what it was asked. */
function server({ hasMeasures = true } = {}) {
  const asked: string[] = [];
  const state = { isUp: true, list: { version: 1, series: [info], newer: [], damaged: [] } };
  const measures = encodeFrame(
    { names: ["entropy"] },
    { steps: [2], values: [2, 4, 1] },
    { steps: BigInt64Array.of(0n, 1n), values: new Float32Array(8) },
  );
  const request = async (path: string) => {
    if (!state.isUp) throw new TypeError("Failed to fetch");
    const [route = ""] = path.split("?");
    asked.push(route);
    if (route === "series") return Response.json(state.list);
    if (route === "steps") return Response.json({ steps: [0, 1], wall_times: [8, 9], blobs: [5, 5] });
    if (route === "measures" && hasMeasures) return new Response(measures.slice(0));
    if (route === "blob") return new Response(exampleBlobs()[0]);
    return Response.json({ error: "There are no measures." }, { status: 404 });
  };
  const catalogue = new Catalogue(new Api(request as unknown as typeof fetch), new AbortController().signal);
  return { catalogue, asked, state };
}

describe("refresh", () => {
  it("keeps the list as it was where nothing has changed, so that the page does nothing", async () => {
    const { catalogue, state } = server();
    await catalogue.refresh();
    const before = catalogue.list;
    await catalogue.refresh();
    expect(catalogue.list).toBe(before);
    state.list = { ...state.list, series: [{ ...info, last_step: 2 }] };
    await catalogue.refresh();
    expect(catalogue.list?.series[0]?.last_step).toBe(2);
  });

  it("says that the server is gone, keeps what it knows, and recovers", async () => {
    const { catalogue, state } = server();
    await catalogue.refresh();
    state.isUp = false;
    await catalogue.refresh();
    expect(catalogue.failure?.reason).toBe("gone");
    expect(catalogue.list?.series).toHaveLength(1);
    state.isUp = true;
    await catalogue.refresh();
    expect(catalogue.failure).toBeNull();
  });
});

describe("follow", () => {
  it("asks again only for a series that has grown, or that turned out otherwise", async () => {
    const { catalogue, asked } = server();
    await catalogue.follow(info);
    expect(catalogue.tracks.get(key)?.steps.steps).toEqual([0, 1]);
    expect(catalogue.tracks.get(key)?.measures?.rows).toBe(4);
    await catalogue.follow(info);
    expect(asked.sort()).toEqual(["measures", "steps"]);
    await catalogue.follow({ ...info, last_step: 2 });
    expect(asked).toHaveLength(4);
    catalogue.forget(info);
    await catalogue.follow({ ...info, last_step: 2 });
    expect(asked).toHaveLength(6);
  });

  it("shows records that have no measures", async () => {
    const { catalogue } = server({ hasMeasures: false });
    await catalogue.follow(info);
    expect(catalogue.tracks.get(key)).toMatchObject({ steps: { steps: [0, 1] }, measures: null });
    expect(catalogue.failure).toBeNull();
  });
});

describe("describe", () => {
  it("reads the newest record once", async () => {
    const { catalogue, asked } = server();
    await catalogue.describe(info);
    await catalogue.describe(info);
    expect(catalogue.newest.get(key)).toEqual({ title: "", logged: 1 });
    expect(asked).toEqual(["blob"]);
  });

  it("tries again after it failed", async () => {
    const { catalogue, state } = server();
    state.isUp = false;
    await catalogue.describe(info);
    expect(catalogue.newest.has(key)).toBe(false);
    state.isUp = true;
    await catalogue.describe(info);
    expect(catalogue.newest.has(key)).toBe(true);
  });
});
