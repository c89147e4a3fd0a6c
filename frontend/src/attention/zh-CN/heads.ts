/** 关于各个头的文字：度量、模式与警报。 */

import { type Sentence, sentence, strong, word } from "../../language/sentence";
import { count } from "../../language/zh-CN";
import type { Alarm, AlarmKind } from "../../wire/schema.gen";
import type { Pattern } from "../heads/patterns";
import type { Order } from "../heads/rows";
import type { Measure, Shape } from "../types";
import { headTitle, MEASURE_NAMES } from ".";

export const PATTERN_NAMES: Record<Pattern, string> = {
  previous: "前一个词元",
  self: "自身",
  next: "后一个词元",
  near: "附近",
  first: "首个词元",
  separator: "分隔符",
  padding: "填充",
  induction: "接续重复",
  duplicate: "先前的相同词元",
  aligned: "沿对角线",
  broad: "分散",
  few: "少数几个键",
  mixed: "混合",
};

export const PATTERN_MEANINGS: Record<Pattern, string> = {
  previous: "至少一半权重落在前一个词元上",
  self: "至少一半落在查询自身的词元上",
  next: "至少一半落在后一个词元上",
  near: "至少 0.7 落在自身及相邻词元上",
  first: "至少一半落在首个词元上",
  separator: "至少一半落在分隔符和结尾上",
  padding: "至少一半落在填充上",
  induction: "至少一半落在同一词元上次出现之后的词元上",
  duplicate: "至少一半落在同一词元的先前位置上",
  aligned: "在对角线十分之一范围内，且次序一致",
  broad: "至少达到掩码所允许熵的 0.9",
  few: "每个查询至少一半落在一个键上，各不相同",
  mixed: "以上都不是",
};

/** 头的表格。 */
export const TABLE = "头的表格";
export const FIND = "查找头";
export const FIND_EXAMPLE = "例如 block_0 induction>0.3";
export const NO_HEAD_MATCHES = "没有符合的头。";
export const COLUMNS_OF_HEADS = {
  head: "头",
  pattern: "模式",
  formed: "形成于",
  was: "在 B 处",
} as const;

export const TABLE_HEADINGS = { as: "显示方式 · t", order: "头的顺序", pattern: "哪些头" } as const;
export const AS_PICTURE = "单个头的图";
export const SHAPE_NAMES: Record<Shape, string> = { table: "表格", wall: "图片墙" };
export const WALL = "头的图片墙";
export const ALL_PATTERNS = "不限模式";

export function tableCaption(heads: number, all: number, isWall: boolean): Sentence {
  const which = heads === all ? `全部 ${count(all)} 个头` : `${count(all)} 个头中的 ${count(heads)} 个`;
  const said = sentence`${which}，显示为${word("as")}，${word("pattern")}，${word("order")}`;
  return isWall ? sentence`${said}；每个头下方是${word("measure")}。` : sentence`${said}。`;
}

export function orderName(order: Order): string {
  const names: Partial<Record<Order, string>> = {
    alarms: "警报在前",
    layer: "按层",
    pattern: "按模式",
    formed: "最近形成的在前",
    change: "相对 B 变化最大的在前",
  };
  return names[order] ?? `${MEASURE_NAMES[order as Measure]}从大到小`;
}

export function formedAtStep(step: number): string {
  return `第 ${count(step)} 步`;
}

export const FROM_THE_START = "一开始";
export const NOT_YET = "尚未";

export function sinceStep(step: number): string {
  return `自第 ${count(step)} 步`;
}

export function headTold(name: string, pattern: string, formed: string): Sentence {
  return sentence`${strong(name)}：${pattern}，${formed}。按 Enter 打开；在曲线上拖动可将两端设为 A 和 B 进行比较。`;
}

/** 警报。 */
export const ALARMS = "警报";

export function alarmCount(alarms: number): string {
  return `${count(alarms)} 个警报`;
}

export const NO_ALARMS = "没有警报。";
export const NOT_WATCHED = "记录此日志时没有监测警报。";

export const ALARM_NAMES: Record<AlarmKind, string> = {
  padding: "看填充",
  future: "看未来的位置",
  uniform: "一直均匀",
  collapsed: "只看一个键",
  "entropy collapse": "熵塌缩",
  "max logit": "logit 无界增长",
  copies: "彼此相同",
  nan: "非数值",
  uncovered: "有词从未被看",
  "no diagonal": "没有对角线",
};

const ALARM_TEXTS: Record<AlarmKind, string> = {
  padding: "部分权重落在填充上，通常是缺少掩码。请检查传给该层的掩码。",
  future: "解码器看到了后面的位置，预测因此泄漏。请使用因果掩码。",
  uniform: "这个头对允许的键一视同仁，一直没有变化。请检查学习率、初始化，以及它的输入是否有区别。",
  collapsed: "几乎所有权重都落在同一个键上，这个头不再传递信息。请检查学习率和归一化。",
  "entropy collapse": "熵降到几乎为零，训练可能变得不稳定。请降低学习率、使用预热，或对查询和键做归一化。",
  "max logit": "softmax 之前的 logit 持续增大，训练可能发散。请降低学习率，或对查询和键做归一化。",
  copies: "这两个头的权重几乎相同，其中一个是多余的。",
  nan: "权重不是有限的数。请检查损失、学习率，以及是否有整行被掩码。",
  uncovered: "源句中有词没有被任何交叉注意力头看过，译文可能漏译。",
  "no diagonal": "训练了这么多步，交叉注意力仍没有形成对角线，说明对齐没有学会。",
};

export function alarmText(alarm: Pick<Alarm, "kind" | "text">): string {
  return ALARM_TEXTS[alarm.kind];
}

export function alarmHeads(layer: string, heads: readonly number[]): string {
  const [first = 0] = heads;
  return heads.length === 1 ? headTitle(layer, first) : `${layer}，头 ${heads.join("、")}`;
}

export const SHOW_ALARM = "显示";

/** `unit` 可以是 ""。 */
export function alarmValue(value: string, limit: string, _unit: string): string {
  return `${value}，限值 ${limit}`;
}
