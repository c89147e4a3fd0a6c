/** 保存为文件时的文字。 */

import { count } from "../../language/zh-CN";

export const TITLE = "导出";

export const PICTURE = "图片";
export const IN_SIGHT = "当前可见的内容，与所画一致";
export const DATA = "数据";
export const WRITING = "正在写入……";

export function saveAs(name: string, kind: string): string {
  return `${kind.toUpperCase()}：${name}`;
}

export function notSaved(reason: string): string {
  return `未能保存：${reason}`;
}

export const ONE_FILE = "单个 HTML 文件";

export function oneFileOf(runs: number): string {
  return runs === 1 ? "当前显示的运行" : `当前显示的 ${count(runs)} 个运行`;
}

export const OF_ALL_RUNS = "全部运行";
export const ONE_FILE_MEANING = "包含所有视图及其全部记录和步。任何浏览器都能打开，可直接从磁盘打开，无需网络。";
export const IS_A_FILE = "本页就是这样的文件，没有服务器可以再写一个。";
