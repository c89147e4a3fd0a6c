import { expect, test } from "vitest";
import { nearestSnapshot, projectorAddress } from "./projector";

const RUNS = [
  "a/embeddings/step-000000",
  "a/embeddings/step-000100",
  "a/embeddings/step-1000000",
  "a/embeddings/step-x",
  "a/embeddings/name/step-000007",
  "b/embeddings/step-000050",
];
const at = (step: number, run = "a", tag = "embeddings/deep/token") =>
  nearestSnapshot(RUNS, run, tag, "deep/token", step);

test("the snapshot is that of the step, or the nearest that is kept", () => {
  expect(at(100)).toEqual({ run: "a/embeddings/step-000100", step: 100 });
  expect([0, 49, 50, 51, 99, 500_000, 9e9].map((step) => at(step)?.step)).toEqual([0, 0, 0, 100, 100, 100, 1_000_000]);
  expect(at(70, "b")?.step).toBe(50);
  expect(at(70, "c")).toBeNull();
});

test("those of a logger with a name are below it", () => {
  expect(at(0, "a", "embeddings/name/deep/token")?.run).toBe("a/embeddings/name/step-000007");
});

test("the address is the URL-safe Base64 of run and layer", () => {
  // As Python's `base64.urlsafe_b64encode(json.dumps([...], separators=(",", ":"), ensure_ascii=False).encode())` writes them.
  expect(projectorAddress("reviews/seqviz/embeddings/step-000007", "token")).toBe(
    "projector/WyJyZXZpZXdzL3NlcXZpei9lbWJlZGRpbmdzL3N0ZXAtMDAwMDA3IiwidG9rZW4iXQ/",
  );
  expect(projectorAddress("ü?>", "日本/»")).toBe("projector/WyLDvD8-Iiwi5pel5pysL8K7Il0/");
});
