/** What is said of the embeddings view before it is loaded. */

export const VIEW_NAME = "Embeddings";
