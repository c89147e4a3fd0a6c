/** 注意力视图的全部文字，页面共用的在 `language/zh-CN.ts` 中。 */

import { type Sentence, sentence, word } from "../../language/sentence";
import { count } from "../../language/zh-CN";
import type { Hiding } from "../../tokens/tokens";
import type { Role, Unit } from "../../wire/schema.gen";
import type { Level, Mapping, Measure, OfHeads, Quantity, Range, Sort } from "../types";
import { UNIT_NAMES } from "./units";

export const FOCUSED_HEAD = "当前的头";
export const MATRIX = "矩阵";
export const SENTENCE = "句子";
export const PASSAGE = "段落";
export const FILM = "该头随训练步的变化";
export const ALL_HEADS = "所有头";
export const MEASURES_OF_HEAD = "该头的指标";
export const LEGEND = "权重的色标";

export const SHORT_ROLE_NAMES: Record<Role, string> = {
  "encoder self": "编码器自注意力",
  "decoder self": "解码器自注意力",
  cross: "交叉注意力",
  other: "其他",
};

export const MAPPING_NAMES: Record<Mapping, string> = {
  linear: "线性",
  "square root": "平方根",
  "per row": "逐行",
};

export const MAPPING_MEANINGS: Record<Mapping, string> = {
  linear: "随权重线性变深",
  "square root": "小权重也看得见",
  "per row": "每个查询的最大权重颜色最深",
};

export const MEASURE_NAMES: Record<Measure, string> = {
  entropy: "熵",
  effective_keys: "有效键数",
  normalized_entropy: "熵占比",
  max_logit: "最大 logit",
  first: "首词元权重",
  padding: "填充权重",
  separator: "分隔符权重",
  self: "自身权重",
  previous: "前一词元权重",
  next: "后一词元权重",
  distance: "距离",
  confidence: "最大权重",
  induction: "归纳",
  duplicate: "先前相同词元权重",
  diagonality: "偏离对角线",
  monotonicity: "单调性",
  coverage: "覆盖度",
  agreement: "一致度",
  contribution: "贡献",
};

/** `isAlone`：所画的是否不止这一个头。 */
export function measuresTitle(name: string, isAlone: boolean): string {
  return `${name}${isAlone ? "（单独）" : ""}，训练过程`;
}

export function nats(figure: string): string {
  return `${figure} 奈特`;
}

export function effectiveOf(figure: string, keys: number): string {
  return `${figure} / ${count(keys)}`;
}

export const COMBINATION_NAMES: Record<OfHeads, string> = {
  each: "各用各的颜色",
  mean: "取平均",
  max: "取最大权重",
};

export const COMBINATION_TITLES: Record<OfHeads, string> = {
  each: "每个头用自己的颜色绘制",
  mean: "绘制所选头的平均",
  max: "绘制所选头中的最大权重",
};

const COMBINED_HEADS = { each: "头", mean: "各头的平均：", max: "各头的最大值：" } as const;

export function matrixName(layer: string, heads: readonly number[], combine: OfHeads, head: number): string {
  return combine === "each" || heads.length === 1
    ? `${layer}，${headName(head)}`
    : `${layer}，${COMBINED_HEADS[combine]} ${heads.join("、")}`;
}

export function matrixNameAt(name: string, step: number): string {
  return `${name}，第 ${count(step)} 步`;
}

/** Columns of the table that a screen reader has of the matrix. */
export const COLUMNS = { query: "查询", key: "键", weight: "权重" } as const;

export function strongestOf(name: string): string {
  return `${name}：每个查询权重最大的键`;
}

const POSITIONS = "位置";

export const SHOW_ALL = "显示全部";
export const SHOW_ALL_TITLE = "缩小到整个矩阵（0）";

export function matrixDescription(name: string, queries: number, keys: number): string {
  return `${name}：${queries} 个查询，${keys} 个键。Shift 加方向键移动十字线，Enter 固定，加号和减号缩放，0 显示全部。`;
}

export const HATCHED = "斜线：非数值或无穷大。";

export function pooledMatrix(queries: number, keys: number, block: { queries: number; keys: number }): string {
  const most = `${block.queries} × ${block.keys}`;
  return `${count(queries)} × ${count(keys)}：一个像素显示至多 ${most} 个权重中最大的一个，放大后可分开查看。`;
}

export const NOT_A_NUMBER = "非数值";
export const INFINITE = "无穷大";

export function waitingForRecord(step: number, layer: string | null): string {
  return `正在等待第 ${count(step)} 步${layer ? `的 ${layer}` : ""}……`;
}

export function headName(head: number): string {
  return `头 ${head}`;
}

export function callSuffix(call: number): string {
  return call > 0 ? ` · 第 ${call + 1} 次调用` : "";
}

export function caption(
  isCompared: "steps" | "runs" | null,
  isSeveral: boolean,
  hasWords: boolean,
  hasValues: boolean,
  isApart = false,
  rolled: Sentence | null = null,
): Sentence {
  const heads = isSeveral ? sentence`${word("head")}（${word("combine")}）` : sentence`${word("head")} `;
  const by = hasWords ? sentence`（${word("level")}）` : [];
  const drawn = hasValues ? word("quantity") : "权重";
  const subject = rolled ?? sentence`${word("layer")} 层，${heads}在样本 ${word("example")} 上的${drawn}`;
  const what = sentence`${subject}${by}`;
  const shade = sentence`${word("hide")}，${word("mapping")}着色，范围 ${word("range")}`;
  if (isCompared === null) return sentence`${what}，${shade}。`;
  const where = isCompared === "steps" ? "A 与 B 两步对比" : "A 与 B 两个运行对比";
  return sentence`${what}，${where}，${isApart ? "" : "颜色表示哪个更大，"}${shade}。`;
}

export function briefCaption(hasWords: boolean): Sentence {
  const by = hasWords ? sentence` · ${word("level")}` : [];
  return sentence`${word("layer")}，${word("head")} · ${word("example")}${by} · ${word("hide")} · ${word("mapping")} · ${word("range")}`;
}

export const CAPTION_HEADINGS = {
  layer: "层 · ↑ ↓",
  head: "头 · 0–9 或 [ ]",
  example: "样本",
  quantity: "权重，或 × 值的长度",
  level: "查询和键的单位",
  hide: "略去什么",
  mapping: "着色方式",
  range: "最深的颜色代表什么",
  combine: "多个头",
  sort: "头的顺序",
  line: "每个头下方的曲线",
} as const;

export const QUANTITY_NAMES: Record<Quantity, string> = {
  weights: "权重",
  contributions: "贡献",
};

export const LEVEL_NAMES: Record<Level, string> = {
  tokens: "按词元",
  words: "按词",
};

export const LEVEL_MEANINGS: Record<Level, string> = {
  tokens: "与模型所见一致",
  words: "键求和，查询取平均",
};

export const HIDING_NAMES: Record<Hiding, string> = {
  padding: "略去填充",
  special: "略去填充和特殊词元",
  nothing: "不略去",
};

export function rangeName(range: Range, maximum: string, isSigned: boolean): string {
  const from = isSigned ? `−${maximum} 到 ${maximum}` : `0 到 ${maximum}`;
  return { all: `${from}（所有步）`, head: `${from}（该头，所画各步）`, step: `${from}（这一步）` }[range];
}

export const RANGE_NAMES: Record<Range, string> = {
  all: "所有头和所有步用同一色标",
  head: "该头在所画各步中的最大权重",
  step: "这一步的最大权重",
};

export function sortName(sort: Sort): string {
  return sort === "layer" ? "按层" : `${MEASURE_NAMES[sort]}从大到小`;
}

export const ALL_IN_COLOURS = "所有头，各用各的颜色";
export const MEAN_OF_ALL = "所有头的平均";
export const LARGEST_OF_ALL = "所有头中的最大权重";

export const ROLLOUT_UP_TO_LAYER = "到该层为止的注意力展开";

export function effectiveNote(keys: string): string {
  return `有效键数 ${keys}`;
}

export function headsName(heads: readonly number[], of: number): string {
  const [first] = heads;
  if (heads.length === 1 && first !== undefined) return headName(first);
  return heads.length === of ? `全部 ${count(of)} 个头` : `头 ${heads.join("、")}`;
}

export const AS_TABLE = "表格";

export function wallCaption(
  heads: number,
  isSorted: boolean,
  hasLines: boolean,
  isOfTokens: boolean,
  isOfWeights: boolean,
): Sentence {
  const all = sentence`全部 ${count(heads)} 个头，${isOfWeights ? "画的是权重，" : ""}${isOfTokens ? "按词元，" : ""}${word("sort")}`;
  if (isSorted) return sentence`${all}；左侧为其数值`;
  return hasLines ? sentence`${all} · 曲线：${word("line")}` : all;
}

export function headTitle(layer: string, head: number): string {
  return `${layer}，${headName(head)}`;
}

/** `head`：旁边所画的不止一个头时，是哪一个；否则为 null。 */
export function filmCaption(steps: number, head: number | null): string {
  return `${head === null ? "该头" : `头 ${head}`}在 ${count(steps)} 步中的变化，色标相同`;
}

export function stillTitle(step: number, isA: boolean): string {
  return isA ? `A ${count(step)}，当前显示的步` : `第 ${count(step)} 步`;
}

export function sentenceDescription(label: string): string {
  return `${label}，连线的粗细表示权重`;
}

export function sentencePart(label: string, badge: string | null): string {
  return badge === null ? label : `${label}，${badge}`;
}

export function axisTitle(name: string, isGuessed: boolean, unit?: Unit): string {
  const title = (name || POSITIONS) + (unit ? `（${UNIT_NAMES[unit]}）` : "");
  return isGuessed ? `${title}（由长度推测）` : title;
}

export function matrixAt(run: string | null, step: number): string {
  return run === null ? `第 ${count(step)} 步` : `${run}，第 ${count(step)} 步`;
}

export const DIFFERENCE = "A − B";
export const B_MORE = "B 更大（带点）";
export const A_MORE = "A 更大";

export const HINT: Sentence = sentence`指向词或单元格可读取权重，单击可固定。双击一个头可查看该层的所有头。`;

export function leftOut(tokens: number, hide: Hiding): string {
  return `略去了 ${count(tokens)} 个${hide === "special" ? "填充和特殊词元" : "填充词元"}`;
}

export function precise(quantity: Quantity, bound: string): string {
  return `${QUANTITY_NAMES[quantity]}误差 ± ${bound}`;
}

export const SHOW = "显示";
