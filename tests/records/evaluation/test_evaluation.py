"""Evaluations to blobs and series, and back: what comes back, what is stored once, what is served, what is refused."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.evaluation_cases import EVALUATION_CASE
from helpers.served import decode_texts, fetch_from, make_client, make_provider

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.records.evaluation.blobs import encode_evaluation
from tb_seqviz_plugin.schema.evaluation import EVALUATION_COLUMNS
from tb_seqviz_plugin.wire.frame import decode_frame

ROWS = [
    {"slice": "all", "measure": "accuracy", "value": 0.75, "low": 0.5, "high": 1.0, "count": 4},
    {"slice": "class: a", "measure": "accuracy", "value": 0.25},
]


def plain(value: Any) -> Any:
    """Returns nested lists and dicts of a dataclass, in which NaN equals NaN."""
    return seen(dataclasses.asdict(value))


def seen(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: seen(item) for name, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [seen(item) for item in value]
    return "nan" if isinstance(value, float | np.floating) and math.isnan(value) else value


def test_all_comes_back(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.evaluation("golden", EVALUATION_CASE, step=3)
    (record,) = seqviz.read(tmp_path, "evaluation")
    found, expected = plain(record), plain(EVALUATION_CASE)
    for curve in expected["curves"]:
        for name in ("count", "low", "high"):
            curve[name] = curve[name] or [0 if name == "count" else "nan"] * len(curve["x"])
    assert {name: found[name] for name in expected} == expected
    assert (record.tag, record.step) == ("evaluation/golden", 3)


def test_rows_may_be_dicts_and_all_else_may_be_left_out(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.evaluation("v", ROWS, step=0, confusion=[[1, 2], [3, 4]])
    (record,) = seqviz.read(tmp_path, "evaluation")
    assert dataclasses.asdict(record.table[0]) == ROWS[0]
    assert math.isnan(record.table[1].low)
    assert record.confusion["all"].tolist() == [[1, 2], [3, 4]]
    assert (record.classes, record.task, record.examples) == (["0", "1"], "other", [])


def test_the_table_and_the_texts_of_all_steps_are_one_answer_each(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as writer:
        for step in range(3):
            example = seqviz.EvaluationExample("in", "out", f"said {step}", step == 2, 0.5, ["class: a"])
            writer.evaluation("v", [{**row, "value": step} for row in ROWS], step=step, examples=[example])
    fetch = fetch_from(make_client(make_provider(tmp_path)))
    place = {"run": ".", "tag": "evaluation/v"}
    measures = decode_frame(fetch("measures", **place).body)
    assert measures.header == {
        "names": list(EVALUATION_COLUMNS),
        "slices": ["all", "class: a"],
        "measures": ["accuracy", "accuracy"],
    }
    assert measures.arrays["values"][:, :, 0].tolist() == [[step, step] for step in range(3)]
    texts, setups = decode_texts(fetch("texts", {"Accept-Encoding": "identity"}, **place).body)
    assert [header["texts"] for header in texts.values()] == [[f"said {step}"] for step in range(3)]
    assert list(setups) == [0]
    assert setups[0]["inputs"] == ["in"]


def test_the_measures_of_everything_are_scalars_too() -> None:
    encoded = encode_evaluation(EVALUATION_CASE, tag="evaluation/v")
    assert encoded.scalars == {"evaluation/v/accuracy": 0.75, "evaluation/v/bleu": 31.25}


CURVE = {"by": "position", "measure": "accuracy", "x": [0, 1], "value": [0.5, 1]}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"table": []}, "first row of an evaluation is of the slice none; expected 'all'"),
    ({"table": ROWS[1:]}, "first row of an evaluation is of the slice 'class: a'; expected 'all'"),
    ({"table": [ROWS[0], ROWS[0]]}, "'accuracy' of the slice 'all' is in the table of an evaluation twice"),
    ({"table": [{"slice": "all"}]}, "A row of an evaluation is .*; expected an EvaluationRow, or a dict such as"),
    ({"table": [{**ROWS[0], "value": "high"}]}, "value of 'accuracy' of the slice 'all' is 'high'; expected a number"),
    ({"table": [{**ROWS[0], "slice": ""}]}, "slice of a row of an evaluation is ''; expected its name"),
    ({"examples": ["text"]}, "examples of an evaluation hold 'text'; expected EvaluationExamples"),
    ({"task": "tagging"}, "task of an evaluation is 'tagging'; expected one of 'classification', "),
    ({"confusion": [[1, 2]]}, r"confusion matrix of the slice 'all' has shape \[1, 2\]; expected \[classes, classes\]"),
    ({"confusion": [[0.5]]}, "confusion matrix of the slice 'all' has 0.5 among its counts; expected whole numbers"),
    ({"confusion": [[1]], "classes": ["a", "b"]}, r"the sizes \[1, 2\]; expected one size for all"),
    ({"classes": "ab"}, "classes of an evaluation are 'ab'; expected a list of their names"),
    ({"table": EVALUATION_CASE, "notes": ["Lost."]}, "An Evaluation was given, and other parts of one beside it"),
    ({"notes": "A note."}, "notes are 'A note.'; expected a list of sentences"),
]


@pytest.mark.parametrize(("given", "sentence"), WRONG)
def test_what_cannot_be_stored_is_refused(tmp_path: Path, given: dict[str, Any], sentence: str) -> None:
    with seqviz.Writer(tmp_path) as writer, pytest.raises(ValueError, match=sentence):
        writer.evaluation("v", **{"table": ROWS, "step": 0, **given})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"inputs": 3}, "inputs of an example is 3; expected text"),
        ({"inputs": "", "probability": 1.5}, "example has the probability 1.5; expected 0 to 1"),
        ({"inputs": "", "slices": "all"}, "slices of an example are 'all'; expected a list of their names"),
    ],
)
def test_an_example_that_cannot_be_stored_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        seqviz.EvaluationExample(**given)


def test_a_curve_has_one_number_per_point() -> None:
    with pytest.raises(ValueError, match=r"curve of 'accuracy' by 'position' has \(2,\) for x and \(1,\) for value"):
        seqviz.EvaluationCurve(**{**CURVE, "value": [0.5]})
