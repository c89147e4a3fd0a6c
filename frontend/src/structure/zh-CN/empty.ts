/** 链接所指的结构视图没有数据时要说的话。 */

/** 该做什么，训练脚本里写什么。 */
export const MISSING = {
  text: "还没有记录结构。在 model.fit(callbacks=[...]) 中加入 StructureLogger(log_dir, inputs)，训练一开始模型就会显示在这里。",
  code: `from tb_seqviz_plugin.callbacks import StructureLogger
model.fit(x, y, callbacks=[StructureLogger(log_dir, inputs)])`,
} as const;
