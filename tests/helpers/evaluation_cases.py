"""An evaluation and the tokens of a text that hold something of everything, for golden files and tests of both languages."""

from __future__ import annotations

import math

import numpy as np

from tb_seqviz_plugin.records.evaluation.record import (
    Evaluation,
    EvaluationCurve,
    EvaluationExample,
    EvaluationRow,
)
from tb_seqviz_plugin.records.tokens.record import Tokens

EVALUATION_CASE = Evaluation(
    table=[
        EvaluationRow("all", "accuracy", 0.75, 0.625, 0.875, 4),
        EvaluationRow("all", "bleu", 31.25, count=4),
        EvaluationRow("target_length: 5 to 9", "accuracy", 0.5, 0.25, 0.75, 2),
        EvaluationRow("target_length: 5 to 9", "bleu", math.nan, count=0),
        EvaluationRow("日本: \ud83d & x: <b>", "accuracy", 0, 0, 0),
    ],
    examples=[
        EvaluationExample("the cat", "die Katze", "die Katze", True, 0.5, index=2),
        EvaluationExample(
            "日本", "Japan", "", False, 0.0078125, ("target_length: 5 to 9", "日本: \ud83d & x: <b>"), 300
        ),
        EvaluationExample("no reference", "", "die Katze", index=7),
        EvaluationExample("", correct=True, probability=0, slices=("target_length: 5 to 9",), index=70000),
    ],
    curves=[
        EvaluationCurve(
            "position",
            "accuracy",
            np.arange(3, dtype=np.float32),
            np.array([1, 0.5, np.nan], np.float32),
            np.array([300, 2, 0]),
            np.array([0.5, 0.25, np.nan], np.float32),
            np.array([1, 0.75, np.nan], np.float32),
            mode="teacher_forced",
        ),
        EvaluationCurve("confidence", "accuracy", np.array([0.25], np.float32), np.array([0.5], np.float32)),
    ],
    confusion={"all": np.array([[3, 0], [1, 70000]]), "target_length: 5 to 9": np.array([[1, 0], [1, 0]])},
    classes=["negative", "positive"],
    task="sequence_to_sequence",
    signatures={"bleu": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.4.0"},
    interval="95 %, made for tests.",
    evaluated=4,
    notes=["Made for tests."],
)

TOKENS_CASE = Tokens(
    text="the 日本\ud83d",
    tokens=["the", " 日本", "\ud83d"],
    probabilities=np.array([np.nan, 0.25, 0], np.float32),
    ranks=np.array([0, 1, 70000]),
    lengths=[3, 3, 1],
    source="die",
    vocabulary_size=80000,
    attention="probe/0",
    notes=["Made for tests."],
)
