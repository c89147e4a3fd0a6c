/** 快捷键表中评估视图的文字。 */

import type { Help } from "../../store/view";

/** 每个快捷键的作用，名称见 `Key`。 */
export const KEY_NAMES = {
  previousSlice: "上一个切片",
  nextSlice: "下一个切片",
  previousMeasure: "按上一个指标排序",
  nextMeasure: "按下一个指标排序",
  panel: "换一种画法",
  order: "换一种排序",
} as const;

/** 指针能做什么，以及个别部件的按键。 */
export const HELP: Help = [
  ["悬停", "读出一个切片"],
  ["单击", "选择切片；在指标表头上：按它排序，再次单击换一种排序"],
];
