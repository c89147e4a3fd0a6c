/** 快捷键表中结构视图的文字。 */

import type { Help } from "../../store/view";

/** 每个快捷键的作用，名称见 `Key`。 */
export const KEY_NAMES = {
  up: "数据来自的层",
  down: "数据流向的层",
  left: "左边的层",
  right: "右边的层",
  open: "展开或收起所选的组",
  zoomIn: "放大",
  zoomOut: "缩小",
  fit: "显示整个结构图",
  masks: "画出或略去掩码",
  search: "搜索",
  nextMatch: "下一个匹配",
  previousMatch: "上一个匹配",
} as const;

/** 指针能做什么，以及个别部件的按键。 */
export const HELP: Help = [
  ["单击", "选择一层或一条线"],
  ["双击", "展开或收起一组"],
  ["滚轮、拖动", "缩放和移动结构图"],
];
