/** Tells a wait that nobody should notice from longer ones. */

/** Long enough to draw pale what is out of date, long enough to say what is being waited for. */
export type Lateness = "none" | "noticeable" | "long";

const NOTICEABLE_MS = 100;
const LONG_MS = 300;

export class Patience {
  lateness = $state<Lateness>("none");

  constructor(isWaiting: () => boolean) {
    $effect(() => {
      if (!isWaiting()) return;
      const timers = [
        setTimeout(() => (this.lateness = "noticeable"), NOTICEABLE_MS),
        setTimeout(() => (this.lateness = "long"), LONG_MS),
      ];
      return () => {
        timers.forEach(clearTimeout);
        this.lateness = "none";
      };
    });
  }
}
