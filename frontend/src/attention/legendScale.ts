import { css } from "../draw/colour";
import type { Theme } from "../draw/inks";
import { sequentialScale } from "../draw/scales";
import type { Mapping } from "./types";
import { formatWeight } from "./weights";

export interface LegendTick {
  /** Along the bar, 0 to 1. */
  at: number;
  text: string;
}

/** Some weights, where the mapping puts them. */
export function legendTicks(mapping: Mapping, maximum: number): LegendTick[] {
  if (maximum <= 0 && mapping !== "per row") return [{ at: 0, text: "0" }];
  return (mapping === "linear" ? [0, 0.5, 1] : [0, 0.05, 0.2, 0.5, 1]).map((share) => ({
    at: mapping === "linear" ? share : Math.sqrt(share),
    text: mapping === "per row" ? `${100 * share} %` : String(Number(formatWeight(share * maximum))),
  }));
}

/** The bar; the mapping shows in where the ticks stand. */
export function legendGradient(theme: Theme): string {
  const scale = sequentialScale(theme);
  const stops = Array.from({ length: 17 }, (_, i) => css(scale[Math.round((i / 16) * 255)] ?? [0, 0, 0]));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
