/** 快捷键表中嵌入视图的文字。 */

import type { Help } from "../../store/view";

/** 每个快捷键的作用，名称见 `Key`。 */
export const KEY_NAMES = {
  previousWord: "列表中的上一个词",
  nextWord: "列表中的下一个词",
  wordBefore: "回到之前的词",
  previousLayer: "上一层",
  nextLayer: "下一层",
  pin: "固定所选的词，或取消固定",
  metric: "余弦相似度或欧氏距离",
  search: "搜索",
} as const;

/** 指针能做什么，以及个别部件的按键。 */
export const HELP: Help = [
  ["悬停", "在各处标出同一个词"],
  ["单击", "选择一个词；按住 Shift 则固定它"],
  ["滚轮、拖动", "缩放和移动分布图；双击显示全部"],
];
