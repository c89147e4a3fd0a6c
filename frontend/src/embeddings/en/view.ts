/** What is said of the embeddings view before it is loaded. */

export const VIEW_NAME = "Embeddings";

export const KEY_NAMES = {
  previousWord: "Previous word of the list",
  nextWord: "Next word of the list",
  wordBefore: "Back to the word before",
  pin: "Pin the chosen word, or release it",
  metric: "Cosine similarity, or Euclidean distance",
} as const;
