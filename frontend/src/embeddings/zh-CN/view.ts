/** 加载嵌入视图之前要说的话。 */

export const VIEW_NAME = "嵌入";

export const KEY_NAMES = {
  previousWord: "列表中的上一个词",
  nextWord: "列表中的下一个词",
  wordBefore: "回到之前的词",
  pin: "固定所选的词，或取消固定",
  metric: "余弦相似度或欧氏距离",
} as const;
