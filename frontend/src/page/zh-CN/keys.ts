/** 快捷键表中页面本身的文字。 */

export const KEY_SHEET = "快捷键";

/** 每个快捷键的作用，名称见 `Key`。 */
export const KEY_NAMES = {
  previousStep: "上一步",
  nextStep: "下一步",
  firstStep: "第一步",
  newestStep: "最新一步，并跟随新的步",
  play: "逐步播放或停止",
  release: "取消固定，再按结束比较；关闭本表",
  help: "显示快捷键",
  previousCompared: "B 后退一步（B 是与 A 比较的对象）",
  nextCompared: "B 前进一步",
  rail: "打开或收起运行与列表",
  details: "打开或收起详情",
  save: "导出",
} as const;

export function overhead(percent: string, seconds: string): string {
  return `到目前为止，记录数据占训练时间的 ${percent}%，共 ${seconds} 秒（含首次记录）。`;
}
