/** 加载注意力视图之前要说的话。 */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "注意力",
  noData:
    "还没有记录注意力。在 model.fit(callbacks=[...]) 中加入 AttentionLogger(log_dir, inputs)，写入第一条记录后即显示在这里。",
  callbackLines: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
  help: [
    ["指向", "在底部的读数行中读取指针所指的内容"],
    ["单击", "固定一个查询，或选择一个头"],
    ["双击", "以各自的颜色显示该层所有头，或只显示其中一个"],
    ["按住 Shift 点击步条", "与那一步（B）比较"],
    ["滚轮、拖动", "缩放和移动矩阵"],
    ["+ − 0", "焦点在矩阵上时，用按键做同样的事"],
    ["Shift 加方向键", "移动矩阵的十字线；按 Enter 固定查询"],
  ],
};

export const KEY_NAMES = {
  chooseHead: "按编号选择头",
  previousHead: "上一个头",
  nextHead: "下一个头",
  table: "全部头的表格与警报；或回到图",
  findRun: "查找运行",
} as const;
