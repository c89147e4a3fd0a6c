/** What is said of the embeddings view before it is loaded. */

import type { ViewWords } from "../../store/view";

export const VIEW: ViewWords = {
  name: "Embeddings",
  noData:
    "No embeddings logged yet. Add EmbeddingLogger(log_dir, labels=vocabulary) to model.fit(callbacks=[...]); the first record appears here as soon as it is written.",
  callbackLines: `from tb_seqviz_plugin.callbacks import EmbeddingLogger
model.fit(x, y, callbacks=[EmbeddingLogger(log_dir, labels=vocabulary)])`,
};

export const KEY_NAMES = {
  previousWord: "Previous word of the list",
  nextWord: "Next word of the list",
  wordBefore: "Back to the word before",
  pin: "Pin the chosen word, or release it",
  metric: "Cosine similarity, or Euclidean distance",
} as const;
