/** 加载评估视图之前要说的话。 */

export const VIEW_NAME = "评估";
