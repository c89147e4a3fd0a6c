import { expect, test } from "vitest";
import { encodeFrame } from "../testing/frames";
import { decodeFrame } from "../wire/frame";
import { shortName } from "./spelled";
import { isSame, readTable, rowOf, wordAt } from "./table";

function tableOf(labels: string[], frequency = "") {
  const setup = {
    version: 1,
    table_rows: 9,
    labels,
    columns: { frequency: labels.map((_, row) => (row ? `${row}e1` : "")) },
  };
  const header = {
    layer: "words",
    since: 3,
    notes: [],
    remarks: [],
    rows: labels.length,
    dimensions: 4,
    frequency,
    setup,
  };
  const places = Uint8Array.from(labels, (_, row) => row + 2);
  return readTable(decodeFrame(encodeFrame(header, { row: [labels.length] }, { row: places })));
}

test("a table has its words, their places and their frequencies", () => {
  const table = tableOf(["a", "b", "a"], "frequency");
  expect(table.frequencies).toEqual(Float64Array.of(Number.NaN, 10, 20));
  expect([...Array.from(table.places)]).toEqual([2, 3, 4]);
  expect(tableOf(["a"]).frequencies).toBeNull();
});

test("a word is found by its row in the whole table, or else by its label, the first of several", () => {
  const table = tableOf(["a", "b", "a"]);
  expect([0, 1, 2].map((row) => wordAt(table, row).row)).toEqual([2, 3, 4]);
  expect(rowOf(table, { label: "a", row: 4 })).toBe(2);
  expect(rowOf(table, { label: "a", row: 3 })).toBe(0);
  expect(rowOf(table, { label: "c", row: 3 })).toBe(-1);
});

test("a long word is known by its short name too", () => {
  const long = "😀".repeat(300);
  const table = tableOf(["a", `${long}1`, `${long}2`]);
  const name = shortName(`${long}1`);
  expect(name.length).toBeLessThanOrEqual(100);
  expect(() => encodeURIComponent(name)).not.toThrow();
  expect(rowOf(table, { label: name, row: 4 })).toBe(2);
  expect(rowOf(table, { label: name, row: 0 })).toBe(1);
  expect(rowOf(table, { label: `${long}2`, row: 0 })).toBe(2);
});

test("labels that do not fit the vectors are an error; the same words are the same table", () => {
  expect(isSame(tableOf(["a", "b"]), tableOf(["a", "b"]))).toBe(true);
  expect(isSame(tableOf(["a", "b"]), tableOf(["b", "a"]))).toBe(false);
});
