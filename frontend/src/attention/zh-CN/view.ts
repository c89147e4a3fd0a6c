/** 加载注意力视图之前要说的话。 */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "注意力",
  noData:
    "还没有记录注意力。在 model.fit(callbacks=[...]) 中加入 AttentionLogger(log_dir, inputs)，写入第一条记录后即显示在这里。",
  callbackLines: `from tb_seqviz_plugin.callbacks import AttentionLogger
model.fit(x, y, callbacks=[AttentionLogger(log_dir, inputs)])`,
};

export const KEY_NAMES = {
  chooseHead: "按编号选择头",
  previousHead: "上一个头",
  nextHead: "下一个头",
  table: "全部头的表格与警报；或回到图",
  findRun: "查找运行",
} as const;
