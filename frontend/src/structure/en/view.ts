/** What is said of the structure view before it is loaded. */

export const VIEW_NAME = "Structure";
