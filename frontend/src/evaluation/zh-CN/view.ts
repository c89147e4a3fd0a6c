/** 加载评估视图之前要说的话。 */

export const VIEW_NAME = "评估";

export const KEY_NAMES = {
  panel: "换一种画法",
  previousSlice: "上一个切片",
  nextSlice: "下一个切片",
  previousMeasure: "按上一个指标排序",
  nextMeasure: "按下一个指标排序",
  order: "换一种排序",
} as const;
