/** 加载嵌入视图之前要说的话。 */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "嵌入",
  noData:
    "还没有记录嵌入。在 model.fit(callbacks=[...]) 中加入 EmbeddingLogger(log_dir, labels=vocabulary)，写入第一条记录后即显示在这里。",
  callbackLines: `from tb_seqviz_plugin.callbacks import EmbeddingLogger
model.fit(x, y, callbacks=[EmbeddingLogger(log_dir, labels=vocabulary)])`,
};

export const KEY_NAMES = {
  previousWord: "列表中的上一个词",
  nextWord: "列表中的下一个词",
  wordBefore: "回到之前的词",
  pin: "固定所选的词，或取消固定",
  metric: "余弦相似度或欧氏距离",
} as const;
