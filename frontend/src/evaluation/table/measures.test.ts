import { expect, it } from "vitest";
import { measureName } from "../zh-CN";
import { lowerIsBetter, measuresAtFirst, worseBy } from "./measures";

it("knows of which measures less is better", () => {
  const less = [
    "log_loss",
    "loss",
    "token_loss",
    "perplexity",
    "in_context_score",
    "edit_distance",
    "expected_calibration_error",
    "brier_score",
  ];
  expect(less.filter((name) => !lowerIsBetter(name))).toEqual([]);
  const more = [
    "accuracy",
    "f1_macro",
    "chrf",
    "bleu",
    "rougeL",
    "roc_auc",
    "exact_match",
    "top_5_accuracy",
    "closed",
    "recall/loss",
  ];
  expect(more.filter(lowerIsBetter)).toEqual([]);
  expect(worseBy("loss", 3, 2)).toBe(1);
  expect(worseBy("chrf", 30, 50)).toBe(20);
});

it("shows what tells most first", () => {
  expect(measuresAtFirst(["recall", "log_loss", "accuracy", "chrf"])).toEqual(["chrf", "accuracy", "log_loss"]);
  expect(measuresAtFirst(["own"])).toEqual(["own"]);
});

it("are named in Chinese, whichever the evaluator takes", () => {
  expect(["in_context_score", "roc_auc_ovr", "top_5_accuracy", "mine_too"].map(measureName)).toEqual([
    "上下文学习得分",
    "ROC AUC（一对其余）",
    "前 5 准确率",
    "mine too",
  ]);
});
