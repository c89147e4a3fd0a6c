/** 没有数据时要说的话。 */

export const EMPTY = {
  title: "还没有记录",
  text: "加入一个回调函数，写入第一步后本页自动显示，无需刷新。",
  code: `from tb_seqviz_plugin.callbacks import SeqViz

model.fit(x, y, callbacks=[SeqViz("logs", inputs)])`,
  meaning: "logs：TensorBoard 读取的目录。inputs：要观察的几个样本，格式与模型的输入相同。",
} as const;

/** 链接所指的视图没有数据时：该怎么做，训练脚本里写什么。 */
export const MISSING: Readonly<Record<string, { text: string; code: string }>> = {
  attention: {
    text: "还没有记录注意力。在 model.fit(callbacks=[...]) 中加入 AttentionLogger(log_dir, inputs)，写入第一条记录后即显示在这里。",
    code: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
  },
  samples: {
    text: "还没有记录生成的文本。在 model.fit(callbacks=[...]) 中加入 SampleLogger(log_dir, prompts, tokenizer=tokenizer)，写入第一条记录后即显示在这里。",
    code: `from tb_seqviz_plugin.callbacks import SampleLogger
model.fit(x, y, callbacks=[SampleLogger(log_dir, prompts, tokenizer=tokenizer)])`,
  },
  structure: {
    text: "还没有记录结构。在 model.fit(callbacks=[...]) 中加入 StructureLogger(log_dir, inputs)，训练一开始模型就会显示在这里。",
    code: `from tb_seqviz_plugin.callbacks import StructureLogger
model.fit(x, y, callbacks=[StructureLogger(log_dir, inputs)])`,
  },
  embeddings: {
    text: "还没有记录嵌入。在 model.fit(callbacks=[...]) 中加入 EmbeddingLogger(log_dir, labels=vocabulary)，写入第一条记录后即显示在这里。",
    code: `from tb_seqviz_plugin.callbacks import EmbeddingLogger
model.fit(x, y, callbacks=[EmbeddingLogger(log_dir, labels=vocabulary)])`,
  },
  evaluation: {
    text: "还没有评估结果。在 model.fit(callbacks=[...]) 中加入 EvaluationLogger(log_dir, dataset)，写入第一张表后会立即显示在这里。",
    code: `from tb_seqviz_plugin.callbacks import EvaluationLogger
model.fit(x, y, callbacks=[EvaluationLogger(log_dir, dataset)])`,
  },
};
