/** 加载样本视图之前要说的话。 */

export const VIEW_NAME = "生成文本";

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
