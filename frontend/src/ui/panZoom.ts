/** What pointer, wheel and keys do to a drawing that can be moved and zoomed. */

/** So far a press may move and still be a click, in CSS pixels. */
const CLICK_REACH = 4;
/** By how much a pixel of the wheel zooms, and how many pixels a line of it is. */
const WHEEL = 0.0015;
const WHEEL_LINE = 16;
const KEY_ZOOM = 1.5;

/** A press that may become a drag: from a few pixels on it is one, and no click. */
export class Drag {
  #last: { x: number; y: number } | null = null;
  #isFar = false;

  get isPressed(): boolean {
    return this.#last !== null;
  }

  /** Whether the last press was dragged. */
  get wasDragged(): boolean {
    return this.#isFar;
  }

  press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#last = { x: event.clientX, y: event.clientY };
    this.#isFar = false;
  }

  /** Returns how far the pointer was dragged since the last time; null if it is not. */
  move(event: PointerEvent): { dx: number; dy: number } | null {
    if (!this.#last) return null;
    const [dx, dy] = [event.clientX - this.#last.x, event.clientY - this.#last.y];
    if (!this.#isFar && Math.hypot(dx, dy) < CLICK_REACH) return null;
    // It goes on beside the drawing, too.
    if (!this.#isFar) (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#isFar = true;
    this.#last = { x: event.clientX, y: event.clientY };
    return { dx, dy };
  }

  end(): void {
    this.#last = null;
  }
}

/**
 * Returns an attachment that zooms with the wheel: `zoom` is told by how much, and where in the element; where it returns false the page
 * scrolls. A listener of its own, since one of a component may not keep the page from that.
 */
export function wheelZoom(zoom: (by: number, x: number, y: number, event: WheelEvent) => unknown) {
  return (element: Element) => {
    const turned = (event: Event) => {
      const { deltaY, deltaMode, clientX, clientY } = event as WheelEvent;
      const { left, top } = element.getBoundingClientRect();
      const by = Math.exp(-deltaY * WHEEL * (deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE : 1));
      const [x, y] = [clientX - left - element.clientLeft, clientY - top - element.clientTop];
      if (zoom(by, x, y, event as WheelEvent) !== false) event.preventDefault();
    };
    element.addEventListener("wheel", turned, { passive: false });
    return () => element.removeEventListener("wheel", turned);
  };
}

/** Returns by how much a key zooms: 0 for the whole drawing, null for a key that does not. */
export function keyZoom(key: string): number | null {
  if (key === "+" || key === "=") return KEY_ZOOM;
  if (key === "-") return 1 / KEY_ZOOM;
  return key === "0" ? 0 : null;
}
