/** 没有词的位置的文字：时间与样本图像。 */

import { type Sentence, sentence, word } from "../../language/sentence";
import { count } from "../../language/zh-CN";
import type { ImageHeader, LayerHeader, Unit } from "../../wire/schema.gen";
import type { PatchGrid } from "../image/grid";
import type { Overlay } from "../types";
import { UNIT_NAMES } from "./units";

export function timeOf(from: string, to: string, unit: Unit): string {
  return `${from}–${to} ${UNIT_NAMES[unit]}`;
}

export function framesOf(first: string, last: string | null): string {
  return last === null ? `第 ${first} 帧` : `第 ${first}–${last} 帧`;
}

export const CLASS_LABEL = "类别";
export const CLASS_TOKEN = "类别词元";

export function addedToken(position: number): string {
  return `附加 ${position}`;
}

export function patchName(row: number, column: number): string {
  return `第 ${row} 行第 ${column} 列`;
}

export function imageCaption(
  isCompared: "steps" | "runs" | null,
  isSeveral: boolean,
  rolled: Sentence | null = null,
): Sentence {
  const heads = isSeveral ? sentence`${word("head")}（${word("combine")}）` : sentence`${word("head")} `;
  const where = isCompared === null ? "" : isCompared === "steps" ? "，A 与 B 两步对比" : "，A 与 B 两个运行对比";
  const subject = rolled ?? sentence`${word("layer")} 层，${heads}在样本 ${word("example")} 上的权重`;
  return sentence`${subject}${where}，在图像上${word("overlay")}叠加，${word("mapping")}着色，范围 ${word("range")}，图像另有色标。`;
}

export function briefImageCaption(): Sentence {
  return sentence`${word("layer")}，${word("head")} · ${word("example")} · ${word("overlay")} · ${word("mapping")} · ${word("range")}`;
}

export const OVERLAY_HEADING = "权重如何叠加在图像上";

export const OVERLAY_NAMES: Record<Overlay, string> = { smooth: "平滑", patches: "逐块" };

export const OVERLAY_MEANINGS: Record<Overlay, string> = {
  smooth: "从一个图像块的中心渐变到下一个",
  patches: "每个图像块一种颜色",
};

export const IMAGE = "图像";

export function patchCount({ rows, columns }: Pick<PatchGrid, "rows" | "columns">): string {
  return `${count(rows)} × ${count(columns)} 个图像块`;
}

export function imageQuery(query: string | null): string {
  return query === null ? "全部查询的平均" : `${query}注视`;
}

export const B_MORE_ON_IMAGE = "B 更大";

export function besidePatches(weight: string): string {
  return `${weight} 不在图像块上`;
}

export const CHOOSE_PATCH = "指向一个图像块，查看它注视何处；单击固定。";
export const CHOOSE_QUERY = "指向矩阵的一行，查看它注视何处；单击固定。";

export function imageDescription(choosesQuery: boolean): string {
  const what = choosesQuery ? "按 Shift 加方向键选择查询块，Enter 固定" : "按 Shift 加方向键读取图像块";
  return `划分成块的图像。${what}。`;
}

export function mapDescription(title: string, of: "a" | "b" | "difference" | null, told: readonly string[]): string {
  const which = of === "a" || of === "b" ? `${of.toUpperCase()}：` : "";
  const most = told.length > 0 ? told.join("，") : "没有图像块";
  return `${which}${title}，权重最大：${most}。按 Shift 加方向键读取图像块。`;
}

export function imageMisfit({ rows, columns, first }: ImageHeader, { keys, pooled }: LayerHeader): string {
  if (pooled.length > 0) return "为不超出字节预算，只保留了权重的分块，没有图像块，因此无法叠加在图像上。";
  const before = first > 0 ? `（之前有 ${count(first)} 个其他词元）` : "";
  return `图像有 ${count(rows)} × ${count(columns)} 个图像块${before}，而该层有 ${count(keys)} 个键，无法叠加。请给出图像块的行数和列数，images=(images, (rows, columns))，或选择其他层。`;
}

export function noImage(detail: string): string {
  return `无法显示该样本的图像：${detail}`;
}

export function keptOf(count: number, held: number, least: number): string {
  const [mean, worst] = [held, least].map((share) => `${Math.floor(100 * share)}%`);
  return `每个查询保留了最大的 ${count} 个权重，平均占其权重的 ${mean}，最少 ${worst}。斜线：至多为此值，权重本身未保留。`;
}
