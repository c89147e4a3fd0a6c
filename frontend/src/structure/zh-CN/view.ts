/** 加载结构视图之前要说的话。 */

export const VIEW_NAME = "结构";
