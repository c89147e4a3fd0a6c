"""What a record of evaluation is in Python: measures by slice, and the examples behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, get_args

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.arguments import as_float32, check_probabilities, check_texts, check_whole
from tb_seqviz_plugin.records.record import Record
from tb_seqviz_plugin.schema.evaluation import WHOLE_SET, EvaluationTask

Float = npt.NDArray[np.float32]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class EvaluationRow:
    """One measure of one slice.

    Args:
        slice: the slice, "all" for everything.
        measure: what was measured, as scikit-learn, sacrebleu or rouge-score names it.
        value: what it is; NaN where there is nothing to measure.
        low: the lower end of its confidence interval, NaN for none.
        high: the upper end.
        count: of how many examples or tokens it is; NaN where that is not known.

    Raises:
        ValueError: if the names are no text, or a number is none.
    """

    slice: str
    measure: str
    value: float
    low: float = math.nan
    high: float = math.nan
    count: float = math.nan

    def __post_init__(self) -> None:
        for name in ("slice", "measure"):
            given = getattr(self, name)
            if not isinstance(given, str) or not given:
                raise ValueError(
                    f"The {name} of a row of an evaluation is {given!r}; expected its name, such as 'all'."
                )
        for name in ("value", "low", "high", "count"):
            try:
                object.__setattr__(self, name, float(getattr(self, name)))
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"The {name} of {self.measure!r} of the slice {self.slice!r} is {getattr(self, name)!r}; expected a number, or "
                    "NaN where it is not known."
                ) from error


@dataclass(frozen=True)
class EvaluationExample:
    """An example behind the measures.

    Args:
        inputs: what the prediction was made from, as text; "" where only its numbers are kept.
        reference: what is right, "" where nothing is known.
        prediction: what the model said.
        correct: whether that is right, None where nothing is known.
        probability: of what is right; of several tokens their geometric mean. NaN where it is not known.
        slices: those that it, or a token of it, is in, but for "all", in which every example is.
        index: its place in the data set; -1 for that in the list of examples.

    Raises:
        ValueError: if a text is none, or the probability is out of range.
    """

    inputs: str
    reference: str = ""
    prediction: str = ""
    correct: bool | None = None
    probability: float = math.nan
    slices: Sequence[str] = ()
    index: int = -1

    def __post_init__(self) -> None:
        for name in ("inputs", "reference", "prediction"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"The {name} of an example is {getattr(self, name)!r}; expected text.")
        check_texts("slices of an example", self.slices, "their names")
        check_probabilities("an example", [self.probability])
        check_whole("An example", "places", [self.index], least=-1)
        if self.correct is not None:
            object.__setattr__(self, "correct", bool(self.correct))


@dataclass(frozen=True, eq=False)
class EvaluationCurve:
    """A measure along something, such as the position in the sequence.

    Args:
        by: what lies along it, such as "position", "source_length", "target_length" or "confidence".
        measure: what its values are, such as "accuracy".
        x: float32 [points], rising.
        value: float32 [points], NaN where there is nothing to measure.
        count: of how many examples or tokens each is; empty where that is not known.
        low: float32 [points], the lower ends of the confidence intervals; empty for none.
        high: the upper ends.
        slice: of which slice it is.
        mode: "teacher_forced", "free_running", or "" where that makes no difference.

    Raises:
        ValueError: if the sizes do not fit each other, or a number is none.
    """

    by: str
    measure: str
    x: Float
    value: Float
    count: Counts = field(default_factory=lambda: np.zeros(0, np.int64))
    low: Float = field(default_factory=lambda: np.zeros(0, np.float32))
    high: Float = field(default_factory=lambda: np.zeros(0, np.float32))
    slice: str = WHOLE_SET
    mode: str = ""

    def __post_init__(self) -> None:
        whose = f"The curve of {self.measure!r} by {self.by!r}"
        check_texts(f"names of the {whose[4:]}", (self.by, self.measure, self.slice, self.mode), "texts")
        check_whole(whose, "counts", self.count)
        for name in ("x", "value", "low", "high"):
            values = as_float32(f"{name} of the {whose[4:]}", getattr(self, name), "[points]")
            object.__setattr__(self, name, values)
        object.__setattr__(self, "count", np.asarray(self.count, np.int64))
        for name in ("value", "count", "low", "high"):
            shape = getattr(self, name).shape
            if (shape != self.x.shape and (shape != (0,) or name == "value")) or len(shape) != 1:
                raise ValueError(
                    f"{whose} has {self.x.shape} for x and {shape} for {name}; expected one number per point."
                )


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How well a model does at one step.

    Args:
        table: a row for each measure of each slice, each once; the first is of the slice "all". Rows may be dicts.
        examples: those behind it, the same at all steps, in the same order.
        curves: measures along positions, lengths or the confidence.
        confusion: by slice, whole numbers [classes, classes], how often what is of a class (rows) was taken for one (columns).
        classes: what the classes are called; empty to number them.
        task: what the model does.
        signatures: of measures that a library computes with choices, what it says of them, by measure.
        interval: how the intervals were made, as a sentence; "" for none.
        evaluated: how many examples were evaluated; 0 for those given.
        notes: what a reader should know about it, as sentences.

    Raises:
        ValueError: if there is no row, or the parts do not fit each other.
    """

    table: Sequence[EvaluationRow]
    examples: Sequence[EvaluationExample] = ()
    curves: Sequence[EvaluationCurve] = ()
    confusion: Mapping[str, Counts] = field(default_factory=dict)
    classes: Sequence[str] = ()
    task: EvaluationTask = "other"
    signatures: Mapping[str, str] = field(default_factory=dict)
    interval: str = ""
    evaluated: int = 0
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        table = [_row_of(row) for row in self.table]
        if not table or table[0].slice != WHOLE_SET:
            found = repr(table[0].slice) if table else "none"
            raise ValueError(
                f"The first row of an evaluation is of the slice {found}; expected {WHOLE_SET!r}, the slice of everything, first."
            )
        seen: set[tuple[str, str]] = set()
        for row in table:
            if (row.slice, row.measure) in seen:
                raise ValueError(
                    f"The measure {row.measure!r} of the slice {row.slice!r} is in the table of an evaluation twice; "
                    "expected it once."
                )
            seen.add((row.slice, row.measure))
        if self.task not in get_args(EvaluationTask):
            expected = ", ".join(map(repr, get_args(EvaluationTask)))
            raise ValueError(f"The task of an evaluation is {self.task!r}; expected one of {expected}.")
        for what, given, expected_type in (
            ("examples", self.examples, EvaluationExample),
            ("curves", self.curves, EvaluationCurve),
        ):
            for each in given:
                if not isinstance(each, expected_type):
                    raise ValueError(
                        f"The {what} of an evaluation hold {repr(each)[:60]}; expected {expected_type.__name__}s."
                    )
        check_texts("classes of an evaluation", self.classes, "their names")
        check_texts("notes of an evaluation", self.notes, "sentences")
        matrices = {name: _matrix_of(name, matrix) for name, matrix in self.confusion.items()}
        sizes = {len(matrix) for matrix in matrices.values()} | ({len(self.classes)} if self.classes else set())
        if len(sizes) > 1:
            raise ValueError(
                f"The confusion matrices and the classes of an evaluation have the sizes {sorted(sizes)}; expected one "
                "size for all."
            )
        check_whole("An evaluation", "counts of examples", [self.evaluated])
        classes = list(self.classes) or [str(place) for place in range(max(sizes, default=0))]
        given_fields = {"table": table, "confusion": matrices, "classes": classes}
        given_fields["evaluated"] = self.evaluated or len(self.examples)  # type: ignore[assignment]
        for name, value in given_fields.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False)
class EvaluationRecord(Record):
    """What an event file holds about how well a model does at one step.

    Args:
        run: the run, that is the folder below the log directory.
        tag: "evaluation/<name>".
        step: the step at which it was logged.
        wall_time: when it was logged, in seconds since 1970.
        table: a row for each measure of each slice.
        examples: those behind it.
        curves: measures along positions, lengths or the confidence.
        confusion: by slice, int64 [classes, classes], how often what is of a class (rows) was taken for one (columns).
        classes: what the classes are called.
        task: what the model does.
        signatures: of measures that a library computes with choices, what it says of them, by measure.
        interval: how the intervals were made.
        evaluated: how many examples were evaluated.
        notes: what a reader should know about it, as sentences.
    """

    kind: ClassVar[str] = "evaluation"
    table: Sequence[EvaluationRow]
    examples: Sequence[EvaluationExample]
    curves: Sequence[EvaluationCurve]
    confusion: Mapping[str, Counts]
    classes: Sequence[str]
    task: EvaluationTask
    signatures: Mapping[str, str]
    interval: str
    evaluated: int
    notes: Sequence[str] = ()


def _row_of(given: Any) -> EvaluationRow:
    """Returns a row, which may be given as a dict.

    Raises:
        ValueError: if it is something else.
    """
    if isinstance(given, EvaluationRow):
        return given
    names = {each.name for each in fields(EvaluationRow)}
    if not isinstance(given, Mapping) or not {"slice", "measure", "value"} <= given.keys() <= names:
        raise ValueError(
            f"A row of an evaluation is {repr(given)[:80]}; expected an EvaluationRow, or a dict such as {{'slice': 'all', "
            "'measure': 'accuracy', 'value': 0.9}, with 'low', 'high' and 'count' where they are known."
        )
    return EvaluationRow(**given)


def _matrix_of(name: str, given: Any) -> Counts:
    matrix = np.asarray(given)
    check_whole(f"The confusion matrix of the slice {name!r}", "counts", matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(
            f"The confusion matrix of the slice {name!r} has shape {list(matrix.shape)}; expected [classes, classes]."
        )
    return matrix.astype(np.int64)
