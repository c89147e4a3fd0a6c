import type { AxisUnit } from "../../wire/schema.gen";
import { niceStride } from "./ticks";
import type { AxisWindow } from "./viewport";

/**
 * The round times that get a label, so that no two labels touch: each where it begins, and of frames, which are counted, in their middle.
 *
 * `first` is the position of the first cell; `extent` as in `tickCells`.
 */
export function timeTicks(
  axis: AxisWindow,
  first: number,
  { per_token, unit }: AxisUnit,
  extent: number,
): { value: number; at: number }[] {
  const stride = niceStride(Math.max(1, extent / axis.cell) * per_token);
  const shift = unit === "frames" ? 0.5 / per_token : 0;
  const placeOf = (value: number) => (value / per_token - first + shift - axis.start) * axis.cell;
  const ticks = [];
  for (let number = Math.ceil(((first + axis.start) * per_token) / stride - 1e-9); ; number++) {
    const value = Number((number * stride).toPrecision(12));
    const at = placeOf(value);
    if (at > axis.length || value / per_token >= first + axis.cells) return ticks;
    ticks.push({ value, at });
  }
}
