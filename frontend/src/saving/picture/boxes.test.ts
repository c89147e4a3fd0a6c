import { expect, it } from "vitest";
import { cut } from "./boxes";
import type { Piece } from "./pieces";

const clip = { left: 10, top: 10, width: 20, height: 20 };
const at = (left: number, width: number) => ({ left, top: 12, width, height: 4 });
const piece: Piece = { kind: "image", box: at(0, 1), address: "", isCells: true };

it("what is in sight stays, what is beside it goes, what is on the edge is cut", () => {
  expect(cut(piece, at(12, 5), clip)).toEqual([piece]);
  expect(cut(piece, at(9.8, 5), clip)).toEqual([piece]);
  expect(cut(piece, at(40, 5), clip)).toEqual([]);
  expect(cut(piece, at(25, 20), clip)).toEqual([{ kind: "group", pieces: [piece], clip, transform: null, opacity: 1 }]);
  expect(cut(piece, at(40, 5), null)).toEqual([piece]);
  expect(cut(piece, { ...at(12, 5), height: 0 }, clip)).toEqual([piece]);
});
