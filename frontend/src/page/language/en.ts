/** English, what is said before a view is looked at. */

export * as attention from "../../attention/en/view";
export * as embeddings from "../../embeddings/en/view";
export * as evaluation from "../../evaluation/en/view";
export * as common from "../../language/en";
export * as samples from "../../samples/en/view";
export * as structure from "../../structure/en/view";
