/** 评估视图各面板的文字，首次打开面板时加载。 */

import { count } from "../../language/zh-CN";
import type { Region } from "../map/dataMap";

export const NO_CURVES = "此次评估没有记录曲线。";
export const NO_CONFUSION = "此次评估没有记录混淆矩阵：只有分类才有。";
export const NO_CALIBRATION = "没有记录模型的把握程度，因此没有可靠性图。";
export const NO_TOKENS = "此运行没有记录文本的词元，因此没有词元热条。";
export const NO_MAP = "日志中没有正确答案的概率，因此没有数据地图。";
export function modeName(mode: string): string {
  if (mode === "teacher_forced") return "给定正确前文";
  return mode === "free_running" ? "自行生成" : mode;
}

export function curvePoint(side: string, mode: string, x: string, value: string, number: string): string {
  return `${side} 在 ${x} 处${mode && `，${mode}`}：${value}，n = ${number}`;
}

export function curveLegend(hasFree: boolean, isCompared: boolean, isSeveral: boolean): string {
  const parts = [isSeveral ? "线：A 的均值 · 阴影：各运行的最低到最高" : "阴影：A 的区间"];
  if (hasFree) parts.unshift("实线：给定正确前文 · 虚线：自行生成");
  if (isCompared) parts.push("紫色：B");
  return parts.join(" · ");
}

export const SAID = "预测类别";
export const RIGHT = "实际类别";
export const MISTAKES = "最常见的错误";
export const CONFUSION_HINT = "深浅：占该行的比例。指向单元格可读出，单击或用方向键移到某格可查看其样本。";
/** 所选切片没有自己的图时。 */
export function drawnSlice(drawn: string): string {
  return `画的是${drawn}：所选切片没有自己的图。`;
}

export function confusionLabel(classes: number): string {
  return `${count(classes)} 个类别的混淆矩阵`;
}

export function confusionCell(
  right: string,
  said: string,
  number: string,
  all: string,
  share: string,
  before: string | null,
): string {
  const what = right === said ? `${right}，判断正确` : `${right} 被当成 ${said}`;
  return `${what}：${all} 个中的 ${number} 个，${share} %${before === null ? "" : `；B ${before} %`}`;
}

/** `run`：只有一个运行时为 null。 */
export function calibrationLabel(run: string | null): string {
  return run === null ? "可靠性图" : `${run} 的可靠性图`;
}

export const CONFIDENCE = "置信度";
/** `slice`：上文已说明时为 null。 */
export function calibrationTitle(slice: string | null, error: string, other: string | null): string {
  return `${slice === null ? "" : `${slice}：`}校准误差 ${error}${other === null ? "" : `，B ${other}`}`;
}

/** 多个运行中某一个的读数。 */
export function ofRun(run: string, read: string): string {
  return `${run}：${read}`;
}

export function binRead(confidence: string, accuracy: string, number: string): string {
  return `置信度 ${confidence}，正确率 ${accuracy}：${number} 个预测`;
}

export function calibrationLegend(isCompared: boolean): string {
  return `对角线之上：信心不足；之下：过于自信 · 柱：预测数${isCompared ? " · 圆环：B" : ""}`;
}

export const PROBABILITY = "概率";
export const SHADE = "深浅：给定前文时该词元的概率";
export const SURPRISAL = "惊异度（纳特）";
export const LEARNT = "学会：惊异度降到随机水平与其最低值的中点，不论排名（Chang 和 Bergen，2021；未拟合曲线）";
export const STRIP_HINT = "指向单元格可读出，单击可在该步固定词元。";
/** 热条的一行包含多少步。 */
export function stepsInRow(steps: number): string {
  return `每行为 ${count(steps)} 步的均值`;
}

export const SHOW_IN = { attention: "这一步的注意力", samples: "这一步的样本" } as const;
export function stripLabel(text: string): string {
  return `词元随训练步的变化：${text}`;
}

export function stepBrief(step: number): string {
  return count(step);
}

export function surprisalLine(least: string, most: string): string {
  return `惊异度随训练步的变化，从 ${least} 到 ${most} 纳特`;
}

export const DEVIATION = "变异度：正确答案概率的标准差";
export const MEAN = "置信度：该概率的均值";
export const REGION_NAMES: Record<Region, string> = { easy: "容易学会", ambiguous: "模棱两可", hard: "难以学会" };
export const MAP_LEGEND = "每个点是一个样本，统计到 A 为止的各步；空心：从未正确。拖出方框可列出其中的样本。";
export function mapLabel(examples: number): string {
  return `${count(examples)} 个样本的数据地图`;
}

export function pointRead(
  input: string,
  mean: string,
  deviation: string,
  correctness: string,
  forgettings: number,
): string {
  const forgotten = forgettings === 0 ? "从未忘掉" : `忘掉过 ${count(forgettings)} 次`;
  const figures = `置信度 ${mean}，变异度 ${deviation}，在 ${correctness} 的步上正确，${forgotten}`;
  return input === "" ? figures : `${figures}：${input}`;
}
