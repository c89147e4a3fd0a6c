/** 加载嵌入视图之前要说的话。 */

export const VIEW_NAME = "嵌入";
