/** 加载结构视图之前要说的话。 */

export const VIEW_NAME = "结构";

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
} as const;
