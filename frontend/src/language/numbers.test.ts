import { describe, expect, it } from "vitest";
import { CHINESE_UNITS, compact, ENGLISH_UNITS, grouped, rounded } from "./numbers";

describe("numbers", () => {
  const values = Array.from({ length: 400 }, (_, at) => 1.09 ** at * (at % 2 ? 1 : -1));

  it("are grouped and rounded as browsers do it", () => {
    const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
    const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
    for (const value of [0, 7, 999, 1000, -1234567, ...values]) {
      expect(grouped(value)).toBe(whole.format(value));
      if (Math.abs(value) < 1000) expect(rounded(value / 7)).toBe(short.format(value / 7));
    }
  });

  it.each([
    ["en", ENGLISH_UNITS],
    ["zh-CN", CHINESE_UNITS],
  ] as const)("are shortened as browsers do it (%s)", (language, units) => {
    const short = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 });
    const counts = values.map((value) => Math.round(Math.abs(value)));
    for (const count of [0, 1, 12, 999, 1000, 1235, 999_499, 999_500, 999_999, 1e9, ...counts])
      expect(compact(count, units)).toBe(short.format(count));
  });
});
