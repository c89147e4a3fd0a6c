"""Logs for the browser tests of the Evaluation view, written without training."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import EvaluationCurve, EvaluationExample
from tb_seqviz_plugin.records.remarks import listed, remark

STEPS = range(1500, 18001, 1500)
SLICES = {
    "all": (997, 52.7),
    "source_length: 40 or more": (88, 39.1),
    "idioms": (61, 41.2),
    "numbers and dates": (143, 43.9),
    "rare words": (207, 45.5),
    "names": (312, 47.3),
    "questions": (96, 50.6),
    "passive": (130, 51.8),
    "negation": (118, 52.0),
    "quotes": (74, 53.4),
    "source_length: 10 to 39": (611, 54.9),
    "source_length: 0 to 9": (298, 58.8),
    "seen template": (55, 61.7),
    "poems": (12, 20.5),
}
"""By slice: how many sentences, and their chrF in the end."""
NOTES = [
    remark("NaN predictions", count=3),
    remark("slices of tokens", slices="frequency", measures=listed(["log_loss", "accuracy"], last="a, b")),
]
PAIRS = [
    (
        "该协定于1992年8月17日签署，共有19国参加。",
        "The agreement was signed on 17 August 1992 by 19 countries.",
        "The agreement was signed in August 1992 by 90 countries.",
        "It was in August.",
    ),
    (
        "价格上涨了3.5%，为十年来最高。",
        "Prices rose by 3.5 %, the highest in ten years.",
        "Prices rose by 35 %, the highest in ten years.",
        "The price is the price.",
    ),
    (
        "他于下午三点一刻离开。",
        "He left at a quarter past three in the afternoon.",
        "He left at a quarter past three in the afternoon.",
        "He left at three.",
    ),
    (
        "船长约一百二十米。",
        "The ship is about 120 metres long.",
        "The ship is one hundred and two metres long.",
        "The ship is about 120 metres long.",
    ),
    (
        "他们等了两个半小时。",
        "They waited for two and a half hours.",
        "They waited for two hours and a half hour.",
        "They waited.",
    ),
    (
        "春眠不觉晓。",
        "Asleep in spring, I did not heed the dawn.",
        "Asleep in spring, I did not heed the dawn.",
        "Spring.",
    ),
]
"""Source, reference, what is written in the end, and what before."""
CLASSES = ["Person", "Place", "Organisation", "Date", "Other"]
TEXT = ["The", " agreement", " was", " signed", " on", " 17", " August", " 1992", " by", " 19", " countries", "."]


def rows(step: int, seed: int) -> list[dict[str, object]]:
    """Returns the table of a step: measures near their slice's end, the closer the later."""
    table: list[dict[str, object]] = []
    rng = np.random.default_rng([step, seed])
    late = math.exp(-step / 3500)
    for name, (count, end) in SLICES.items():
        chrf = end - 34 * late + rng.normal(0, 0.5) - (2.5 * seed)
        half = 28 / math.sqrt(count)
        accuracy = 0.18 + chrf / 100
        table += [
            {"slice": name, "measure": "chrf", "value": chrf, "low": chrf - half, "high": chrf + half, "count": count},
            {
                "slice": name,
                "measure": "accuracy",
                "value": accuracy,
                "low": accuracy - half / 100,
                "high": accuracy + half / 100,
                "count": 20 * count,
            },
            {
                "slice": name,
                "measure": "log_loss",
                "value": 4.2 - chrf / 22,
                "low": 4.2 - (chrf + half) / 22,
                "high": 4.2 - (chrf - half) / 22,
                "count": 20 * count,
            },
            {"slice": name, "measure": "exact_match", "value": chrf / 400, "count": count},
        ]
    # Of tokens, of which there is none of the measures that are shown first.
    return [*table, {"slice": "frequency: 1 to 9", "measure": "exact_match", "value": 0.1, "count": 640}]


def examples(step: int, count: int = 24) -> list[EvaluationExample]:
    """Returns what is written of a few sentences; one is unlearnt on the way."""
    made = []
    for place in range(count):
        source, reference, late, early = PAIRS[place % len(PAIRS)]
        turn = 3000 + 1500 * (place % 7)
        said = late if step >= turn else early
        right = 1 / (1 + math.exp((turn - step) / 2500))
        sure = right * (0.9 if late == reference else 0.4) if early != reference else 0.8 - 0.5 * right
        slices = ["numbers and dates"] * (place % len(PAIRS) < 5) + ["poems"] * (place % len(PAIRS) == 5)
        made.append(EvaluationExample(source, reference, said, said == reference, sure, slices, index=3 * place))
    return made


def curves(step: int, seed: int = 0) -> list[EvaluationCurve]:
    """Returns accuracy by position, fed with what is right and with the model's own, by length, and by confidence."""
    made = []
    late = math.exp(-step / 3500)
    x = np.arange(32, dtype=np.float32)
    for mode, falls in (("teacher_forced", 0.002), ("free_running", 0.012)):
        value = np.float32(0.8 - 0.5 * late - 0.05 * seed) - np.float32(falls) * x
        half = np.float32(0.01) + x / np.float32(800)
        made.append(
            EvaluationCurve(
                "position", "accuracy", x, value, 997 - 30 * np.arange(32), value - half, value + half, mode=mode
            )
        )
    lengths = np.array([5, 15, 25, 35, 50], np.float32)
    made.append(
        EvaluationCurve(
            "source_length", "chrf", lengths, 60 - lengths / 2 - np.float32(30 * late), np.array([300, 400, 200, 90, 7])
        )
    )
    sure = (np.arange(10, dtype=np.float32) + np.float32(0.5)) / 10
    right = np.clip(sure - np.float32(0.1 * (1 - late)), 0, 1)
    made.append(EvaluationCurve("confidence", "accuracy", sure, right, np.geomspace(20, 5000, 10).astype(np.int64)))
    return made


def confusion(step: int, seed: int = 0) -> np.ndarray:
    """Returns how often classes are taken for each other, less and less."""
    late = math.exp(-step / 3500) + 0.1 * seed
    right = np.diag([300, 220, 140, 60, 9]) * (1 - 0.6 * late)
    wrong = np.array([[0, 12, 40, 1, 0], [9, 0, 30, 0, 2], [22, 41, 0, 0, 3], [0, 1, 0, 0, 7], [1, 2, 8, 3, 0]])
    return (right + wrong * (0.4 + late)).astype(np.int64)


def token_probabilities(step: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the probability and the rank of each token: each is learnt at its own step, the sixth is forgotten."""
    learnt = np.array([500, 7000, 1500, 5000, 2500, 9000, 6000, 12000, 2000, 15000, 6500, 800])
    sure = 0.97 / (1 + np.exp((learnt - step) / 900)) + 0.0002
    if step > 14000:
        sure[5] = 0.02
    sure[0] = np.nan
    ranks = np.where(np.nan_to_num(sure) > 0.4, 1, np.ceil(3 / np.nan_to_num(sure, nan=1)))
    ranks[0] = 0
    return sure.astype(np.float32), ranks.astype(np.int64)


def write_evaluation(writer: seqviz.Writer, step: int, seed: int = 0) -> None:
    """Logs all of one step."""
    writer.evaluation(
        "flores-dev",
        rows(step, seed),
        step=step,
        examples=examples(step),
        curves=curves(step, seed),
        confusion=confusion(step, seed),
        classes=CLASSES,
        task="sequence_to_sequence",
        signatures={"chrf": "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.4.0"},
        interval=remark("bootstrap", draws=1000, seed="0"),
        evaluated=997,
        notes=NOTES if step == 3000 else [],
    )
    probabilities, ranks = token_probabilities(step)
    writer.tokens(
        "agreement",
        "".join(TEXT),
        TEXT,
        probabilities,
        step=step,
        ranks=ranks,
        lengths=[len(token) for token in TEXT],
        source=PAIRS[0][0],
        vocabulary_size=8000,
        attention="agreement",
    )


def write_labels(writer: seqviz.Writer) -> None:
    """Logs labels of tokens at two steps; of the last word the model is wrong, at first of another, too."""
    confusion = np.array([[9, 0, 1], [0, 5, 0], [2, 0, 0]])
    for step, said in ((0, "New York O O"), (10, "O New York O")):
        writer.evaluation(
            "tags",
            [{"slice": "all", "measure": "accuracy", "value": 0.5 + step / 100, "count": 17}],
            step=step,
            examples=[
                EvaluationExample("In NYC today", "O New York Date", said, False, 0.4, ["all"]),
                EvaluationExample("Here", "O", "O", True, 0.9, ["all"]),
            ],
            confusion=confusion,
            classes=["O", "New York", "Date"],
            task="token_labelling",
        )


def write_evaluation_logs(root: Path) -> None:
    """Writes the runs that the tests of the view look at."""
    for seed, run in enumerate(("baseline/seqviz", "small/seqviz")):
        with seqviz.Writer(root / run) as writer:
            for step in STEPS:
                write_evaluation(writer, step, seed)
                if step % 6000 == 0:
                    weights = np.tile(np.tri(len(TEXT), dtype=np.float32), (2, 1, 1))
                    weights /= weights.sum(-1, keepdims=True)
                    writer.attention("agreement", {"decoder": weights}, step=step, query_tokens=TEXT, key_tokens=TEXT)
    with seqviz.Writer(root / "labels/seqviz") as writer:
        write_labels(writer)
