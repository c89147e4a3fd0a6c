/** 加载评估视图之前要说的话。 */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "评估",
  noData:
    "还没有评估结果。在 model.fit(callbacks=[...]) 中加入 EvaluationLogger(log_dir, dataset)，写入第一张表后会立即显示在这里。",
  callbackLines: `from tb_seqviz_plugin.callbacks import EvaluationLogger
model.fit(x, y, callbacks=[EvaluationLogger(log_dir, dataset)])`,
};

export const KEY_NAMES = {
  panel: "换一种画法",
  previousSlice: "上一个切片",
  nextSlice: "下一个切片",
  previousMeasure: "按上一个指标排序",
  nextMeasure: "按下一个指标排序",
  order: "换一种排序",
} as const;
