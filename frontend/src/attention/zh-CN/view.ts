/** 加载注意力视图之前要说的话。 */

export const VIEW_NAME = "注意力";
