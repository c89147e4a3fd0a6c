/** What the step bar says of A and B, and what can be chosen there. */

import { common } from "../../language/common";
import type { Sentence } from "../../language/sentence";
import { runOf } from "../../store/compared";
import { SPACINGS } from "../../store/place";
import type { Session } from "../../store/session.svelte";
import type { Option, Word } from "../../ui/caption";
import { formatFigure } from "../../ui/figures";

/** Returns where A or B is; `isBrief`: where there is no room. */
export function placeOf(session: Session, index: number, isBrief: boolean): Sentence {
  const step = session.steps[index] ?? 0;
  return isBrief ? common.stepBrief(step) : common.placeInSteps(step, index === session.steps.length - 1);
}

/** Returns what a screen reader says of a handle. */
export function valueTextOf(session: Session, handle: "a" | "b"): string {
  const index = handle === "a" ? session.stepIndex : session.indexB;
  const step = common.stepName(session.steps[index] ?? 0);
  const { line } = session;
  const value = line?.values[index];
  return line && value !== undefined && Number.isFinite(value) ? `${step}, ${line.name} ${formatFigure(value)}` : step;
}

const RUN = "run:";
const STEP = "step:";

/** Returns the word with which a comparison begins. */
export function comparedWord(session: Session, isNarrow: boolean): Word {
  const { steps, stepIndex } = session;
  const before =
    stepIndex > 0 ? [{ key: `${STEP}${stepIndex - 1}`, text: common.PREVIOUS_STEP, index: stepIndex - 1 }] : [];
  const first = stepIndex > 1 ? [{ key: `${STEP}0`, text: common.FIRST_STEP, index: 0 }] : [];
  const some = [...before, ...first].map(({ key, text, index }) => ({
    key,
    text,
    note: common.stepName(steps[index] ?? 0),
  }));
  const others = session.runs.filter((run) => run !== session.runA);
  const runs = others.map((run, index): Option => {
    const colour = session.runColours.get(run);
    return {
      key: RUN + run,
      text: session.runNames.get(run) ?? run,
      isApart: index === 0,
      ...(colour ? { colour } : {}),
    };
  });
  return {
    text: isNarrow ? common.COMPARE_NARROW : common.COMPARE_WITH,
    heading: common.COMPARE_HEADING,
    options: [...some, ...runs],
    chosen: runOf(session.b),
    choose: (key) => {
      if (key.startsWith(RUN)) session.compareWithRun(key.slice(RUN.length));
      else session.compareAt(Number(key.slice(STEP.length)));
    },
  };
}

/** Returns the word for what the bar draws, and how it is spaced. */
export function lineWord(session: Session): Word {
  const { line, lines, place } = session;
  const spacings = SPACINGS.map((spacing, index): Option => {
    return { key: spacing, text: common.SPACING_NAMES[spacing], isApart: index === 0 };
  });
  return {
    text: line?.name ?? common.NO_LINE,
    heading: common.LINE_HEADING,
    options: [...lines.map(({ key, name }) => ({ key: `line:${key}`, text: name })), ...spacings],
    chosen: line ? `line:${line.key}` : place.spacing,
    choose: (key) => {
      const spacing = SPACINGS.find((one) => one === key);
      if (spacing) session.change({ spacing });
      else session.change({ line: key.slice("line:".length) });
    },
  };
}
