/** 生成文本视图的全部文字，页面共用的在 `language/zh-CN.ts` 中。 */

import { joined, type Sentence, sentence, strong, word } from "../../language/sentence";
import { count, quoted } from "../../language/zh-CN";
import type { Unit } from "../../tokens/diff";
import { formatFigure } from "../../ui/figures";
import type { Sign } from "../find/limits";
import { type Column, columnOfKey } from "../grid/grid";
import type { Marks, Rows } from "../place";
import type { BeamNode } from "../types";

export { REMARKS } from "./remarks";

export const GROUPS = "分组";
export const PROMPTS = "提示文本";
export const PROMPTS_LABEL = "提示文本";
export const GRID = "生成文本";
export const SEARCH_LABEL = "搜索";
export const FOUND = "搜索结果";
export const TREE_PANE = "束搜索";
export const TEXT = "文本";

export const EMPTY_PROMPT = "（空提示文本）";
export const NOTHING_GENERATED = "（没有生成任何内容）";
export const EMPTY_TEXT = "空文本";
export const NOT_SAMPLED = "这一步没有采样";

export function waitingForTexts(run: string): string {
  return `正在等待运行 ${run} 的文本……`;
}

export function tokensFailed(detail: string): string {
  return `无法读取这段文本的词元：${detail}`;
}

export function textsFailed(run: string, detail: string): string {
  return `无法读取运行 ${run} 的文本：${detail} 请选择其他运行，或重新记录。`;
}

const MOST_STEPS = 3;

export function stepsFailed(run: string, steps: readonly number[], detail: string): string {
  const shown = steps.slice(0, MOST_STEPS).map(count).join("、");
  const rest = steps.length > MOST_STEPS ? ` 等 ${count(steps.length)} 步` : " 步";
  return `无法读取运行 ${run} 的第 ${shown}${rest}，已略过：${detail}`;
}

export function noGroupInRun(run: string, group: string): string {
  return `运行 ${run} 没有名为 ${group} 的生成文本。请选择其他分组，或取消选择该运行。`;
}

export function unknownPrompt(wanted: number, prompts: number): string {
  return `链接要求第 ${count(wanted + 1)} 个提示文本，但只有 ${count(prompts)} 个；现显示最后一个。`;
}

export function unknownColumn(wanted: string, shown: Column): string {
  const column = columnOfKey(wanted);
  const name = column ? columnName(column) : `温度“${wanted}”`;
  return `链接要求的${name}没有采样，现选择${columnName(shown)}。`;
}

export function columnName({ temperature, beams }: Column): string {
  if (beams > 0) return `束宽 ${count(beams)}`;
  return temperature === 0 ? "贪心解码" : `温度 ${temperature}`;
}

export { stepName as rowName } from "../../language/zh-CN";

export function cellName(row: string, column: string): string {
  return `${row}，${column}`;
}

export function heldAt(step: number): string {
  return `第 ${count(step)} 步的文本`;
}

export function columnsName(inSight: number, columns: number): string {
  return inSight < columns ? `各温度（${count(columns)} 列中的 ${count(inSight)} 列）` : "各温度";
}

export function columnAlone(column: Column): string {
  return `只看${columnName(column)}`;
}

export function briefColumnName({ temperature, beams }: Column): string {
  return beams > 0 || temperature === 0 ? columnName({ temperature, beams, key: "" }) : String(temperature);
}

export const CAPTION_HEADINGS = {
  run: "运行",
  runA: "A 的运行",
  runB: "B 的运行",
  group: "分组",
  prompt: "提示文本（↑ ↓）",
  rows: "行",
  columns: "列（[ ]、d）",
  column: "温度（[ ]）",
  repeat: "重复样本（, .）",
  shade: "着色（s）",
  marks: "给什么加下划线",
  unit: "比较单位",
  measure: "条形",
} as const;

interface Caption {
  rows: Rows;
  areSeveralRuns: boolean;
  isOfTwoRuns: boolean;
  areSeveralGroups: boolean;
  areSeveralRepeats: boolean;
  hasMeasures: boolean;
}

function writer({ isOfTwoRuns }: Caption): Sentence {
  return isOfTwoRuns ? sentence`${word("run")} 与 ${word("runB")}` : [word("run")];
}

function ofGroup({ areSeveralGroups }: Caption): Sentence {
  return areSeveralGroups ? sentence`（${word("group")}）` : [];
}

function thenRepeat({ areSeveralRepeats }: Caption): Sentence {
  return areSeveralRepeats ? sentence`，${word("repeat")}` : [];
}

function thenBar({ hasMeasures }: Caption): Sentence {
  return hasMeasures ? sentence`，条形：${word("measure")}` : [];
}

export function gridCaption(caption: Caption): Sentence {
  const { rows, areSeveralRuns } = caption;
  const after = rows === "steps" ? sentence`接 ${word("prompt")} ` : [];
  const at = areSeveralRuns ? sentence`，${word("column")}` : [];
  const across: Sentence = areSeveralRuns ? ["各运行"] : [word("columns")];
  return sentence`${writer(caption)} ${after}生成的文本${ofGroup(caption)}${at}：行为${word("rows")}，列为${across}${thenRepeat(caption)}；着色：${word("shade")}，下划线：${word("marks")}${thenBar(caption)}。`;
}

export function documentCaption(caption: Caption): Sentence {
  const what = caption.areSeveralRuns ? word("column") : word("columns");
  return sentence`${writer(caption)} 接 ${word("prompt")} 生成的文本${ofGroup(caption)}，${what}${thenRepeat(caption)}；着色：${word("shade")}，下划线：${word("marks")}${thenBar(caption)}。`;
}

export function comparedCaption(caption: Caption): Sentence {
  const at =
    caption.rows === "steps" ? sentence` 接 ${word("prompt")} 生成的文本` : sentence` 生成的文本，${word("column")}`;
  return sentence`${writer(caption)}${at}${ofGroup(caption)}，A 与 B 并列：行为${word("rows")}${thenRepeat(caption)}，不同之处加下划线，${word("unit")}${thenBar(caption)}。`;
}

export const ROWS_NAMES: Record<Rows, string> = { steps: "各步", prompts: "各提示文本" };
export const COMPARED_ROWS_NAMES: Record<Rows, string> = { steps: "各温度", prompts: "各提示文本" };
export const ROWS_MEANINGS: Record<Rows, string> = {
  steps: "所选提示文本的每一步",
  prompts: "A 步的每个提示文本",
};

const LONGEST_PROMPT = 40;

export function shortPrompt(prompt: string): string {
  if (prompt === "") return EMPTY_PROMPT;
  const letters = [...prompt.trim()];
  return quoted(
    letters.length > LONGEST_PROMPT ? `${letters.slice(0, LONGEST_PROMPT - 1).join("")}…` : letters.join(""),
  );
}

export function runsCount(runs: number): string {
  return `${count(runs)} 个运行`;
}

export function repeatName(repeat: number | null, repeats: number): string {
  return repeat === null ? `全部 ${count(repeats)} 个重复样本` : `重复样本 ${repeatOf(repeat, repeats)}`;
}

export const REPEAT = "重复样本";

export function repeatOf(repeat: number, repeats: number): string {
  return `${count(repeat + 1)} / ${count(repeats)}`;
}

export const SHADE_NAMES = { probability: "概率", nothing: "无" } as const;
export const SHADE_MEANING = "着色：每深一级概率减半，直到 1/32";
export const MARKS_NAMES: Record<Marks, string> = {
  nothing: "无",
  new: "新出现的内容",
  reference: "与参考答案不同之处",
};
export const MARKS_MEANINGS: Partial<Record<Marks, string>> = { new: "与上一步相比" };
export const UNIT_NAMES: Record<Unit, string> = { word: "逐词", character: "逐字符" };
export const UNDERLINES = "实线：只在 A 中 · 虚线：只在 B 中";

export const STEP_HEAD = "步";
export const PROMPT_HEAD = "提示文本";
export const TEMPERATURE_HEAD = "温度";
export const REFERENCE_HEAD = "参考答案";

export function runAndStep(run: string | null, step: string): string {
  return run === null ? step : `${run}，${step}`;
}

export function barsOfBoth(measure: string): string {
  return `${measure}，A 与 B`;
}

export const ALONE_HINT = "双击：单独阅读";

export function moreLines(lines: number, isAbout: boolean): string {
  return isAbout ? `+ 约 ${count(lines)} 行` : `+ ${count(lines)} 行`;
}

export const FEWER_LINES = "收起";

export const HINTS: Record<"grid" | "document" | "compared", Sentence> = {
  grid: sentence`指向一个词：它的概率是多少，还可能是什么。`,
  document: sentence`正在阅读一列。← → 换一步 · [ ] 换温度 · Esc 返回全部`,
  compared: [],
};

export function tokenRead(
  token: string,
  probability: string | null,
  rank: number,
  others: readonly { token: string; probability: string }[],
): Sentence {
  const sure = probability === null ? sentence`概率未知` : sentence`概率 ${probability}`;
  const place = rank > 0 ? sentence`，第 ${count(rank)} 位` : [];
  const list = joined(
    others.map((other) => sentence`${other.token} ${other.probability}`),
    "，",
  );
  const instead = others.length > 0 ? sentence`；其他可能：${list}` : [];
  return sentence`${strong(token)} ${sure}${place}${instead}`;
}

export function beginAlike(rows: readonly { name: string; words: number }[]): Sentence {
  const list = rows.map(({ name, words }) => `${name}的前 ${count(words)} 个词`);
  return sentence`开头相同：${list.join("，")}`;
}

export function notCompared(runs: readonly string[]): string {
  return `以下运行既不是 A 也不是 B，退出与 B 的比较后才显示：${runs.join("，")}。`;
}

export const NOTHING_TO_COMPARE = "没有可比较的文本";
export const COMPARED_COARSELY = "差别太大，按大段比较";
export const CLOSE_PANE = "关闭";

export const MEASURES_LABEL = "指标";
export const MEASURES_OVER_STEPS = "各步的指标";
export const NO_MEASURE = "无";

export function barName(measure: string, isLogarithmic: boolean): string {
  return isLogarithmic ? `${measureName(measure)}（对数）` : measureName(measure);
}

const MEASURES: Record<string, { name: string; meaning: string }> = {
  log_probability: { name: "对数概率", meaning: "各词元概率的自然对数的平均：越接近 0 越有把握" },
  perplexity: { name: "困惑度", meaning: "平均对数概率取负后的 exp：越低越有把握" },
  length: { name: "长度", meaning: "词元数；只知道文本时为词数" },
  distinct_1: { name: "distinct-1", meaning: "不同词元数除以词元总数：1 表示没有重复" },
  distinct_2: { name: "distinct-2", meaning: "不同的相邻词元对数除以总对数" },
  distinct_3: { name: "distinct-3", meaning: "不同的连续三词元组数除以总组数" },
  longest_repeat: { name: "最长重复", meaning: "同一短语连续重复的最长一段占词元的比例" },
  repetitive: { name: "重复", meaning: "同一短语的连续重复占文本大部分时为 1" },
  copied: { name: "照抄", meaning: "出现在训练语料中的 n-gram 所占比例" },
  exact_match: { name: "完全匹配", meaning: "文本与参考答案相同时为 1" },
  edit_distance: { name: "编辑距离", meaning: "与参考答案的 Levenshtein 距离，以字符计" },
  chrf: { name: "chrF", meaning: "与参考答案的字符 n-gram F 值，0 到 100" },
  bleu: { name: "BLEU", meaning: "与参考答案的 BLEU，0 到 100" },
};

export function measureName(measure: string): string {
  return MEASURES[measure]?.name ?? measure;
}

export function measureMeaning(measure: string): string {
  return MEASURES[measure]?.meaning ?? "";
}

export function repeats(share: string): string {
  return `重复 ${share}`;
}

const NOTED = "有附注";
const BROKEN = /^NaN at token ([\d,]+)/;

export function isOfBroken(note: string): boolean {
  return BROKEN.test(note);
}

export function shortNote(note: string): string {
  const token = BROKEN.exec(note)?.[1];
  return token === undefined ? NOTED : `第 ${token} 个词元为 NaN`;
}

export const SEARCH_HINT = "搜索这些文本（/）";
export const REGEX = ".*";
export const REGEX_TITLE = "正则表达式";
export const FILTERS_TITLE = "查看哪些文本；其余的变淡";
export const FILTERED_MEASURES = "指标";
export const FILTERED_COLUMNS = "温度";
export const FILTERED_PROMPTS = "提示文本";
export const FILTERED_STEPS = "步";
export const FROM_STEP = "从第几步";
export const TO_STEP = "到第几步";
export const LIMITED = "指标";
export const SIGN = "比较";
export const SIGN_NAMES: Record<Sign, string> = { ">=": "≥", "<=": "≤" };
export const BOUND = "数值";
export const ADD_LIMIT = "添加指标";
export const REMOVE_LIMIT = "移除";
export const CLEAR_FILTERS = "全部清除";

export function filtersName(number: number): string {
  return number === 0 ? "筛选" : `筛选（${count(number)}）`;
}

export const SEARCHING = "正在搜索……";

export function foundCount(number: number): string {
  return number === 0 ? "没有匹配的文本" : `${count(number)} 段文本`;
}

export function foundNumber(at: number, number: number): string {
  return `第 ${count(at + 1)} 段，共 ${foundCount(number)}`;
}

export function textsToSave(isFound: boolean, total: number): string {
  return `${isFound ? "找到的文本" : "所有可见文本"}：${count(total)} 条`;
}

export const COPY_TITLE = "复制这段文本（c）";

export const TOKEN = "词元";
export const PROBABILITY = "概率";
export const RANK = "排名";
export const POSITION = "位置";
export const ALTERNATIVES = "此处概率最大的词元";
export const NOT_KNOWN = "未知";
export const TOKEN_HINT = "指向一段文本可读取其词元，单击可固定。";
export const NO_TOKENS = "该样本只记录了文本，没有记录词元。";
export const BEAM_TREE = "束搜索树";
export const BEAM_TREE_TITLE = "显示束搜索保留的各个假设";
export const NO_TREE = "所选文本不是束搜索得到的，或没有保留它的树。";
export const ATTENTION_OF_TOKEN = "该词元的注意力";
export const ATTENTION_OF_TEXT = "这段文本的注意力";
export const PROMPT = "提示文本";
export const REFERENCE = "参考答案";
export const NONE_CHOSEN = "单击一段文本，即可在这里读取它的数据。";

export const SAMPLE_LABEL = "生成文本；Shift 加方向键选择词元，Enter 固定";

export const TREE_LABEL = "束搜索树；Shift 加方向键选择词元，Enter 选取，拖动可移动树";

export const TREE_MEANING = "每一行是一个假设，最好的在最上面。线越粗概率越大；假设结束处有竖线和得分。";

export function beamToken(token: string, { probability, score, best, end }: BeamNode): string {
  const rank = `${best ? "，属于最佳假设" : ""}${end ? "，假设的结尾" : ""}`;
  return `“${token}”：概率 ${formatFigure(probability)}，得分 ${formatFigure(score)}${rank}`;
}

export const EMPTY_TREE = "这次束搜索没有保留任何词元。";

export function invalidExpression(query: string, detail: string): string {
  const reason = detail.slice(detail.lastIndexOf(": ") + 1).trim();
  return `“${query}”不是正则表达式（${reason}）。请改正，或作为普通文本搜索。`;
}

export function searchTooSlow(query: string): string {
  return `搜索“${query}”超过一秒，已停止。请简化表达式：(a+)+ 这样的嵌套重复会耗时很久。`;
}

export function searchFailed(detail: string): string {
  return `无法开始搜索：${detail}。请刷新页面。`;
}
