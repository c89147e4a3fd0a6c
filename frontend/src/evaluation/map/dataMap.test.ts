import { expect, it } from "vitest";
import { pointRead } from "../en/panels";
import { madeSetup, predictions } from "../testing";
import { dataMap, endsOf, placesIn } from "./dataMap";

const setup = madeSetup({
  inputs: ["easy", "hard", "ambiguous", "unknown"],
  references: ["", "", "", ""],
  slices: { all: [] },
});
const nan = Number.NaN;
const entries = [
  predictions(["", "", "", ""], [1, 0, 0, nan], [0.9, 0.1, 0.2, nan]),
  predictions(["", "", "", ""], [1, 0, 1, nan], [0.9, 0.1, 0.8, nan]),
  predictions(["", "", "", ""], [1, 0, 0, nan], [0.9, 0.1, 0.2, nan]),
  predictions(["", "", "", ""], [1, 0, 1, nan], [0.9, 0.1, 0.8, nan]),
];
const series = { run: "run", tag: "", steps: [0, 5, 10, 15], entries, setups: entries.map(() => setup) };

it("tells easy, hard and ambiguous examples apart", () => {
  const [easy, hard, ambiguous, ...none] = dataMap(series, setup, null);
  expect(none).toEqual([]);
  expect(easy).toMatchObject({
    mean: expect.closeTo(0.9),
    deviation: expect.closeTo(0),
    correctness: 1,
    forgettings: 0,
  });
  expect(hard).toMatchObject({ mean: expect.closeTo(0.1), correctness: 0 });
  expect(ambiguous).toMatchObject({
    mean: expect.closeTo(0.5),
    deviation: expect.closeTo(0.3),
    correctness: 0.5,
    forgettings: 1,
  });
});

it("is of the steps until one, with the same examples", () => {
  expect(dataMap(series, setup, 5)[2]).toMatchObject({ mean: expect.closeTo(0.5), forgettings: 0 });
  const changed = { ...series, setups: [{ ...setup }, setup, setup, setup] };
  expect(dataMap(changed, setup, 7)[2]?.mean).toBeCloseTo(0.8);
});

it("finds what is in a box", () => {
  expect([...placesIn(dataMap(series, setup, null), [0, 0.6, 0, 0.2])]).toEqual([1]);
  expect([...placesIn(dataMap(series, setup, null), [0, 1, 0, 1])]).toEqual([0, 1, 2]);
});

it("says in words how often an example was forgotten", () => {
  const said = [0, 1, 2].map((times) => pointRead("", "0.5", "0.1", "1", times).split(", ").at(-1));
  expect(said).toEqual(["never forgotten", "forgotten once", "forgotten 2 times"]);
});

it("has axes that end near its points where all of them lie near the corner", () => {
  const at = (mean: number, deviation: number) => ({ place: 0, mean, deviation, correctness: 0, forgettings: 0 });
  expect(endsOf([])).toEqual({ mean: 1, deviation: 0.5 });
  expect(endsOf([at(0.7, 0.2), at(0.1, 0.3)])).toEqual({ mean: 1, deviation: 0.5 });
  expect(endsOf([at(0.012, 0.004)])).toEqual({ mean: 0.02, deviation: 0.005 });
  expect(endsOf([at(0, 0.06)])).toEqual({ mean: 1, deviation: 0.1 });
});
