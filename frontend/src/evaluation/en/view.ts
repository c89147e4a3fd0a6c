/** What is said of the evaluation view before it is loaded. */

export const VIEW_NAME = "Evaluation";
