/** 链接所指的注意力视图没有数据时要说的话。 */

/** 该做什么，训练脚本里写什么。 */
export const MISSING = {
  text: "还没有记录注意力。在 model.fit(callbacks=[...]) 中加入 AttentionLogger(log_dir, inputs)，写入第一条记录后即显示在这里。",
  code: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
} as const;
