/** 嵌入视图的全部文字，页面共用的在 `language/zh-CN.ts` 中。 */

import { type Sentence, sentence, strong, word } from "../../language/sentence";
import { count } from "../../language/zh-CN";
import type { Metric, Ranking, Span } from "../place";

export { REMARKS } from "./remarks";

export const LAYERS = "层";
export const WORDS_LABEL = "词";
export const SEARCH = "搜索";
export const SEARCH_HINT = "查找词（/）";
export const MAP = "分布图";
export const OVERALL = "所有词";
export const COLOURS = "词的颜色";

export function caption(): Sentence {
  return sentence`${word("layer")} 中 ${word("word")} 的最近邻，按${word("metric")}，${word("span")}；颜色：${word("colour")}。`;
}

export const CAPTION_HEADINGS = {
  word: "词 · ↑ ↓；列表中有全部的词",
  layer: "层 · [ ]",
  metric: "远近的度量 · m",
  span: "并列哪些步；A 和 B 总在其中",
  colour: "颜色",
} as const;

export function listCaption(found: string): Sentence {
  return sentence`${found}，${word("ranking")}`;
}

export function foundCount(beginning: number, all: number, isSearched: boolean): string {
  if (!isSearched) return wordCount(all);
  if (all === 0) return "没有包含它的词";
  const more = all - beginning;
  return `${count(beginning)} 个以它开头${more > 0 ? `，另有 ${count(more)} 个包含它` : ""}`;
}

function wordCount(number: number): string {
  return `${count(number)} 个词`;
}

export const RANKING = "词的顺序";

export function rankingHeading(since: number, step: number): string {
  return since === step ? RANKING : `词的顺序；变化从第 ${count(since)} 步到第 ${count(step)} 步`;
}

export const RANKING_NAMES: Record<Exclude<Ranking, "table">, string> = {
  distance: "移动最多的在前",
  churn: "近邻更替最多的在前",
};

export function tableOrder(byFrequency: boolean): string {
  return byFrequency ? "最常见的在前" : "按表中顺序";
}

export function mapCaption(step: number): Sentence {
  return sentence`${stepName(step)}的分布图，颜色表示 ${word("colour")}`;
}

export const NO_COLOUR = "无";

export function waitingForWords(run: string): string {
  return `正在等待运行 ${run} 的词……`;
}

export function wordsFailed(run: string, detail: string): string {
  return `无法读取运行 ${run} 的词：${detail} 请选择其他运行，或重新记录。`;
}

export function mapFailed(run: string, detail: string): string {
  return `无法得到运行 ${run} 的分布图：${detail}`;
}

export function neighboursFailed(run: string, detail: string): string {
  return `无法得到运行 ${run} 中的近邻：${detail}`;
}

export function rankingFailed(ranking: Exclude<Ranking, "table">, detail: string): string {
  return `无法得到${ranking === "churn" ? "近邻更替的比例" : "词移动的距离"}：${detail}`;
}

export function noLayerInRun(run: string, layer: string): string {
  return `运行 ${run} 没有嵌入 ${layer}。请选择其他层，或取消选择该运行。`;
}

export function unknownWord(wanted: string, shown: string): string {
  return `这里没有词“${wanted}”，现显示“${shown}”。`;
}

export function notInRun(word: string, run: string): string {
  return `运行 ${run} 没有词“${word}”。`;
}

export function labelsChanged(since: number): string {
  return `第 ${count(since)} 步之前的词不同，未予显示。`;
}

export const METRIC_NAMES: Record<Metric, string> = { cosine: "余弦相似度", euclidean: "欧氏距离" };
export const METRIC_MEANINGS: Record<Metric, string> = {
  cosine: "两个向量方向相同时为 1",
  euclidean: "两个向量相同时为 0",
};

export const SPAN_NAMES: Record<Span, string> = {
  whole: "均匀分布于整个训练",
  near: "A 及其前面的几步",
};

export function columnCount(columns: number, span: Span): string {
  return span === "near" ? `截至 A 的 ${count(columns)} 步` : `共 ${count(columns)} 步`;
}

export const PINNED = "已固定";

export function unpinLabel(word: string): string {
  return `取消固定 ${word}`;
}

export function pinLabel(word: string, row: number): string {
  return `${word}，第 ${count(row)} 行`;
}

export function stepName(step: number): string {
  return `第 ${count(step)} 步`;
}

export function goToStep(step: number): string {
  return `转到${stepName(step)}`;
}

export function neighboursIn(run: string): string {
  return `最近邻，${run}`;
}

export function nearRange(first: string, last: string): string {
  return `${first} – ${last}`;
}

export function neighbourLegend(metric: Metric): string {
  const what = metric === "cosine" ? "相似度" : "距离";
  return `粗体：前一列中没有 · 虚线：下一列中不再有 · 步数下方：第一个和最后一个的${what}`;
}

export function neighbourLabel(word: string, value: string, isNew: boolean, isLeaving: boolean): string {
  return `${word} ${value}${isNew ? "，新出现" : ""}${isLeaving ? "，下一列中不再有" : ""}`;
}

export const NO_NEIGHBOURS = "该向量含非有限值，或没有其他向量。";

export const HINT: Sentence = sentence`指向一个词可读取它的数据，单击可选择；按住 Shift 单击可固定，分布图上会画出它的轨迹。`;

export function wordRead(word: string, facts: readonly string[]): Sentence {
  return facts.length === 0 ? sentence`${strong(word)}` : sentence`${strong(word)} ${facts.join(" · ")}`;
}

export function nearAt(metric: Metric, value: string, step: number): string {
  return `${stepName(step)}的${metric === "cosine" ? "相似度" : "距离"} ${value}`;
}

export function movedSince(distance: string, since: number): string {
  return `自${stepName(since)}移动了 ${distance}`;
}

export function columnOf(column: string, value: string): string {
  return `${column}：${value}`;
}

export function keptWords(kept: number, all: number): string {
  return kept < all ? `记录了 ${count(all)} 个词中的 ${count(kept)} 个` : wordCount(kept);
}

export function mapShort(dimensions: number, share: number): string {
  return `分布图：${count(dimensions)} 维中的 2 维，占方差的 ${Math.round(100 * share)}%`;
}

export function mapTitle(dimensions: number, share: number): string {
  return `${count(dimensions)} 维中的 2 维，占方差的 ${Math.round(100 * share)}%；对所有步一起做主成分分析，每一步先中心化，再旋转对齐到前一步。`;
}

export function mapNote(shown: number, all: number, byFrequency: boolean): string {
  const which = byFrequency ? "最常见的" : "前";
  return shown < all
    ? `${count(all)} 个词中${which} ${count(shown)} 个，以及所选和固定的词。`
    : all === 1
      ? "仅有的一个词。"
      : `全部 ${count(all)} 个词。`;
}

export function mapLabel(run: string, chosen: string | null): string {
  const marked = chosen === null ? "" : `；标出了 ${chosen} 及其近邻，近邻已列在上方`;
  return `词的分布图，${run}${marked}`;
}

export const NO_MAP = "没有任何一步的向量是有限值，无法绘制分布图。";
export const NOTHING_AT_STEP = "这一步没有有限的向量。";
export const MAP_WAITING = "服务器正在用所有步制作分布图，第一次需要一些时间……";
export const WHOLE_MAP = "全图";
export const MAP_KEYS = "分布图；加号和减号缩放，0 显示全部";

export const NORMS = "范数";
export function normsLabel(run: string): string {
  return `范数，${run}`;
}
export const BY_FREQUENCY = "词频";
export const BY_ROW = "表中的行";
export const NORMS_MEANINGS = {
  frequency: "每个词在 A 处的向量长度，横轴为该词出现的次数。",
  row: "每个词在 A 处的向量长度，横轴为它所在的行；词汇表往往从最常见的词开始。",
} as const;
export const NORM_AXIS = "范数";
export const NO_NORMS = "这一步没有有限的向量。";

export function normTitle(word: string, norm: string, x: string, value: string): string {
  return `${word}：范数 ${norm}，${x} ${value}`;
}

export const ROW = "行";
export const NORM = "范数";
export const NORM_MEANING = "范数：该词向量的长度。";
export const REPLACED = "近邻更替";
export const REPLACED_MEANING = "近邻更替：10 个最近邻中，在曲线的上一步还不是最近邻的比例。";

export function distanceSince(since: number): string {
  return `移动距离，自${stepName(since)}起`;
}

export function overTraining(word: string): string {
  return `${word}，训练过程`;
}

export function dimensionsUsed(now: string, of: number, before: string | null): Sentence {
  const since = before === null ? "" : `，最初为 ${before}`;
  return sentence`有效维数 ${strong(now)}，共 ${count(of)} 维${since}`;
}

const MEASURES: Record<string, { name: string; meaning: string }> = {
  norm: { name: "范数", meaning: "向量的平均长度" },
  movement: { name: "移动", meaning: "到上一条记录中所在位置的平均距离，除以向量的平均长度" },
  churn: {
    name: "近邻更替",
    meaning: "按余弦相似度的 10 个最近邻中，与上一条记录相比换掉的平均比例；至多统计 500 个词",
  },
  similarity: { name: "相似度", meaning: "任意两个词的平均余弦相似度；接近 1 时所有向量指向同一方向" },
  dimensions: { name: "有效维数", meaning: "向量用到了多少个方向：协方差的参与率" },
};

export function measureName(measure: string): string {
  return MEASURES[measure]?.name ?? measure;
}

export function measureMeaning(measure: string): string {
  return MEASURES[measure]?.meaning ?? "";
}

export const NOTHING_CHOSEN = "选择一个词，即可在这里读取它的数据。";
export const PROJECTOR = "TensorBoard 的 Projector";
export const NEW_TAB = "在新标签页中";

export function projectorLink(step: number): string {
  return `在 Projector 中打开${stepName(step)}`;
}

export function otherSnapshot(step: number): string {
  return `没有${stepName(step)}的快照，这是保留的最近一个。`;
}

export const NO_SNAPSHOT = "Projector 中没有该运行的快照：EmbeddingLogger 会写入快照，Writer.embeddings 不会。";
