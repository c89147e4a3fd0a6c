/** What the user looks at, as far as all views share it; what a view adds is in `place.ts` of its folder. */

/** In the order of their tabs; a view shows the records of the kind that it is named after. */
export const VIEWS = ["attention", "samples", "structure", "embeddings"] as const;
export type View = (typeof VIEWS)[number];

/** null stands for "not chosen": the page then chooses, and says what. */
export interface Place {
  view: View | null;
  runs: string[] | null;
  /** Name of the probe example, or group of samples, that each view shows. */
  examples: Partial<Record<View, string>>;
  /** null: the newest, and every newer one to come. */
  step: number | null;
}

export const START: Readonly<Place> = { view: null, runs: null, examples: {}, step: null };
