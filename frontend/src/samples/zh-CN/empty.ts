/** 链接所指的生成文本视图没有数据时要说的话。 */

/** 该做什么，训练脚本里写什么。 */
export const MISSING = {
  text: "还没有记录生成的文本。在 model.fit(callbacks=[...]) 中加入 SampleLogger(log_dir, prompts, tokenizer=tokenizer)，写入第一条记录后即显示在这里。",
  code: `from tb_seqviz_plugin.callbacks import SampleLogger
model.fit(x, y, callbacks=[SampleLogger(log_dir, prompts, tokenizer=tokenizer)])`,
} as const;
