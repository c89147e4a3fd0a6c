import { beforeEach, expect, it, vi } from "vitest";
import { Api, type BlobAddress, RequestFailure } from "../host/api";
import { encodeFrame } from "../testing/frames";
import { Blobs } from "./blobs.svelte";

const address: BlobAddress = { run: "run", tag: "samples/probe", step: 1, written: 2, index: 0 };

/** A server that has every blob but that of step 404. */
function server() {
  const asked: string[] = [];
  const request = async (path: string) => {
    asked.push(path);
    return path.includes("step=404")
      ? Response.json({ error: "There is no such step." }, { status: 404 })
      : new Response(encodeFrame({ kind: "samples" }, {}, {}));
  };
  return { blobs: new Blobs(new Api(request as unknown as typeof fetch)), asked };
}

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

it("has a blob for all who want it, until the last of them goes", async () => {
  const { blobs, asked } = server();
  const [leave, leaveToo] = [blobs.want(address), blobs.want(address)];
  expect(blobs.get(address)).toBeNull();
  await vi.advanceTimersByTimeAsync(100);
  expect(blobs.get(address)).toMatchObject({ header: { kind: "samples" } });
  leave();
  expect(blobs.get(address)).not.toBeNull();
  leaveToo();
  expect(blobs.get(address)).toBeNull();
  expect(asked).toHaveLength(1);
});

it("has at once what was there before", async () => {
  const { blobs, asked } = server();
  const leave = blobs.want(address);
  await vi.advanceTimersByTimeAsync(100);
  leave();
  blobs.want(address);
  expect(blobs.get(address)).not.toBeNull();
  expect(asked).toHaveLength(1);
});

it("asks for nothing that was only scrolled past", async () => {
  const { blobs, asked } = server();
  blobs.want(address)();
  await vi.advanceTimersByTimeAsync(100);
  expect(asked).toEqual([]);
});

it("says why a blob cannot be had", async () => {
  const { blobs } = server();
  const gone = { ...address, step: 404 };
  blobs.want(gone);
  await vi.advanceTimersByTimeAsync(100);
  expect(blobs.get(gone)).toBeInstanceOf(RequestFailure);
});
