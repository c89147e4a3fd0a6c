import { describe, expect, it } from "vitest";
import { FILM_LABEL, filmCount, filmLayout, filmSteps } from "./filmLayout";

describe("the steps of a film strip", () => {
  it("are spread over the bar, with both ends", () => {
    expect(filmSteps(39, 10, [38])).toEqual([0, 4, 8, 13, 17, 21, 25, 30, 34, 38]);
    expect(filmSteps(3, 10, [1])).toEqual([0, 1, 2]);
    expect(filmSteps(1, 10, [0])).toEqual([0]);
    expect(filmSteps(0, 10, [])).toEqual([]);
  });

  it("hold A and B, in the place of those nearest to them", () => {
    const steps = filmSteps(39, 10, [16, 38]);
    expect(steps).toContain(16);
    expect(steps).toHaveLength(10);
    expect(steps).not.toContain(17);
    expect([steps[0], steps.at(-1)]).toEqual([0, 38]);
    expect(filmSteps(39, 4, [1, 2])).toEqual([0, 1, 2, 38]);
  });
});

describe("the layout of a film strip", () => {
  it.each([
    [10, 500, 220, 0.8],
    [12, 690, 260, 0.7],
    [6, 340, 110, 1],
    [10, 440, 300, 2.5],
    [8, 160, 400, 0.3],
  ])("puts %i pictures into %i x %i", (count, width, height, aspect) => {
    const film = filmLayout(count, width, height, aspect);
    expect(film.columns * film.rows).toBeGreaterThanOrEqual(count);
    expect((film.columns - 1) * film.pitchX + film.width).toBeLessThanOrEqual(width);
    expect((film.rows - 1) * film.pitchY + film.height + FILM_LABEL).toBeLessThanOrEqual(height);
    expect(film.pitchX).toBeGreaterThan(film.width);
  });

  it("takes the number of columns with the largest pictures", () => {
    expect(filmLayout(10, 500, 220, 0.8).columns).toBe(5);
    expect(filmLayout(10, 1200, 120, 1).columns).toBe(10);
  });

  it("shows fewer where there is little room", () => {
    expect([filmCount(900, 300), filmCount(360, 220), filmCount(160, 100)]).toEqual([12, 8, 4]);
  });
});
