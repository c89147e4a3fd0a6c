/** 详情的文字：度量、所指的格子、并列的头、段落与层的列表。 */

import { joined, type Sentence, sentence, strong, word } from "../../language/sentence";
import { count } from "../../language/zh-CN";
import type { LayerHeader, Role } from "../../wire/schema.gen";
import type { Told } from "../en/details";
import type { NoStack } from "../record/stack";
import type { Differing, Drawn, Measure } from "../types";
import { axisTitle, headName, headTitle } from ".";

export { REMARKS } from "./remarks";

const MEASURE_MEANINGS: Record<Measure, string> = {
  entropy: "熵：一个查询的权重有多分散，以奈特（nat）为单位；0 表示只看一个键。",
  effective_keys: "有效键数：权重均匀分布在多少个键上时，熵与此相同。",
  normalized_entropy: "熵占比：占掩码所允许的最大熵的比例；1 表示均匀地看所有允许的键。",
  max_logit: "softmax 之前最大的 logit；无限增长时训练会不稳定。",
  first: "首词元权重：不起作用的头常把权重放在这里。",
  padding: "填充权重：大于零说明缺少掩码。",
  separator: "落在分隔符和结束符上的权重。",
  self: "落在查询自身词元上的权重。",
  previous: "落在前一个词元上的权重。",
  next: "落在后一个词元上的权重。",
  distance: "距离：查询平均看向相隔多少个词元的位置。",
  confidence: "每个查询的最大权重。",
  induction: "归纳：落在该词元先前出现处的下一个词元上的权重。",
  duplicate: "落在该词元先前出现处的权重。",
  diagonality: "偏离对角线：0 表示权重都在对角线上，1 表示远离对角线。",
  monotonicity: "单调性：最强的键不早于前一个查询的最强键的比例。",
  coverage: "覆盖度：0 表示每个键都被看过；越低，被略过的越多。",
  agreement: "一致度：与同层中最相似的头有多相似；1 表示看的完全一样。",
  contribution: "贡献：权重乘以对应值向量的长度之和，即这个头加入了多少。",
};

export function weightsToSave(layer: string, heads: number, side: string | null, step: number): string {
  const whose = side === null ? "" : `${side}，`;
  return `${layer} ${heads === 1 ? "唯一的头" : `全部 ${count(heads)} 个头`}的权重：${whose}第 ${count(step)} 步`;
}

export function rolloutToSave(layer: string, layers: number, side: string | null, step: number): string {
  const whose = side === null ? "" : `${side}，`;
  return `到 ${layer} 为止 ${count(layers)} 层的注意力展开：${whose}第 ${count(step)} 步`;
}

export function measureMeaning(measure: Measure): string {
  return MEASURE_MEANINGS[measure];
}

export const DETAILS = {
  layer: "层",
  role: "作用",
  class: "类",
  shape: "形状",
  axes: "头 × 查询 × 键",
  call: "第几次调用",
  weight: "权重",
  query: "查询",
  key: "键",
  rowMaximum: "该行最大值",
  strongest: "该查询权重最大的键",
  allZero: "该查询的权重全为 0。",
  notes: "说明",
} as const;

export const OF_A_CELL: Record<Drawn, string> = { weights: "权重", contributions: "贡献", rollout: "注意力展开" };

export function rolloutOver(layers: readonly string[]): string {
  return `注意力展开（attention rollout）是 ${layers.join("、")} 各层的乘积，每层取 0.5 × 各头平均 + 0.5 × 单位矩阵（代表残差连接），每行归一化（Abnar 与 Zuidema，2020）：表示输入处的每个词元在该层之后的每个词元中占多少。`;
}

export function rolloutOf(layers: number): string {
  return `${count(layers)} 层的注意力展开`;
}

export function filmOfRollout(steps: number): string {
  return `注意力展开在 ${count(steps)} 步中的变化，色标相同`;
}

export function unknownLayer(unknown: string, shown: string): string {
  return `这条记录中没有 ${unknown} 层，现显示 ${shown}。`;
}

export const NO_LAYERS = "这条记录中没有注意力层。回调函数在训练开始时会给出原因，请查看其警告。";

export function ofRollout(): Sentence {
  return sentence`样本 ${word("example")} 上 ${word("head")}，到 ${word("layer")} 层为止`;
}

export function headRead(layer: string, head: number, figures: readonly string[]): Sentence {
  return sentence`${strong(headTitle(layer, head))}：${figures.join(" · ")}`;
}

export function figureOf(label: string, figure: string): string {
  return `${label} ${figure}`;
}

export function preciseRollout(bound: string): string {
  return `注意力展开误差 ± ${bound}`;
}

export function rolloutName(layer: string): string {
  return `到 ${layer} 为止的注意力展开`;
}

export function ofTokens(what: string): string {
  return `${what}（按词元）`;
}

export const ROLLOUT_MAY_LACK_LAYERS = "这条记录没有说明是否略去了某些层，注意力展开只包含记录中的层。";
export const ROLLOUT_MAY_BE_OF_BRANCHES =
  "这条记录没有说明各层之间的依赖关系，注意力展开按前向传播的顺序把它们视为串联。";
export const ROLLOUT_IS_GUESSED = "这些层的查询和键是否为相同的位置，仅由数量相同推测。";

export function lackedByB(what: "layer" | "head" | "rollout", layer: string, heads: readonly number[]): string {
  if (what === "head") return noHeadInRun(layer, heads);
  return what === "layer" ? noLayerInRun(layer) : noRolloutInRun(layer);
}

export function noRollout(layer: string, reason: NoStack): string {
  const none = `没有到 ${layer} 为止的注意力展开`;
  if (reason.why === "other tokens") return `${none}：该层的查询和键不是相同的词元，而展开只经过自注意力。现显示权重。`;
  const layers = reason.layers.join("、");
  if (reason.why === "side by side")
    return `${none}：${layers} 是互不依赖的并列层，而注意力展开只能把串联的层相乘。现显示权重；请改选其中一层。`;
  return reason.why === "pooled"
    ? `${none}：${layers} 在记录中只保留了每个分块的最大权重。现显示权重；请用更大的 byte_budget 记录。`
    : `${none}：记录中略去了 ${layers}。现显示权重；请把这些层也记录下来。`;
}

function noRolloutInRun(layer: string): string {
  return `B 没有到 ${layer} 为止的注意力展开。请选择两者都有其下所有层的层，或取消 B。`;
}

export function headAtStep(head: number, step: number): string {
  return `${headName(head)}，第 ${count(step)} 步`;
}

export const QUANTISED = "权重按每行 256 级存储，显示值与真实值之差不超过该行最大值的 1/255。";

export const POOLED = "长序列的缩略图显示每个分块中的最大权重。";

export const ROLE_NAMES: Record<Role, string> = {
  "encoder self": "编码器自注意力",
  "decoder self": "解码器自注意力",
  cross: "交叉注意力",
  other: "其他注意力",
};

export const HEADS = "头：单击增减，双击只看一个，再双击恢复全部";

export function headButton(head: number): string {
  return `头 ${head}`;
}

export function headButtonTitle(head: number, isChosen: boolean, isAlone: boolean): string {
  const [click, doubleClick] = [isChosen ? "隐藏" : "显示", isAlone ? "显示所有头" : "只看这个头"];
  return `头 ${head}：单击${click}，双击${doubleClick}`;
}

export function passageTitle(token: string, position: number): Sentence {
  return sentence`${strong(token)}（${count(position)}）看向这些词元，颜色深浅表示权重`;
}

export const PASSAGE_HINT = "指向矩阵的一行或这里的一个词，段落即按其权重着色";

export const STRONGEST_KEYS = "权重最大的键";

export const LAYERS_LABEL = "层";

export function layerTitle(layer: LayerHeader): string {
  const made = layer.class_name ? `${layer.class_name}，` : "";
  return `${layer.path} · ${made}${count(layer.heads)} 个头，${count(layer.queries)} 个查询 × ${count(layer.keys)} 个键`;
}

export function noExampleInRun(example: string): string {
  return `该运行没有样本 ${example}。请选择其他样本，或取消选择该运行。`;
}

function noLayerInRun(layer: string): string {
  return `该运行没有 ${layer} 层。请选择其他层，或取消选择该运行。`;
}

function noHeadInRun(layer: string, heads: readonly number[]): string {
  const what = heads.length === 1 ? headName(heads[0] ?? 0) : `头 ${heads.join("、")} 中的某些`;
  return `B 的 ${layer} 层没有${what}。请选择两者都有的头，或取消 B。`;
}

export function filmTooLarge(isRolled: boolean): string {
  return isRolled
    ? "此处不画各步的变化：每一步都需取来所有层的全部权重，数以百万计。转到某一步即可看到该步的注意力展开。"
    : "此处不画各步的变化：每一步都需取来该头的全部权重，数以百万计。转到某一步即可看到该步的贡献。";
}

export function otherLayer(layer: string, shown: string): string {
  return `B 没有 ${layer} 层，显示的是位置相同的 ${shown} 层。`;
}

function only(side: "A" | "B", tokens: readonly string[]): string[] {
  const more = tokens.length > MOST_NAMED ? " ……" : "";
  return tokens.length > 0 ? [`仅 ${side} 有：${tokens.slice(0, MOST_NAMED).join(" ")}${more}`] : [];
}

const MOST_NAMED = 8;

export function comparedInPart(differing: readonly Differing[]): string {
  const axes = differing.map(({ axis, common, ofA, ofB, onlyA, onlyB }) => {
    const which = [...only("A", onlyA), ...only("B", onlyB)].join("；");
    return `${axisTitle(axis, false)} 轴 ${count(common)} 个（A 共 ${count(ofA)} 个，B 共 ${count(ofB)} 个；${which}）`;
  });
  return `A 与 B 的词元不同，只比较两者都有的：${axes.join("，")}。`;
}

export function apart(differing: readonly Differing[]): string {
  const axes = differing.map(
    ({ axis, common, ofA, ofB }) =>
      `${axisTitle(axis, false)} 轴 ${count(common)} 个（A 共 ${count(ofA)} 个，B 共 ${count(ofB)} 个）`,
  );
  return `A 与 B 共有的词元太少，无法比较：${axes.join("，")}。两者分别绘出，不计算差值。`;
}

export function looksAt(
  query: string,
  keys: readonly Told[],
  figures: { entropy: string; effective: string } | null,
): Sentence {
  if (keys.length === 0) return sentence`${strong(query)} 什么都不看：权重全为 0。`;
  const list = joined(
    keys.map(({ token, weight }) => sentence`${strong(token)} ${weight}`),
    "，",
  );
  return figures
    ? sentence`${strong(query)} 看向 ${list} · 熵 ${figures.entropy} 奈特，有效键数 ${figures.effective}`
    : sentence`${strong(query)} 看向 ${list}`;
}

export function lookedAtBy(key: string, queries: readonly Told[]): Sentence {
  const list = joined(
    queries.map(({ token, weight }) => sentence`${strong(token)} ${weight}`),
    "，",
  );
  return queries.length === 0 ? sentence`没有查询看向 ${strong(key)}。` : sentence`看向 ${strong(key)} 的有：${list}`;
}

export function weightBetween(
  query: string,
  key: string,
  a: string,
  b: string | null,
  rowLargest: string,
  isKept: boolean,
): Sentence {
  const pair = sentence`${strong(query)} → ${strong(key)}`;
  const why = isKept ? "" : ` · ${NOT_KEPT}`;
  return b === null
    ? sentence`${pair} ${a} · 该查询的最大权重 ${rowLargest}${why}`
    : sentence`${pair} A：${a}，B：${b}${why}`;
}

export const NOT_KEPT = "≤：至多为此值，权重本身未保留";

export function largestChange(
  query: string,
  key: string,
  values: { a: string; b: string; difference: string },
  isOfRuns: boolean,
): Sentence {
  const what = isOfRuns ? "差别最大" : "变化最大";
  return sentence`${what}：${strong(query)} → ${strong(key)}，A 为 ${values.a}，B 为 ${values.b}（${values.difference}）。`;
}
