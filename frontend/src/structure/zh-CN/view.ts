/** 加载结构视图之前要说的话。 */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "结构",
  noData:
    "还没有记录结构。在 model.fit(callbacks=[...]) 中加入 StructureLogger(log_dir, inputs)，训练一开始模型就会显示在这里。",
  callbackLines: `from tb_seqviz_plugin.callbacks import StructureLogger
model.fit(x, y, callbacks=[StructureLogger(log_dir, inputs)])`,
};

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
