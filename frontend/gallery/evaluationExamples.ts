/** Made-up examples with what is predicted of them over a training, and a text whose tokens are learnt one by one. */

import type { Logged } from "../src/evaluation/testing";
import { measured, USUAL } from "./evaluationData";

const CLASSES = ["Person", "Place", "Organisation", "Date", "Other"];
const TEXTS = [
  "The agreement was signed on 17 August 1992 by 19 countries.",
  "Prices rose by 3.5 %, the highest in ten years.",
  "船长约一百二十米。",
  "She left Lisbon for the Ministry of Finance.",
  "<b>bold</b> & שלום: \u202eevil\u202c",
  "A sentence that goes on and on, so that it needs more than one line wherever it is shown, and says nothing at all.",
];
const TRANSLATIONS = [
  ["Elle est partie à trois heures et quart.", "Elle est partie à trois heures.", "Elle est partie."],
  ["Les prix ont augmenté de 3,5 %.", "Les prix ont augmenté de 3,5 %.", "Le prix est le prix."],
  ["Le navire mesure environ 120 mètres.", "Le navire mesure cent deux mètres.", "Le navire."],
] as const;

/** How sure the model is of example `place` at a step: each is learnt at its own, some only for a while. */
function sureOf(place: number, step: number): number {
  const turn = 300 + 450 * (place % 13);
  const sure = 0.97 / (1 + Math.exp((turn - step) / 400)) + 0.015;
  return place % 7 === 3 && step > 4500 ? 1 - sure : sure;
}

/** A classifier of five classes, of which some are taken for each other. */
export function classified(run = "run", seed = 1): Logged {
  const examples = Array.from({ length: 60 }, (_, place) => place);
  const right = (place: number) => CLASSES[place % CLASSES.length] as string;
  return {
    ...measured(USUAL, run, seed),
    kept: {
      inputs: examples.map((place) => TEXTS[place % TEXTS.length] as string),
      references: examples.map(right),
      classes: CLASSES,
      slices: { all: examples, names: examples.filter((place) => place % 5 === 0) },
      said: (step) => {
        const sure = examples.map((place) => sureOf(place, step));
        const texts = sure.map((one, place) => (one > 0.5 ? right(place) : right(place + 2)));
        return { texts, correct: sure.map((one) => one > 0.5), probability: sure };
      },
      confusion: (step) => {
        const late = Math.exp(-step / 1500);
        return [300, 12, 40, 1, 0, 9, 220, 30, 0, 2, 22, 41, 140, 0, 3, 0, 1, 0, 60, 7, 1, 2, 8, 3, 0].map(
          (count, at) => Math.round(at % 6 === 0 ? count * (1 - 0.6 * late) : count * (0.4 + seed * late)),
        );
      },
    },
  };
}

/** An encoder-decoder, with references, and a text whose tokens are followed. */
export function translated(): Logged {
  const examples = Array.from({ length: 30 }, (_, place) => place);
  const pair = (place: number) => TRANSLATIONS[place % TRANSLATIONS.length] as (typeof TRANSLATIONS)[number];
  const tokens = ["Le", " navire", " mesure", " environ", " 1", "20", " mètres", ".", "⏎", " 日本", "<end>"];
  return {
    ...measured(USUAL),
    kept: {
      inputs: examples.map((place) => TEXTS[place % 3] as string),
      references: examples.map((place) => pair(place)[0]),
      slices: { all: examples, poems: [0, 3, 6] },
      said: (step) => {
        const sure = examples.map((place) => sureOf(place, step));
        const texts = sure.map((one, place) => pair(place)[one > 0.5 ? 1 : 2]);
        return { texts, correct: texts.map((text, place) => text === pair(place)[0]), probability: sure };
      },
    },
    text: {
      tokens,
      source: "The ship is about 120 metres long.",
      probabilities: (step) => tokens.map((_, place) => (place === 0 ? Number.NaN : sureOf(place, step))),
    },
  };
}
