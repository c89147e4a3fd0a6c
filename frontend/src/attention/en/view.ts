/** What is said of the attention view before it is loaded. */

export const VIEW_NAME = "Attention";
