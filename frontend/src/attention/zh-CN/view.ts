/** 加载注意力视图之前要说的话。 */

export const VIEW_NAME = "注意力";

export const KEY_NAMES = {
  chooseHead: "按编号选择头",
  previousHead: "上一个头",
  nextHead: "下一个头",
  table: "全部头的表格与警报；或回到图",
  findRun: "查找运行",
} as const;
