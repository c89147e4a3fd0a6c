/** 链接所指的评估视图没有数据时要说的话。 */

/** 该做什么，训练脚本里写什么。 */
export const MISSING = {
  text: "还没有评估结果。在 model.fit(callbacks=[...]) 中加入 EvaluationLogger(log_dir, dataset)，写入第一张表后会立即显示在这里。",
  code: `from tb_seqviz_plugin.callbacks import EvaluationLogger
model.fit(x, y, callbacks=[EvaluationLogger(log_dir, dataset)])`,
} as const;
