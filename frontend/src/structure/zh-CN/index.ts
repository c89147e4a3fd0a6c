/** 结构视图的全部文字。 */

import { CHINESE_UNITS, compact, grouped as count } from "../../language/numbers";
import { type Sentence, sentence, strong, word } from "../../language/sentence";
import type { Labels } from "../place";
import type { EdgeKind, LayerRole } from "../types";
import type { ScaleKind } from "../values";

export { REMARKS } from "./remarks";

export const ROLE_NAMES: Record<Exclude<LayerRole, "">, string> = {
  encoder: "编码器",
  decoder: "解码器",
  attention: "注意力",
  embedding: "嵌入",
  output: "输出头",
};

export const KIND_NAMES: Record<EdgeKind, string> = { data: "数据", state: "状态", mask: "掩码" };
export const KIND_TITLES: Record<EdgeKind, string> = {
  data: "层用来计算的数据",
  state: "循环层的状态",
  mask: "掩码：哪些位置有效",
};

export const SCALAR = "标量";
export const SHARED = "共享";
export const NOT_CALLED = "未调用";

export function callsText(calls: number): string {
  return calls < 0 ? "调用 × ?" : `调用 × ${count(calls)}`;
}

export function loopText(turns: number): string {
  return turns < 0 ? "循环 × ?" : `循环 × ${count(turns)}`;
}

export function itself(className: string): string {
  return `${className} 自身`;
}

export function tensorCount(number: number): string {
  return `${count(number)} 个张量`;
}

export function bundleName(layers: number): string {
  return `${count(layers)} 层`;
}

export const LABEL_NAMES: Record<Labels, string> = { axes: "带轴名", sizes: "只有大小", none: "不显示" };
export const MASK_NAMES = { shown: "画出", hidden: "略去" } as const;
export const CAPTION_HEADINGS = {
  run: "运行",
  model: "模型",
  colour: "颜色",
  levels: "展开",
  labels: "形状",
  masks: "掩码（m）",
  warned: "层",
} as const;

export const SCALES: Record<ScaleKind, string> = {
  log: "（对数色标，各步共用）",
  share: "",
  signed: "（以 0 为中心的色标，各步共用）",
};

export function caption(areSeveral: boolean, scale: string, hasMasks: boolean): Sentence {
  const of = areSeveral ? sentence`（${word("model")}）` : [];
  const masks = hasMasks ? sentence`，掩码${word("masks")}` : [];
  return sentence`${word("run")} ${of}的各层，颜色表示${word("colour")}${scale}，${word("levels")}，形状${word("labels")}${masks}。`;
}

export function levelsOpen(levels: number): string {
  return `展开 ${count(levels)} 级`;
}

export const SOME_OPEN = "展开了部分组";
export const AS_MANY_AS_FIT = "能看清多少级就展开多少级";

export const HEALTHY = sentence`没有 NaN 或无穷大，没有失活的层。`;
export const FINITE = sentence`没有 NaN 或无穷大。`;

function andMore(layers: number): string {
  return layers > 1 ? ` 等 ${count(layers)} 层` : "";
}

export function healthBroken(step: number, layers: number): Sentence {
  return sentence`第 ${count(step)} 步出现 NaN 或无穷大：${word("layer")}${andMore(layers)}。`;
}

export function healthDead(layers: number): Sentence {
  return sentence`没有 NaN 或无穷大，但 ${word("layer")}${andMore(layers)}完全没有梯度。`;
}

export function healthStarved(times: string, since: number, layers: number): Sentence {
  const others = layers > 1 ? `；另有 ${count(layers - 1)} 层也是如此` : "";
  return sentence`没有 NaN 或无穷大，没有失活的层，但从第 ${count(since)} 步起，${word("layer")} 的梯度是相邻各层的 1/${times}${others}。`;
}

export const TABLE = "各层各步";
export const TABLE_AXES = "层 ↓ 步 →";
export const AT_A = "A 处";
export const NOT_MEASURED = "未测量";
export const UPDATE_MEANING =
  "训练对权重的改变量的范数除以权重原来的范数，从 1e−5 到 1e−1；灰色：通常的范围；红色：超出该范围十倍；过小的还须比多数层小十倍";

export function tableLabel(statistic: string): string {
  return `${statistic}，行为层，列为步`;
}

export function lineLabel(statistic: string, least: string, most: string): string {
  return `各步的${statistic}，从 ${least} 到 ${most}`;
}

interface ValueAtStep {
  value: string;
  step: number;
}

export function layerRead(
  path: string,
  statistic: string,
  now: ValueAtStep,
  largest: ValueAtStep,
  ratio: string | null,
): Sentence {
  const update = ratio === null ? "" : ` · 更新量/权重 ${ratio}`;
  return sentence`${strong(path)} ${statistic}：第 ${count(now.step)} 步为 ${now.value}，最大为第 ${count(largest.step)} 步的 ${largest.value}${update}`;
}

export const HINT_LINE = sentence`单击选择一层，双击展开。`;
export const HINT_WITH_TABLE = sentence`单击选择一层，双击展开；在表格中单击可同时选择层和步。`;
export const DRAWING_HELP = "模型的结构图；上下方向键沿数据流移动，Shift 加左右方向键移到旁边，Enter 展开或收起";
export const MODELS = "模型";
export const FIT = "适合窗口";
export const FIT_TITLE = "显示整个结构图（0）";
export const ZOOM_IN_TITLE = "放大（+）";
export const ZOOM_OUT_TITLE = "缩小（−）";
export const WHOLE_DRAWING = "整幅结构图，按当前的展开和颜色";
export const SEARCH_HINT = "查找层（/）";
export const SEARCH_LABEL = "搜索";

export function matchCount(number: number): string {
  return number === 0 ? "没有匹配的层" : `${count(number)} 层`;
}

export function matchNumber(at: number, number: number): string {
  return `第 ${count(at + 1)} 个，共 ${matchCount(number)}`;
}

export const OTHER_COLOURS = { role: "作用", parameters: "参数量" } as const;

const STATISTIC_NAMES: Record<string, { name: string; title: string }> = {
  parameter_norm: { name: "参数范数", title: "所有权重的平方和的平方根" },
  parameter_mean: { name: "参数均值", title: "所有权重的均值" },
  parameter_deviation: { name: "参数标准差", title: "所有权重的标准差" },
  parameter_zeros: { name: "零参数比例", title: "恰好为 0 的权重所占比例" },
  parameter_not_finite: { name: "非有限参数比例", title: "为 NaN 或无穷大的权重所占比例" },
  update_ratio: { name: "更新量/权重", title: "训练对可训练权重的改变量的范数，除以权重原来的范数" },
  gradient_norm: { name: "梯度范数", title: "探测批次上的损失对可训练权重的梯度的范数" },
  gradient_mean: { name: "梯度均值", title: "梯度的均值" },
  gradient_deviation: { name: "梯度标准差", title: "梯度的标准差" },
  gradient_zeros: { name: "零梯度比例", title: "恰好为 0 的梯度所占比例" },
  gradient_not_finite: { name: "非有限梯度比例", title: "为 NaN 或无穷大的梯度所占比例" },
  activation_norm: { name: "激活范数", title: "该层对探测批次的输出的范数" },
  activation_mean: { name: "激活均值", title: "该层输出的均值" },
  activation_deviation: { name: "激活标准差", title: "该层输出的标准差" },
  activation_zeros: { name: "零激活比例", title: "该层输出中恰好为 0 的比例" },
  activation_not_finite: { name: "非有限激活比例", title: "该层输出中为 NaN 或无穷大的比例" },
  activation_saturated: { name: "饱和比例", title: "有界的激活值或门控值中，落在取值范围两端各十分之一的比例" },
};

export function shortCount(number: number): string {
  return compact(number, CHINESE_UNITS);
}

export function parameterCount(number: number): string {
  return `${shortCount(number)} 参数`;
}

export function parameterTitle(number: number): string {
  return `${count(number)} 个参数`;
}

export function statisticName(name: string): string {
  return STATISTIC_NAMES[name]?.name ?? name;
}

export function statisticTitle(name: string): string {
  return STATISTIC_NAMES[name]?.title ?? name;
}

export const LEGEND = {
  log: "与表格共用，至多四个数量级",
  share: "比例，从全无到全部",
  signed: "以 0 为中心线性变化，涵盖所有层和步",
  none: "没有测量",
  strip: "代表多个层的方框，每层显示为一格",
} as const;

export function ofStep(step: number): string {
  return `第 ${count(step)} 步`;
}

export function ofLayers(paths: readonly string[]): string {
  return paths.length > 1 ? `${paths[0]} 等 ${count(paths.length)} 层` : `${paths[0]}`;
}

export const NOT_FINITE = "NaN";
export const NOT_FINITE_TITLE = "这一步含有 NaN 或无穷大";

export const HINT = "单击一层或一条线，即可在这里读取它的数据；双击展开或收起。";
export const ROW = {
  class: "类",
  role: "作用",
  parameters: "自身参数量",
  total: "含子层",
  trainable: "可训练",
  dtype: "数据类型",
  calls: "调用次数",
  shared: "权重来自",
  layers: "层",
} as const;
export const INPUTS = "输入";
export const OUTPUTS = "输出";
export const CONFIG = "构造参数";
export const STATISTICS = "统计量";
export const STATISTICS_LABEL = "统计量";
export const OVER_TIME = "沿时间的梯度";
export const OVER_TIME_TITLE = "这一训练步中，损失对每个时间步之后的状态的梯度范数";
export const OPEN = "展开";
export const CLOSE = "收起";
export function overSteps(name: string, steps: number): string {
  return `${name}，共 ${count(steps)} 步`;
}

export const OPEN_TITLE = "显示其内部（Enter）";
export const CLOSE_TITLE = "显示为一个方框（Enter）";
export const SHOW_ATTENTION = "注意力权重";
export const SHOW_PROJECTOR = "Projector";
export const SHOW_VECTORS = "向量与近邻";
export const FROM = "来自";
export const TO = "流向";
export const AS = "作为";
export const THROUGH = "经过";
export const MODEL_INPUT = "模型的输入";
export const MODEL_OUTPUT = "模型的输出";
export const NOT_IN_STATISTICS = "没有该层的统计量。";

export function moreTensors(number: number): string {
  return `另有 ${count(number)} 个`;
}

export function examplesNote(examples: number): string {
  return `在 ${count(examples)} 个样本的探测批次上。`;
}

export function noStructureInRun(run: string, name: string): string {
  return `运行 ${run} 没有结构 ${name}。请选择其他模型，或在该运行中也记录它。`;
}

export function structureFailed(run: string, detail: string): string {
  return `无法读取运行 ${run} 的结构：${detail}`;
}

export function layoutFailed(detail: string): string {
  return `无法排布结构图：${detail}。请刷新页面。`;
}

export function unknownLayer(wanted: string): string {
  return `该模型没有 ${wanted} 层，请选择其他层。`;
}

export function waitingForStructure(run: string): string {
  return `正在等待运行 ${run} 的结构……`;
}
