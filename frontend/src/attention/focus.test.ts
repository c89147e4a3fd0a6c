import { expect, test } from "vitest";
import { focusedMatrix } from "./focus";
import type { LoadedRecord } from "./record/record";
import { quantised } from "./testing";
import { loadWorked } from "./worked.svelte";

function recordOf(...heads: number[][][]): LoadedRecord {
  return { head: 1, matrices: new Map(heads.map((rows, head) => [head, quantised(rows)])) } as unknown as LoadedRecord;
}

test("the head in focus is drawn as it is", () => {
  const record = recordOf([[1, 0]], [[0, 1]]);
  expect(focusedMatrix(record, "each")).toBe(record.matrices.get(1));
});

test("active heads are combined once for all who draw them", async () => {
  const record = recordOf([[1, 0]], [[0, 1]]);
  await loadWorked();
  const mean = focusedMatrix(record, "mean");
  expect(mean?.scale[0]).toBeCloseTo(0.5);
  expect(focusedMatrix(record, "mean")).toBe(mean);
  expect(focusedMatrix(record, "max")?.scale[0]).toBeCloseTo(1);
  expect(focusedMatrix(recordOf([[1, 0]], [[1, 0]]), "mean")?.scale[0]).toBeCloseTo(1);
});

test("a record whose heads are on their way has no matrix", () => {
  expect(focusedMatrix(recordOf(), "mean")).toBeNull();
});
