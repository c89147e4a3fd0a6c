/** English, whole. */

export * as attention from "../../attention/en";
export * as embeddings from "../../embeddings/en";
export * as common from "../../language/en";
export * as samples from "../../samples/en";
export * as structure from "../../structure/en";
