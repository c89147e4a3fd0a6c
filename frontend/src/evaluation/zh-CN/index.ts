/** 评估视图的全部文字，页面共用的文字在 `language/zh-CN.ts`。 */

import { type Sentence, sentence, strong, word } from "../../language/sentence";
import { count, quoted } from "../../language/zh-CN";
import { SLICE_CROSSING, WHOLE_SET } from "../../wire/schema.gen";
import type { Filter, Order, Panel } from "../place";
import { baseOf, classOf } from "../table/measures";
import { FEWEST_RANKED } from "../table/rows";
import { MOST_OF_A_GROUP, partsOf } from "../table/slices";
import type { ChangeRead } from "../types";

export { REMARKS } from "./remarks";

/** 区域和列表的名称，也供屏幕阅读器使用。 */
export const SETS = "留出集";
export const TABLE = "切片与指标";
export const SLICE_HEAD = "切片";
export const ALL_MEASURES = "所选运行各步、各切片的全部指标";
export const NOTES = "对这次评估的备注";
export const HOW = "如何测得";

export function tableLabel(slices: number): string {
  return `${sliceCount(slices)}的指标`;
}

interface Caption {
  panel: Panel;
  /** 有没有留出集，还是只有文本。 */
  hasSet: boolean;
  /** 有没有跟踪其词元的文本。 */
  hasText: boolean;
  hasGroups: boolean;
  /** A 包含几个运行。 */
  runs: number;
}

/** 画的是什么，其中的词可以更改。 */
export function caption({ panel, hasSet, hasText, hasGroups, runs }: Caption): Sentence {
  const run: Sentence = runs > 1 ? sentence`，运行 ${word("run")}` : [];
  if (panel === "tokens" && hasText)
    return sentence`文本 ${word("text")}${run}，${hasSet ? word("panel") : PANEL_NAMES.tokens}：横向为词元，纵向为训练步。`;
  const mean = runs > 1 ? `，${count(runs)} 个运行的均值` : "";
  const start = sentence`留出集 ${word("set")}，${word("panel")}`;
  if (panel === "curves") return sentence`${start}，${word("slice")}${mean}。`;
  const beside = runs > 1 ? `，${count(runs)} 个运行并排` : "";
  if (panel === "calibration") return sentence`${start}，${word("slice")}${beside}。`;
  if (panel !== "slices") return sentence`${start}，${word("slice")}${run}。`;
  const slices: Sentence = hasGroups ? sentence`，${word("group")}` : [];
  return sentence`${start}${slices}${mean}：${word("measures")}，按 ${word("measure")} 排序，${word("order")}。`;
}

export const PANEL_NAMES: Record<Panel, string> = {
  slices: "表格",
  curves: "曲线",
  confusion: "混淆矩阵",
  calibration: "可靠性图",
  tokens: "词元热条",
  map: "数据地图",
};
export const PANEL_MEANINGS: Record<Panel, string> = {
  slices: "各切片的指标",
  curves: "随位置和长度的变化",
  confusion: "哪个类别被当成哪个",
  calibration: "有多大把握，就有多少正确吗",
  tokens: "每个词元何时学会",
  map: "容易、模棱两可和困难的样本",
};

export const CAPTION_HEADINGS = {
  panel: "画成 · v",
  set: "留出集",
  slice: "切片 · ↑ ↓",
  text: "文本",
  group: "切片依据",
  measures: "显示的指标；每选一次显示或隐藏一个",
  measure: "排序指标 · [ ]",
  order: "顺序 · o",
  run: "运行",
} as const;

export const SLICES = "全部切片";
export const FEW_OF_A_KIND = `不超过 ${MOST_OF_A_GROUP} 个切片的各类`;
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
  return order === "clearest" ? "差异明显的在前" : "按记录顺序";
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
  roc_auc_ovr: "ROC AUC（一对其余）",
  in_context_score: "上下文学习得分",
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
  const top = /^top_(\d+)_accuracy$/.exec(base)?.[1];
  const name = MEASURE_NAMES[base] ?? (top ? `前 ${top} 准确率` : base.replaceAll("_", " "));
  const of = classOf(measure);
  return of === null ? name : `${of} 的${name}`;
}

/** 备注中出现的、Python 所用的名称。 */
export const NAMERS = { measure: measureName, measures: measureName, slices: byName };

const GROUP_NAMES: Readonly<Record<string, string>> = {
  source_length: "源长度",
  target_length: "目标长度",
  position: "位置",
  frequency: "词元频率",
  unknown_words: "未登录词",
  class: "类别",
};

function byName(by: string): string {
  return GROUP_NAMES[by] ?? by.replaceAll("_", " ");
}

export function groupName(group: string): string {
  if (group === "") return "未分类";
  return `按${group.split(SLICE_CROSSING).map(byName).join("和")}`;
}

const SLICE_NAMES: Readonly<Record<string, string>> = {
  "unknown_words with": "有未登录词",
  "unknown_words without": "无未登录词",
};

export function sliceName(slice: string): string {
  if (slice === WHOLE_SET) return "全集";
  return partsOf(slice)
    .map(({ by, which }) => SLICE_NAMES[`${by} ${which}`] ?? (by === "" ? which : `${byName(by)} ${rangeName(which)}`))
    .join("，");
}

/** 如“5 to 9”“20 or more”；类别名等其他文字不变。 */
function rangeName(which: string): string {
  return which.replace(/^([\d,.]+) to ([\d,.]+)$/, "$1–$2").replace(/^([\d,.]+) or more$/, "$1 及以上");
}

export function countOf(examples: string): string {
  return `n = ${examples}`;
}

interface Legend {
  isCompared: boolean;
  /** A 是否为多个运行。 */
  isSeveral: boolean;
  hasFew: boolean;
  /** 略去了多少个切片。 */
  unmeasured: number;
}

export function legend({ isCompared, isSeveral, hasFew, unmeasured }: Legend): string {
  const a = isSeveral ? "实点：A 的均值及其 95 % 区间 · 色带：各运行的最低到最高" : "实点：A 及其区间";
  return [
    a,
    ...(isCompared ? ["圆环：B · 小号：A − B，明显时加粗"] : []),
    "虚线：A 处的全集",
    "n：排序指标的个数",
    ...(hasFew ? [`少于 ${FEWEST_RANKED} 的切片不参与排序`] : []),
    ...(unmeasured > 0 ? [`略去 ${sliceCount(unmeasured)}：没有这些指标的数值`] : []),
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

export function exampleStepsFailed(run: string, steps: readonly number[], detail: string): string {
  return `无法读取运行 ${run} ${listOfSteps(steps)}的样本，已略过：${detail}`;
}

export function tokenStepsFailed(steps: readonly number[], detail: string): string {
  return `无法读取${listOfSteps(steps)}的词元，已略过：${detail}`;
}

const MOST_STEPS = 5;

function listOfSteps(steps: readonly number[]): string {
  const shown = steps.slice(0, MOST_STEPS).map(count).join("、");
  return `第 ${shown}${steps.length > MOST_STEPS ? ` 等 ${count(steps.length)} 步` : " 步"}`;
}

export function notInRun(run: string, set: string): string {
  return `运行 ${run} 没有名为 ${set} 的评估。请选择其他留出集，或取消选择该运行。`;
}

export const EXAMPLES = "样本";
export const SOURCE = "源文";
export const INPUT = "输入";
export const REFERENCE = "参考";
export const CORRECT = "正确";
export const NO_EXAMPLE = "没有这样的样本。";

/** `hasRuns`：是否在此选择运行。 */
export function examplesCaption(shown: number, kept: number, hasRuns: boolean): Sentence {
  const run: Sentence = hasRuns ? sentence`运行 ${word("run")}，` : [];
  return sentence`${run}保留 ${count(kept)} 个中的 ${count(shown)} 个，最差的在前：${word("filter")}，对照 ${word("beside")}`;
}

export const FILTER_HEADING = "哪些样本";
export const BESIDE_HEADING = "A 与谁对照";
export const BESIDE_NAMES = { reference: "参考", b: "B 的预测" } as const;

/** `since`：B 是另一个运行时为 null。 */
export function filterNames(since: number | null): Record<Filter, string> {
  const always = { all: "全部", wrong: "现在错误的" };
  if (since === null) return { ...always, learnt: "只有 A 正确的", forgotten: "只有 B 正确的" };
  return {
    ...always,
    learnt: `第 ${count(since)} 步以来学会的`,
    forgotten: `第 ${count(since)} 步以来忘掉的`,
  };
}

export function mistaken(right: string, said: string): string {
  return right === said ? `${right}，正确` : `${right} 被当成 ${said}`;
}

export function more(examples: number): string {
  return `还有 ${count(examples)} 个`;
}

export function recordFailed(run: string, detail: string): string {
  return `无法读取运行 ${run} 在这一步的记录，缺少其曲线、矩阵和备注：${detail}`;
}

export function tokensFailed(run: string, detail: string): string {
  return `无法读取运行 ${run} 的词元：${detail}`;
}

interface TokenFigures {
  probability: string;
  surprisal: string;
  rank: number;
}

export function tokenRead(
  token: string,
  [from, to]: readonly [number, number],
  numbers: TokenFigures | null,
  learnt: number | null,
  forgettings: number,
  isForgotten: boolean,
): Sentence {
  const start = sentence`${strong(quoted(token))}，${from === to ? `第 ${count(to)} 步` : `第 ${count(from)} 至 ${count(to)} 步的均值`}`;
  if (!numbers) return sentence`${start}：未预测`;
  const rank = numbers.rank > 0 ? `，排名 ${count(numbers.rank)}` : "";
  const since = learnt === null ? "尚未学会" : `第 ${count(learnt)} 步学会`;
  const times = forgettings === 0 ? "" : `，忘掉过 ${count(forgettings)} 次`;
  const now = isForgotten ? "，目前处于遗忘状态" : "";
  return sentence`${start}：概率 ${numbers.probability}，惊异度 ${numbers.surprisal} 纳特${rank}；${since}${times}${now}`;
}

export function axisName(by: string): string {
  return by === "position" ? "在目标中的位置，从 0 起" : `${byName(by)}（词元数）`;
}

export function curveTitle(measure: string, by: string, slice: string): string {
  return `${measure}随${byName(by)}的变化，${slice}`;
}
