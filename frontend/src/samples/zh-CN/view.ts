/** 加载样本视图之前要说的话。 */

export const VIEW_NAME = "生成文本";
