/** 全部中文。 */

export * as attention from "../../attention/zh-CN";
export * as embeddings from "../../embeddings/zh-CN";
export * as common from "../../language/zh-CN";
export * as samples from "../../samples/zh-CN";
export * as structure from "../../structure/en";
