/** 评估视图的全部文字，页面共用的文字在 `language/zh-CN.ts`。 */

import { type Sentence, sentence, strong, word } from "../../language/sentence";
import { count } from "../../language/zh-CN";
import { SLICE_CROSSING, WHOLE_SET } from "../../wire/schema.gen";
import type { Order } from "../place";
import { baseOf, classOf } from "../table/measures";
import { FEWEST_RANKED } from "../table/rows";
import { partsOf } from "../table/slices";
import type { ChangeRead } from "../types";

/** 区域和列表的名称，也供屏幕阅读器使用。 */
export const SETS = "留出集";
export const TABLE = "切片与指标";
export const SLICE_HEAD = "切片";
export const HOW = "如何测得";

export function tableLabel(slices: number): string {
  return `${sliceCount(slices)}的指标`;
}

interface Caption {
  hasGroups: boolean;
  /** A 包含几个运行。 */
  runs: number;
}

/** 画的是什么，其中的词可以更改。 */
export function caption({ hasGroups, runs }: Caption): Sentence {
  const slices: Sentence = hasGroups ? [word("group")] : ["全部切片"];
  const mean = runs > 1 ? `，${count(runs)} 个运行的均值` : "";
  return sentence`留出集 ${word("set")}，${slices}${mean}：${word("measures")}，按 ${word("measure")} 排序，${word("order")}。`;
}

export const CAPTION_HEADINGS = {
  set: "留出集",
  group: "切片依据",
  measures: "显示的指标；每选一次显示或隐藏一个",
  measure: "排序指标 · [ ]",
  order: "顺序 · o",
} as const;

export const SLICES = "全部切片";
export const SHOWN = "已显示";

export function sliceCount(slices: number): string {
  return `${count(slices)} 个切片`;
}

export function measureCount(shown: number, all: number): string {
  return shown === all ? `${count(all)} 个指标` : `${count(all)} 个指标中的 ${count(shown)} 个`;
}

export function orderName(order: Order, isLowerBetter: boolean, isCompared: boolean): string {
  if (!isCompared && (order === "change" || order === "clearest")) return orderName("worst", isLowerBetter, true);
  if (order === "worst") return isLowerBetter ? "↓ 从高到低" : "↑ 从低到高";
  if (order === "change") return "比 B 变差的在前";
  return order === "clearest" ? "差异最明显的在前" : "按记录顺序";
}

export const ORDER_MEANINGS: Partial<Record<Order, string>> = {
  change: "从 B 到 A 损失最多的",
  clearest: "A − B 除以其标准误",
};

const MEASURE_NAMES: Readonly<Record<string, string>> = {
  accuracy: "准确率",
  balanced_accuracy: "平衡准确率",
  precision: "精确率",
  precision_micro: "精确率（微平均）",
  precision_macro: "精确率（宏平均）",
  recall: "召回率",
  recall_micro: "召回率（微平均）",
  recall_macro: "召回率（宏平均）",
  f1: "F1",
  f1_micro: "F1（微平均）",
  f1_macro: "F1（宏平均）",
  roc_auc: "ROC AUC",
  expected_calibration_error: "校准误差",
  exact_match: "完全匹配",
  edit_distance: "编辑距离",
  log_loss: "损失",
  perplexity: "困惑度",
  bleu: "BLEU",
  chrf: "chrF",
  rouge1: "ROUGE-1",
  rouge2: "ROUGE-2",
  rougeL: "ROUGE-L",
};

export function measureName(measure: string): string {
  const base = baseOf(measure);
  const name = MEASURE_NAMES[base] ?? base.replaceAll("_", " ");
  const of = classOf(measure);
  return of === null ? name : `${of} 的${name}`;
}

const GROUP_NAMES: Readonly<Record<string, string>> = {
  source_length: "源长度",
  target_length: "目标长度",
  position: "位置",
  frequency: "词元频率",
  unknown: "未登录词",
  class: "类别",
};

export function groupName(group: string): string {
  if (group === "") return "未分类";
  return `按${group.split(SLICE_CROSSING).map(byName).join("和")}`;
}

function byName(by: string): string {
  return GROUP_NAMES[by] ?? by.replaceAll("_", " ");
}

export function sliceName(slice: string): string {
  if (slice === WHOLE_SET) return "全集";
  return partsOf(slice)
    .map(({ by, which }) => (by === "" ? which : `${byName(by)} ${rangeName(which)}`))
    .join("，");
}

/** 如“5 to 9”“20 or more”。 */
function rangeName(which: string): string {
  return which.replace(/^(.+) to (.+)$/, "$1–$2").replace(/^(.+) or more$/, "$1 及以上");
}

export function countOf(examples: string): string {
  return `n = ${examples}`;
}

export function legend(isCompared: boolean, isSeveral: boolean, hasFew: boolean): string {
  const a = isSeveral ? "实点：A 的均值及其 95 % 区间 · 色带：各运行的最低到最高" : "实点：A 及其区间";
  return [
    a,
    ...(isCompared ? ["圆环：B，差异显著处连线加粗"] : []),
    "虚线：A 处的全集",
    ...(hasFew ? [`少于 ${FEWEST_RANKED} 的切片不参与排序`] : []),
  ].join(" · ");
}

export function cellLabel(
  measure: string,
  value: string,
  interval: readonly [string, string] | null,
  other: string | null,
): string {
  const ends = interval ? `，${interval[0]} 至 ${interval[1]}` : "";
  return `${measure} ${value}${ends}${other === null ? "" : `；B ${other}`}`;
}

export function sliceRead(
  slice: string,
  measure: string,
  value: string,
  interval: readonly [string, string] | null,
  apart: string | null,
  change: ChangeRead | null,
  few: string | null,
): Sentence {
  const ends = interval ? `（${interval[0]} 至 ${interval[1]}）` : "";
  const beside = apart === null ? "" : `，${apart}`;
  const since = change === null ? "" : `；B ${change.before}，${changeName(change)}`;
  return sentence`${strong(slice)}，${measure} ${value}${ends}${beside}${since}${few === null ? "" : `；${few}`}`;
}

/** 切片与全集相比。 */
export function besideWhole(by: string, isAbove: boolean): string {
  return `比全集${isAbove ? "高" : "低"} ${by}`;
}

export function fewExamples(examples: string): string {
  return `仅 ${examples} 个，不参与排序`;
}

function changeName({ kind, by }: ChangeRead): string {
  if (kind === "unclear") return "无显著变化";
  return `显著${kind === "better" ? "变好" : "变差"} ${by}`;
}

export function nothingMeasured(slice: string, measure: string): Sentence {
  return sentence`${strong(slice)}：此步无从计算${measure}`;
}

export const HINT: Sentence = sentence`指向切片可读出数值，单击可查看其样本。`;

export function intervalOfRuns(runs: number): string {
  return `区间：${count(runs)} 个运行均值的 95 % 区间，学生 t 分布`;
}

export function unknownSlice(slice: string): string {
  return `链接要求切片“${slice}”，此留出集中没有，现显示全集。`;
}

export function unknownMeasure(measure: string): string {
  return `链接要求按“${measure}”排序，但没有测量该指标。`;
}

export function examplesFailed(run: string, detail: string): string {
  return `无法读取运行 ${run} 的样本：${detail} 表格仍可查看。`;
}

export function notInRun(run: string, set: string): string {
  return `运行 ${run} 没有名为 ${set} 的评估。请选择其他留出集，或取消选择该运行。`;
}
