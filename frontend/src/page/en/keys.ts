/** What the sheet of keys says of the page itself. */

export const KEY_SHEET = "Keys";

/** What each key does, by the name that `Key` has for it. */
export const KEY_NAMES = {
  previousStep: "Previous step",
  nextStep: "Next step",
  firstStep: "First step",
  newestStep: "Newest step, and follow new ones",
  play: "Play through the steps, or stop",
  release: "Release the pin, then end the comparison; close this sheet",
  help: "Show the keys",
  previousCompared: "B one step back: what A is compared with",
  nextCompared: "B one step on",
  rail: "Runs and lists, or close them",
  details: "Details, or close them",
  save: "export",
} as const;

export function overhead(percent: string, seconds: string): string {
  return `Logging has taken ${percent} % of the time of training so far, ${seconds} s in all, the first log included.`;
}
