import { css } from "../draw/colour";
import type { Theme } from "../draw/inks";
import { divergingScale, sequentialScale } from "../draw/scales";
import type { Mapping } from "./types";
import { formatWeight } from "./weights";

export interface LegendTick {
  /** Along the bar, 0 to 1. */
  at: number;
  text: string;
}

/** Some weights, where the mapping puts them; those below 0 are as far from the middle as those above. */
export function legendTicks(mapping: Mapping, maximum: number, isSigned = false): LegendTick[] {
  if (maximum <= 0 && mapping !== "per row") return [{ at: 0, text: "0" }];
  const shares = isSigned ? [1] : mapping === "linear" ? [0.5, 1] : [0.25, 1];
  const above = [0, ...shares].map((share) => ({
    at: mapping === "linear" ? share : Math.sqrt(share),
    text: mapping === "per row" ? `${100 * share} %` : String(Number(formatWeight(share * maximum))),
  }));
  if (!isSigned) return above;
  const below = above.slice(1).map(({ at, text }) => ({ at: 0.5 - at / 2, text: `−${text}` }));
  return [...below.reverse(), ...above.map(({ at, text }) => ({ at: 0.5 + at / 2, text }))];
}

/** The bar; the mapping shows in where the ticks stand. */
export function legendGradient(theme: Theme, isSigned = false): string {
  const scale = isSigned ? divergingScale(theme) : sequentialScale(theme);
  const stops = Array.from({ length: 33 }, (_, i) =>
    css(scale[Math.round((i / 32) * (scale.length - 1))] ?? [0, 0, 0]),
  );
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
