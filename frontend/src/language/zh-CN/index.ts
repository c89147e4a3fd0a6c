/** 页面各部分共用的全部文字，各视图自己的文字在其 `zh-CN/` 文件夹中。 */

import { grouped } from "../numbers";
import { type Sentence, sentence, strong } from "../sentence";

export const VIEWS_LABEL = "视图";
export const PAGE_TITLE = "SeqViz";

export function pageTitle(view: string): string {
  return `${PAGE_TITLE}，${view}`;
}

export const READING_LINE = "读数行";
export const RAIL_BUTTON = "左侧栏";
export const RAIL = "显示内容";
export const RUNS = "运行";
export const RUNS_LABEL = "运行";
export const EXAMPLE = "样本";
export const EXAMPLES_LABEL = "样本";
export const PREVIOUS_MATCH = "上一个匹配";
export const NEXT_MATCH = "下一个匹配";

export const DETAILS = "详情";
export const EXPORT = "导出";

export const EMPTY_TOKEN = "空词元";

export const KEYS_LABEL = "快捷键";
export const KEY_SHEET_TITLE = "快捷键（?）";
export const CLOSE = "关闭";

export function gone(detail: string): string {
  return `TensorBoard 没有响应（${detail}）。画面会保留，恢复后自动继续。`;
}

export function broken(detail: string): string {
  return `TensorBoard 的响应无法使用：${detail}`;
}

export function recordFailed(run: string, step: number, detail: string): string {
  return `无法读取运行 ${run} 的第 ${count(step)} 步：${detail} 请选择其他步。`;
}

export function stepDropped(wanted: number, shown: number): string {
  return `TensorBoard 没有保留第 ${count(wanted)} 步，现显示最近的第 ${count(shown)} 步。`;
}

export function unknownRuns(unknown: string[], shown: string[]): string {
  return `日志目录中没有运行 ${unknown.join("、")}，现显示 ${shown.join("、")}。`;
}

export function unknownExample(unknown: string, shown: string): string {
  return `这些运行中没有样本 ${unknown}，现显示 ${shown}。`;
}

export function newerVersion(series: string[]): string {
  const rest = series.length > 3 ? `等 ${series.length} 项` : "";
  const names = series.slice(0, 3).join("、") + rest;
  return `由更新版本的插件写入，未予显示：${names}。升级命令：pip install -U tb-seqviz-plugin`;
}

export function damagedRuns(runs: string[]): string {
  const rest = runs.length > 3 ? `等 ${runs.length} 项` : "";
  return `TensorBoard 无法读取 ${runs.slice(0, 3).join("、")}${rest} 的事件文件：文件已损坏，未予显示。`;
}

export const WAITING_FOR_LIST = "正在等待 TensorBoard 列出已加载的数据……";

export function waitingForSteps(run: string): string {
  return `正在等待运行 ${run} 的各步……`;
}

/** 某个运行的第一条记录在所看的某一步之后。 */
export function notYet(run: string, first: number, step: number): string {
  return `运行 ${run} 从第 ${count(first)} 步开始，晚于第 ${count(step)} 步。`;
}

export const STEP_BAR = {
  steps: "训练步",
  previous: "上一步",
  previousTitle: "上一步（←）",
  next: "下一步",
  nextTitle: "下一步（→）",
  play: "播放",
  playTitle: "逐步播放（空格）",
  stop: "停止",
  stopTitle: "停止（空格）",
  stepShown: "A，当前显示的步",
  stepCompared: "B，与之比较的对象",
  stopComparing: "结束比较",
  stopComparingTitle: "结束比较（Esc）",
} as const;

export const LOSS = "损失";
export const NO_LINE = "无曲线";
export const LINE_HEADING = "步条上画什么、如何分布";
export const SPACING_NAMES = { records: "每条记录等距", steps: "按步数线性分布" } as const;

export const COMPARE_WITH = "比较……";
export const COMPARE_NARROW = "比较";
export const COMPARE_HEADING = "与谁比较；按住 Shift 点击步条可选任意一步";
export const PREVIOUS_STEP = "上一步";
export const FIRST_STEP = "第一步";

export function placeInSteps(step: number, isLast: boolean): Sentence {
  const at = stepName(step);
  return isLast ? sentence`${strong(at)}，最后一步` : sentence`${strong(at)}`;
}

export function stepBrief(step: number): Sentence {
  return sentence`${strong(count(step))}`;
}

export function recordPointedAt(step: number, line: string, value: string | null, written: number | null): string {
  const at = written === null ? "" : ` · ${instant(written)}`;
  return value === null ? stepName(step) + at : `${stepName(step)} · ${line} ${value}${at}`;
}

export function wordLabel(heading: string, text: string): string {
  return `${text}；${heading}`;
}

export function newestTitle(step: number): string {
  return `跳到第 ${count(step)} 步并跟随（End）`;
}

export function stepsDropped(held: number, logged: number): string {
  return `已记录 ${count(logged)} 步，TensorBoard 只保留了 ${count(held)} 步。启动时加上 --samples_per_plugin seqviz=0 可全部保留。`;
}

export function newSteps(number: number): string {
  return `${count(number)} 个新步`;
}

let instants: Intl.DateTimeFormat | null = null;

function instant(seconds: number): string {
  // Takes longer to make than all else here, and nothing needs it before a record is pointed at.
  instants ??= new Intl.DateTimeFormat("zh-CN", { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
  return instants.format(new Date(seconds * 1000));
}

export function count(number: number): string {
  return grouped(number);
}

export const COPY = "复制";
export const COPIED = "已复制";
export const HIDE_RAIL = "收起运行与列表";
export const SHOW_RAIL = "打开运行与列表";
export const FILTER_RUNS = "查找运行";
export const NO_RUN_MATCHES = "没有名称包含该文字的运行。";

export const TRY_AGAIN = "重新绘制";
export const TRY_NOW = "立即重试";
export const CLOSE_NOTICE = "关闭";

export function viewNotLoaded(detail: string): string {
  return `无法加载此视图（${detail}），稍后再试；若已升级 TensorBoard，请刷新页面。`;
}

export function drawingFailed(detail: string): string {
  return `无法绘制这条记录（${detail}）。请选择其他步或层后重新绘制，并报告此问题。`;
}

export function quoted(text: string): string {
  return `“${text}”`;
}

export function stepName(step: number): string {
  return `第 ${count(step)} 步`;
}

export function measureAtStep(step: number, value: string): string {
  return `${stepName(step)}：${value}`;
}

export function measureOverSteps(measure: string, steps: number, least: string, most: string): string {
  return `${measure}，共 ${count(steps)} 步，从 ${least} 到 ${most}`;
}
