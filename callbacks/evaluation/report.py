"""Report: an evaluation in Python, as a table that prints well."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from tb_seqviz_plugin.records.evaluation.record import Evaluation, EvaluationExample, EvaluationRow
from tb_seqviz_plugin.records.tokens.record import Tokens
from tb_seqviz_plugin.schema.evaluation import WHOLE_SET

_COLUMNS = ("slice", "measure", "value", "low", "high", "count")
_MOST_PRINTED = 8


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
        there = ", ".join(dict.fromkeys(row.measure for row in self.table if row.slice in (slice, WHOLE_SET)))
        raise KeyError(f"There is no {measure!r} of the slice {slice!r}; there are {there}.")

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
        """Returns slices as rows and the first measures as columns, then what there is to know."""
        measures = list(dict.fromkeys(row.measure for row in self.table if not _is_minor(row.measure)))[:_MOST_PRINTED]
        slices = list(dict.fromkeys(row.slice for row in self.table))
        found = {(row.slice, row.measure): row for row in self.table}
        lines = [["slice", "count", *measures]]
        for name in slices:
            rows = [found.get((name, measure)) for measure in measures]
            first = next((row for row in rows if row is not None), None)
            lines.append([name, _count(first), *map(_cell, rows)])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        text = "\n".join(
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width) for place, (cell, width) in enumerate(pairs)
            )
            for pairs in ([*zip(line, widths, strict=True)] for line in lines)
        )
        said = [self.evaluation.interval and f"± half of the interval: {self.evaluation.interval}", *self.notes]
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
