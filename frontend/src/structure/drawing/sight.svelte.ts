/** What part of the drawing is in sight, and how that changes with the drawing. */

import { panned, type Size, type Viewport, zoomed } from "../../draw/viewport";
import { LEAST_READABLE } from "./reading";
import type { Scene } from "./scene";
import { atFirst, fitted, hasAll, revealing, showing, ZOOM_LIMITS } from "./viewport";

const ZOOM_STEP = 1.3;

interface Shown {
  readonly scene: Scene | null;
  /** null stands for "not chosen". */
  readonly viewport: Viewport | null;
  look(viewport: Viewport): void;
}

export class Sight {
  /** Of the part of the page that shows the drawing. */
  room = $state.raw<Size>({ width: 0, height: 0 });
  viewport = $derived.by((): Viewport => {
    const { scene, viewport } = this.shown;
    return viewport ?? (scene ? atFirst(scene, this.room) : { zoom: 1, x: 0, y: 0 });
  });
  /** What is to stay where it is on the screen when the drawing changes, and whether all of the drawing was there. */
  #held: { key: string; x: number; y: number; wasWhole: boolean } | null = null;
  /** What is to be in sight then: as a box, or whole with what is in it. */
  #wanted: { key: string; isWhole: boolean } | null = null;

  constructor(private readonly shown: Shown) {}

  /** Has a group stay where it is when it is opened or closed next, all of it in sight if that can be read. */
  hold(key: string): void {
    const { scene } = this.shown;
    const box = boxOf(scene, key);
    if (!scene || !box) return;
    const wasWhole = hasAll(this.viewport, scene, this.room);
    this.#held = { key, x: box.x + box.width / 2, y: box.y, wasWhole };
    this.#wanted = { key, isWhole: true };
    this.shown.look(this.viewport);
  }

  /** Has a box in sight, as soon as it is drawn. */
  want(key: string): void {
    this.#wanted = { key, isWhole: false };
  }

  /** Looks at what is wanted in a new drawing. */
  settle(): void {
    const held = this.#held;
    this.#held = null;
    const { scene } = this.shown;
    const box = held && boxOf(scene, held.key);
    if (scene && held && box) {
      const whole = fitted(scene, this.room);
      if (held.wasWhole && whole.zoom >= LEAST_READABLE) {
        this.#wanted = null;
        this.shown.look(whole);
        return;
      }
      const { zoom, x, y } = this.viewport;
      this.shown.look({ zoom, x: x + box.x + box.width / 2 - held.x, y: y + box.y - held.y });
    }
    this.bringIntoSight();
  }

  bringIntoSight(): void {
    const wanted = this.#wanted;
    const box = wanted && boxOf(this.shown.scene, wanted.key);
    if (!box) return;
    this.#wanted = null;
    const before = this.viewport;
    const after = (wanted.isWhole ? showing : revealing)(before, this.room, box);
    if (after.x !== before.x || after.y !== before.y || after.zoom !== before.zoom) this.shown.look(after);
  }

  fit(): void {
    const { scene } = this.shown;
    if (scene) this.shown.look(fitted(scene, this.room));
  }

  zoomIn(): void {
    this.zoomBy(ZOOM_STEP);
  }

  zoomOut(): void {
    this.zoomBy(1 / ZOOM_STEP);
  }

  /** Zooms around a point of the room, by default its middle. */
  zoomBy(by: number, x?: number, y?: number): void {
    if (this.shown.scene) this.shown.look(zoomed(this.viewport, this.room, ZOOM_LIMITS, by, x, y));
  }

  /** Moves the drawing by pixels of the screen. */
  panBy(dx: number, dy: number): void {
    const { scene } = this.shown;
    if (scene) this.shown.look(panned(this.viewport, { ...scene, left: 0, top: 0 }, dx, dy));
  }
}

function boxOf(scene: Scene | null, key: string) {
  return scene?.boxes.find(({ item }) => item.key === key);
}
