import { expect, it } from "vitest";
import { fileName } from "./download";

it("names say what is in the file, and any file system takes them", () => {
  expect(fileName(["run1/seqviz", "decoder/cross #2", "step-300"], "svg")).toBe(
    "run1_seqviz-decoder_cross_2-step-300.svg",
  );
  expect(fileName([".", "../..\\evil\u0000\n<b>", "编码器", ""], "npz")).toBe("evil_b-编码器.npz");
  expect(fileName(["x".repeat(300), "👩‍👩‍👧"], "json")).toBe(`${"x".repeat(60)}.json`);
  expect(fileName(["."], "png")).toBe("seqviz.png");
});
