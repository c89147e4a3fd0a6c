"""Report: an evaluation in Python, as a table that prints well."""

from __future__ import annotations

import itertools
import math
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from tb_seqviz_plugin.records.evaluation.record import Evaluation, EvaluationExample, EvaluationRow
from tb_seqviz_plugin.records.tokens.record import Tokens
from tb_seqviz_plugin.schema.evaluation import WHOLE_SET

_COLUMNS = ("slice", "measure", "value", "low", "high", "count")
_FIRST = (
    "accuracy",
    "log_loss",
    "perplexity",
    "chrf",
    "bleu",
    "f1_macro",
    "roc_auc",
    "roc_auc_ovr",
    "rougeL",
    "exact_match",
)
"""What is printed before other measures where there is little room."""
_WIDE, _FEWEST = 120, 3
"""Characters of a line where there is no terminal, and measures that are printed however few they are."""


class Report:
    """What `evaluate` found out.

    Args:
        evaluation: the measures, and the examples behind them.
        tokens: of some of the examples how probable each token is.
    """

    def __init__(self, evaluation: Evaluation, tokens: Sequence[Tokens] = ()) -> None:
        self.evaluation, self.tokens = evaluation, tokens

    @property
    def table(self) -> Sequence[EvaluationRow]:
        """A row for each measure of each slice."""
        return self.evaluation.table

    @property
    def examples(self) -> Sequence[EvaluationExample]:
        """The examples behind it."""
        return self.evaluation.examples

    @property
    def notes(self) -> Sequence[str]:
        """What a reader should know, as sentences."""
        return self.evaluation.notes

    def value(self, measure: str, slice: str = WHOLE_SET) -> float:
        """Returns one number.

        Raises:
            KeyError: if there is no such measure of this slice.
        """
        for row in self.table:
            if (row.slice, row.measure) == (slice, measure):
                return row.value
        there = dict.fromkeys(row.measure for row in self.table if row.slice == slice)
        if not there:
            slices = dict.fromkeys(row.slice for row in self.table)
            raise KeyError(f"There is no slice {slice!r}; there are {', '.join(map(repr, slices))}.")
        raise KeyError(f"There is no {measure!r} of the slice {slice!r}; there are {', '.join(there)}.")

    def to_rows(self) -> list[dict[str, Any]]:
        """Returns the table as dicts."""
        return [{name: getattr(row, name) for name in _COLUMNS} for row in self.table]

    def to_pandas(self) -> Any:
        """Returns the table as a `pandas.DataFrame`.

        Raises:
            ModuleNotFoundError: if pandas is not installed.
        """
        if find_spec("pandas") is None:
            raise ModuleNotFoundError("to_pandas() needs pandas: pip install pandas. to_rows() does without.")
        import pandas as pd

        return pd.DataFrame(self.to_rows(), columns=list(_COLUMNS))

    def __str__(self) -> str:
        """Returns slices as rows and measures as columns, as many as there is room for, then what there is to know."""
        every = list(dict.fromkeys(row.measure for row in self.table))
        measures = [name for name in _FIRST if name in every]
        measures += [name for name in every if name not in measures and not _is_minor(name)]
        slices = list(dict.fromkeys(row.slice for row in self.table))
        found = {(row.slice, row.measure): row for row in self.table}
        lines = [["slice", "count", *measures]]
        for name in slices:
            rows = [found.get((name, measure)) for measure in measures]
            first = next((row for row in rows if row is not None), None)
            lines.append([name, _count(first), *map(_cell, rows)])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        room = shutil.get_terminal_size((_WIDE, 0)).columns
        shown = 2 + max(_FEWEST, sum(end <= room for end in itertools.accumulate(width + 2 for width in widths)) - 2)
        lines, widths = [line[:shown] for line in lines], widths[:shown]
        hidden = [name for name in every if name not in measures[: shown - 2] and "/" not in name]
        hidden += ["those of each class"] * any("/" in name for name in every)
        text = "\n".join(
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(pairs)
            )
            for pairs in ([*zip(line, widths, strict=True)] for line in lines)
        )
        said = [
            f"Not printed, but in to_rows() and to_pandas(): {', '.join(hidden)}" if hidden else "",
            self.evaluation.interval and f"± half of the interval: {self.evaluation.interval}",
            *self.notes,
        ]
        return "\n".join([text, *filter(None, said)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Returns the table for notebooks."""
        return str(self.to_pandas()._repr_html_()) if find_spec("pandas") is not None else f"<pre>{self}</pre>"


def _is_minor(measure: str) -> bool:
    """Returns whether a measure is left out where there is little room: of one class, or the same as the accuracy."""
    return "/" in measure or measure.endswith("_micro")


def _count(row: EvaluationRow | None) -> str:
    return "" if row is None or math.isnan(row.count) else f"{row.count:,.0f}"


def _cell(row: EvaluationRow | None) -> str:
    if row is None or math.isnan(row.value):
        return "–"
    value = f"{row.value:.3f}" if abs(row.value) < 10 else f"{row.value:.1f}"
    half = (row.high - row.low) / 2
    return value if math.isnan(half) else f"{value} ±{half:.3f}" if abs(row.value) < 10 else f"{value} ±{half:.1f}"
