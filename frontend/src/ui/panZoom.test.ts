import { describe, expect, it, vi } from "vitest";
import { Drag, keyZoom } from "./panZoom";

const capture = vi.fn();
const at = (clientX: number, clientY: number, button = 0) =>
  ({
    clientX,
    clientY,
    button,
    pointerId: 1,
    currentTarget: { setPointerCapture: capture },
  }) as unknown as PointerEvent;

describe("a press", () => {
  it("stays a click as long as it hardly moves", () => {
    const drag = new Drag();
    drag.press(at(10, 10));
    expect(drag.move(at(12, 11))).toBeNull();
    drag.end();
    expect([drag.isPressed, drag.wasDragged]).toEqual([false, false]);
    expect(capture).not.toHaveBeenCalled();
  });

  it("becomes a drag, which tells each move once and goes on outside", () => {
    const drag = new Drag();
    drag.press(at(10, 10));
    expect(drag.move(at(15, 10))).toEqual({ dx: 5, dy: 0 });
    expect(drag.move(at(16, 12))).toEqual({ dx: 1, dy: 2 });
    expect(capture).toHaveBeenCalledOnce();
    drag.end();
    expect([drag.isPressed, drag.wasDragged]).toEqual([false, true]);
    expect(drag.move(at(90, 90))).toBeNull();
  });

  it("with another button is none", () => {
    const drag = new Drag();
    drag.press(at(0, 0, 2));
    expect(drag.move(at(50, 50))).toBeNull();
  });
});

it("zooms with keys, and back to the whole", () => {
  expect(["+", "=", "0", "x"].map(keyZoom)).toEqual([1.5, 1.5, 0, null]);
  expect(keyZoom("-")).toBeCloseTo(1 / 1.5);
});
