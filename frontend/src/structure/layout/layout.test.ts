import { describe, expect, it } from "vitest";
import { exampleSpec } from "../testing";
import { layered } from "./layered";
import { type Box, createLayouter, type GroupLayout, type GroupSpec } from "./layout";
import { setApart } from "./rowPlaces";

const GAPS = { boxes: 10, lines: 4, rows: 20 };
const size = { width: 40, height: 20 };
const line = (from: number, to: number, labelWidth = 0) => ({
  from,
  to,
  fromX: 0,
  toX: 0,
  label: { width: labelWidth, height: labelWidth > 0 ? 10 : 0 },
});

function overlap(one: Omit<Box, "group">, other: Omit<Box, "group">): boolean {
  const apart = 0.01;
  return (
    one.x + one.width > other.x + apart &&
    other.x + other.width > one.x + apart &&
    one.y + one.height > other.y + apart &&
    other.y + other.height > one.y + apart
  );
}

/** All boxes and labels of a group. */
function thingsIn(layout: GroupLayout, spec: GroupSpec): Omit<Box, "group">[] {
  const labels = layout.lines.flatMap(({ label }, index) => {
    const { labelWidth: width, labelHeight: height } = spec.lines[index] as GroupSpec["lines"][number];
    return label ? [{ x: label.x - width / 2, y: label.y - height / 2, width, height }] : [];
  });
  return [...layout.boxes, ...labels];
}

describe("boxes in rows", () => {
  it("puts a chain into a straight line", () => {
    const { centres, width } = layered([size, size, size], [line(0, 1, 60), line(1, 2)], 0, 0, GAPS);
    expect(new Set(centres.map(({ x }) => Math.round(x * 100))).size).toBe(1);
    expect(centres.map(({ y }) => y)).toEqual([...centres.map(({ y }) => y)].sort((a, b) => a - b));
    expect(width).toBe(60);
  });

  it("crosses no lines that need not cross", () => {
    // 0 goes to 3, 1 to 2: in the order given they would cross.
    const { centres } = layered([size, size, size, size], [line(0, 3), line(1, 2)], 0, 0, GAPS);
    const [zero, one, two, three] = centres.map(({ x }) => x) as [number, number, number, number];
    expect(Math.sign(zero - one)).toBe(Math.sign(three - two));
  });

  it("draws near to what it goes to what hears nothing itself", () => {
    const { centres } = layered([size, size, size, size], [line(0, 1), line(1, 3), line(2, 3)], 0, 0, GAPS);
    expect(centres[2]?.y).toBe(centres[1]?.y);
  });

  it("leads lines against the order upwards", () => {
    const { bends } = layered([size, size], [line(0, 1), line(1, 0)], 0, 0, GAPS);
    const [down, up] = bends.map((points) => points.map(({ y }) => y));
    expect(up).toEqual(down?.toReversed());
  });

  it("keeps firsts above and lasts below all others", () => {
    const { centres } = layered([size, size, size, size], [line(0, 2), line(1, 3)], 1, 1, GAPS);
    const [first, a, b, last] = centres.map(({ y }) => y) as [number, number, number, number];
    expect(first).toBeLessThan(Math.min(a, b));
    expect(last).toBeGreaterThan(Math.max(a, b));
  });
});

it("moves as little as it must to set apart", () => {
  expect(setApart([0, 1, 50], [1, 1, 1], [0, 10, 20])).toEqual([-4.5, 5.5, 50]);
  expect(setApart([0, 0], [1, 3], [0, 8])).toEqual([-6, 2]);
});

describe("the layout of groups", () => {
  it("lets no boxes and labels lie on each other, and all within", () => {
    const spec = exampleSpec(60);
    const layout = createLayouter()(spec);
    const things = thingsIn(layout, spec);
    things.forEach((one, index) => {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.y).toBeGreaterThanOrEqual(spec.titleHeight);
      expect(one.x + one.width).toBeLessThanOrEqual(layout.width);
      expect(one.y + one.height).toBeLessThanOrEqual(layout.height);
      for (const other of things.slice(index + 1)) expect(overlap(one, other)).toBe(false);
    });
  });

  it("leads each line from the border of its box to that of the other", () => {
    const spec = exampleSpec(20);
    const layout = createLayouter()(spec);
    const boxOf = (key: string) => layout.boxes[Number(key)] as Box;
    spec.lines.slice(1, -1).forEach(({ from, to }, i) => {
      const { points } = layout.lines[i + 1] as GroupLayout["lines"][number];
      const [start, end] = [points[0], points.at(-1)] as [{ x: number; y: number }, { x: number; y: number }];
      expect(start.y).toBeCloseTo(boxOf(from).y + boxOf(from).height);
      expect(end.y).toBeCloseTo(boxOf(to).y);
      expect(Math.abs(end.x - boxOf(to).x - boxOf(to).width / 2)).toBeLessThan(boxOf(to).width / 2);
    });
  });

  it("joins lines at the ports of an open group", () => {
    const group = exampleSpec(3);
    const box = (key: string, open: GroupSpec | null = null) => ({ key, width: 100, height: 40, group: open });
    const join = { from: "a", to: "b", fromPort: "", toPort: "in", labelWidth: 0, labelHeight: 0 };
    const around: GroupSpec = { ...group, boxes: [box("a"), box("b", group)], lines: [join], ins: [], outs: [] };
    const layout = createLayouter()(around);
    const inner = layout.boxes[1] as Box & { group: GroupLayout };
    const end = layout.lines[0]?.points.at(-1);
    const begin = inner.group.lines[0]?.points[0];
    expect(end?.x).toBeCloseTo(inner.x + (begin?.x as number));
    expect(end?.y).toBeCloseTo(inner.y + (begin?.y as number));
  });

  it("lays out what has not changed only once", () => {
    const layOut = createLayouter();
    const spec = exampleSpec(5);
    expect(layOut(structuredClone(spec)).lines).toBe(layOut(spec).lines);
    expect(layOut({ ...spec, titleWidth: 500 }).width).toBeGreaterThan(500);
  });
});
