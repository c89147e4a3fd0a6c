/** 加载嵌入视图之前要说的话。 */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "嵌入",
  noData:
    "还没有记录嵌入。在 model.fit(callbacks=[...]) 中加入 EmbeddingLogger(log_dir, labels=vocabulary)，写入第一条记录后即显示在这里。",
  callbackLines: `from tb_seqviz_plugin.callbacks import EmbeddingLogger
model.fit(x, y, callbacks=[EmbeddingLogger(log_dir, labels=vocabulary)])`,
  help: [
    ["悬停", "在各处标出同一个词"],
    ["单击", "选择一个词；按住 Shift 则固定它"],
    ["滚轮、拖动", "缩放和移动分布图；双击显示全部"],
  ],
};

export const KEY_NAMES = {
  previousWord: "列表中的上一个词",
  nextWord: "列表中的下一个词",
  wordBefore: "回到之前的词",
  pin: "固定所选的词，或取消固定",
  metric: "余弦相似度或欧氏距离",
} as const;
