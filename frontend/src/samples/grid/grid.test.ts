import { describe, expect, it } from "vitest";
import { key, setupOf } from "../testing";
import { columnKey, columnOfKey, columnsOf, isSameAddress, mostRepeats, promptsOf, samplesIn } from "./grid";

const setup = setupOf({
  prompts: ["Once", "床前", "Once"],
  references: ["upon", "明月", "more"],
  samples: [
    key({ temperature: 1.2, repeat: 1 }),
    key({ temperature: 1.2 }),
    key({ temperature: 0 }),
    key({ beams: 4 }),
    key({ prompt: 2, temperature: 0 }),
  ],
});

describe("columns", () => {
  it("are temperatures, rising, then beams", () => {
    expect(columnsOf([setup, setupOf({ samples: [key({ temperature: 0.5 })] })]).map(columnKey)).toEqual([
      "0",
      "0.5",
      "1.2",
      "4beams",
    ]);
  });

  it("are known by their keys", () => {
    for (const column of columnsOf([setup])) expect(columnKey(columnOfKey(column.key) ?? key({}))).toBe(column.key);
    for (const none of ["", "beams", "0beams", "hot", "-1", "1.0"]) expect(columnOfKey(none)).toBeNull();
  });

  it("tell a beam search from drawing at its temperature", () => {
    expect(columnKey({ temperature: 1, beams: 0 })).not.toBe(columnKey({ temperature: 1, beams: 4 }));
  });
});

describe("prompts", () => {
  it("that are alike stay apart within a run and are the same in all", () => {
    const other = setupOf({ prompts: ["床前", "new", "Once"], references: [] });
    expect(promptsOf([setup, other]).map(({ text, reference }) => [text, reference])).toEqual([
      ["Once", "upon"],
      ["床前", "明月"],
      ["Once", "more"],
      ["new", null],
    ]);
  });
});

describe("samplesIn", () => {
  const [first, , third] = promptsOf([setup]).map((prompt) => prompt.key);

  it("finds the samples of a cell by repeat", () => {
    expect(samplesIn(setup, first as string, "1.2")).toEqual([1, 0]);
    expect(samplesIn(setup, first as string, "0")).toEqual([2]);
    expect(samplesIn(setup, first as string, "4beams")).toEqual([3]);
    expect(samplesIn(setup, third as string, "0")).toEqual([4]);
  });

  it("finds nothing where nothing was sampled", () => {
    expect(samplesIn(setup, third as string, "1.2")).toEqual([]);
    expect(samplesIn(setup, "no such prompt", "0")).toEqual([]);
  });
});

it("counts repeats", () => {
  expect(mostRepeats([setup])).toBe(2);
  expect(mostRepeats([])).toBe(1);
});

it("knows the same place again", () => {
  const place = { run: "a", step: 1, at: 0, sample: 2 };
  expect(isSameAddress(place, { ...place, at: 5 })).toBe(true);
  expect(isSameAddress(place, { ...place, sample: 1 })).toBe(false);
  expect(isSameAddress(place, null)).toBe(false);
});
