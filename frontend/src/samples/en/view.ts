/** What is said of the samples view before it is loaded. */

export const VIEW_NAME = "Samples";
