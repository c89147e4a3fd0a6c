/** 快捷键表中生成文本视图的文字。 */

import type { Help } from "../../store/view";

/** 每个快捷键的作用，名称见 `Key`。 */
export const KEY_NAMES = {
  previousPrompt: "上一个提示文本",
  nextPrompt: "下一个提示文本",
  previousTemperature: "上一个温度",
  nextTemperature: "下一个温度",
  previousRepeat: "上一个重复样本",
  nextRepeat: "下一个重复样本",
  shade: "按概率给词元着色，或取消着色",
  alone: "把一个温度作为文档阅读，或恢复全部",
  copy: "复制所选文本",
  search: "搜索",
  nextMatch: "下一个匹配",
  previousMatch: "上一个匹配",
} as const;

/** 指针能做什么，以及个别部件的按键。 */
export const HELP: Help = [
  ["悬停", "说明指针下的词元"],
  ["单击", "选择一段文本，固定其中的一个词元"],
  ["双击", "双击列标题：单独阅读这一列"],
  ["Enter", "在搜索框中：下一个匹配；加 Shift 为上一个"],
];
