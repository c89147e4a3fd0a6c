/** 加载样本视图之前要说的话。 */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "生成文本",
  noData:
    "还没有记录生成的文本。在 model.fit(callbacks=[...]) 中加入 SampleLogger(log_dir, prompts, tokenizer=tokenizer)，写入第一条记录后即显示在这里。",
  callbackLines: `from tb_seqviz_plugin.callbacks import SampleLogger
model.fit(x, y, callbacks=[SampleLogger(log_dir, prompts, tokenizer=tokenizer)])`,
};

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
} as const;
