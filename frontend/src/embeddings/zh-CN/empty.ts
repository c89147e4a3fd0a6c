/** 链接所指的嵌入视图没有数据时要说的话。 */

/** 该做什么，训练脚本里写什么。 */
export const MISSING = {
  text: "还没有记录嵌入。在 model.fit(callbacks=[...]) 中加入 EmbeddingLogger(log_dir, labels=vocabulary)，写入第一条记录后即显示在这里。",
  code: `from tb_seqviz_plugin.callbacks import EmbeddingLogger
model.fit(x, y, callbacks=[EmbeddingLogger(log_dir, labels=vocabulary)])`,
} as const;
