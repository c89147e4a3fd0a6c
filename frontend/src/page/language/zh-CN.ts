/** 中文，加载视图之前的全部文字。 */

export * as attention from "../../attention/zh-CN/view";
export * as embeddings from "../../embeddings/zh-CN/view";
export * as evaluation from "../../evaluation/zh-CN/view";
export * as common from "../../language/zh-CN";
export * as samples from "../../samples/zh-CN/view";
export * as structure from "../../structure/zh-CN/view";
