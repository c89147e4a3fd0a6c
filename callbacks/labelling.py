"""Which labels belong to which table, and which of its rows are logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.base import sentence_of
from tb_seqviz_plugin.callbacks.embedding_tables import Table
from tb_seqviz_plugin.callbacks.labels import RowLabels, is_by_layer, labels_of, matches, repeated
from tb_seqviz_plugin.projector import LONGEST_LABEL, MOST_ROWS
from tb_seqviz_plugin.schema import FREQUENCY_COLUMNS


@dataclass(frozen=True, eq=False)
class Labelled:
    """The rows of a table that are logged, and what they stand for.

    Args:
        rows: int64 [rows], their places in the table, rising.
        labels: one per logged row.
        columns: what else is known of each, by name.
        notes: what a reader should know about them, as sentences.
        problems: those of the notes that something is wrong.
    """

    rows: npt.NDArray[np.int64]
    labels: list[str]
    columns: dict[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def label_tables(source: Any, tables: Sequence[Table], skip: Sequence[int | str]) -> dict[str, Labelled]:
    """Returns the labelled rows of each table, by path.

    A source that is not given by layer labels the tables that it fits: those of as many rows or, if it is a vocabulary and there
    are none, those of more; and none of positions. Tables that no labels fit are named by the numbers of their rows, and so
    are all where the labels cannot be read.

    Args:
        source: labels, or a dict from patterns of layers to labels.
        tables: the tables.
        skip: rows to leave out, by number or label.
    """
    labelled = {}
    plain = None if is_by_layer(source) or source is None else source
    fits = {table.path: _fit_of(plain, table, skip) for table in tables if plain is not None}
    best = min((fit for path, fit in fits.items() if not _of_places(tables, path)), key=_order, default=None)
    for table in tables:
        given = _pattern_of(source, table.path)
        if given is not None:
            fit = _fit_of(given, table, skip)
        elif plain is not None and not table.is_of_places and best is not None:
            fit = fits[table.path]
            # Where the labels fit another table, this one was not meant.
            fit = fit if _order(fit) == _order(best) else _Fit(fit.order, _numbers(table.rows), {}, ())
        else:
            fit = _Fit(0, _numbers(table.rows), {}, ())
        labelled[table.path] = _choose(fit, table, skip)
    return labelled


@dataclass(frozen=True, eq=False)
class _Fit:
    """How well labels fit a table: 0 as many, 1 a vocabulary with fewer words, 2 not at all."""

    order: int
    texts: list[str]
    columns: dict[str, list[str]]
    notes: tuple[str, ...]


def _order(fit: _Fit) -> int:
    return fit.order


def _of_places(tables: Sequence[Table], path: str) -> bool:
    return any(table.is_of_places for table in tables if table.path == path)


def _pattern_of(source: Any, path: str) -> Any:
    if not is_by_layer(source):
        return None
    return next((labels for pattern, labels in source.items() if matches(path, pattern)), None)


def _numbers(rows: int) -> list[str]:
    return [str(row) for row in range(rows)]


def _fit_of(source: Any, table: Table, skip: Sequence[int | str]) -> _Fit:
    try:
        labels = labels_of(source, table.rows)
    except Exception as error:  # whatever a tokenizer of the user's may raise
        problem = f"Layer {table.path!r} has no labels, and its rows are named by their numbers: {sentence_of(error)}"
        return _Fit(2, _numbers(table.rows), {}, (problem,))
    return _fit(labels, table, skip)


def _fit(labels: RowLabels, table: Table, skip: Sequence[int | str]) -> _Fit:
    given = len(labels.texts) if labels.vocabulary is None else labels.vocabulary
    skipped = {row for row in skip if isinstance(row, int) and 0 <= row < table.rows}
    if given == table.rows:
        return _Fit(0, labels.texts, labels.columns, ())
    if given == table.rows - len(skipped):
        kept = [row for row in range(table.rows) if row not in skipped]
        spread = {name: _spread(values, kept, table.rows) for name, values in labels.columns.items()}
        return _Fit(0, _named(_spread(labels.texts, kept, table.rows)), spread, ())
    if labels.vocabulary is not None and given < table.rows:
        rest = range(given, table.rows)
        note = f"The vocabulary has {given:,} words for {table.rows:,} rows; the last {len(rest):,} are named by their numbers."
        columns = {name: [*values, *[""] * (table.rows - len(values))] for name, values in labels.columns.items()}
        return _Fit(1, [*labels.texts, *(f"[{row}]" for row in rest)], columns, (note,))
    longer = f"{given - table.rows:,} more" if given > table.rows else f"{table.rows - given:,} fewer"
    hint = " Labels that leave out row 0, that of padding, fit with skip_rows=(0,)." if given == table.rows - 1 else ""
    problem = (
        f"Layer {table.path!r} has {table.rows:,} rows and {given:,} labels were given, {longer}; its rows are named by their "
        f"numbers.{hint}"
    )
    return _Fit(2, _numbers(table.rows), {}, (problem,))


def _spread(values: Sequence[str], places: Sequence[int], length: int) -> list[str]:
    spread = [""] * length
    for place, value in zip(places, values, strict=True):
        spread[place] = value
    return spread


def _named(labels: Sequence[str]) -> list[str]:
    return [label if label else f"[{row}]" for row, label in enumerate(labels)]


def _choose(fit: _Fit, table: Table, skip: Sequence[int | str]) -> Labelled:
    """Returns the rows to log: those not skipped, at most as many as the Projector draws, the most frequent."""
    columns = {name: values for name, values in fit.columns.items() if len(values) == table.rows}
    problems = [note for note in fit.notes if fit.order == 2]
    problems += [
        f"The column {name!r} has {len(values):,} values for the {table.rows:,} rows of layer {table.path!r}; it is left out."
        for name, values in fit.columns.items()
        if name not in columns
    ]
    skipped = set(skip)
    rows = np.array(
        [row for row, label in enumerate(fit.texts) if row not in skipped and label not in skipped], np.int64
    )
    if not len(rows):
        problems.append(f"skip_rows leaves out all {table.rows:,} rows of layer {table.path!r}; they are all logged.")
        rows = np.arange(table.rows)
    notes = [note for note in fit.notes if fit.order != 2]
    if len(rows) > MOST_ROWS:
        rows, how = _most_frequent(rows, columns)
        problems.append(
            f"Layer {table.path!r} has {table.rows:,} rows; the Projector draws {MOST_ROWS:,}, so only so many are logged: {how}."
        )
    labels = [fit.texts[row] for row in rows]
    notes += [sentence for sentence in (repeated(labels), _long(labels)) if sentence]
    return Labelled(
        rows,
        labels,
        {name: [values[row] for row in rows] for name, values in columns.items()},
        (*problems, *notes),
        tuple(problems),
    )


def _most_frequent(
    rows: npt.NDArray[np.int64], columns: Mapping[str, Sequence[str]]
) -> tuple[npt.NDArray[np.int64], str]:
    for name in columns:
        if name.lower() in FREQUENCY_COLUMNS:
            try:
                counts = np.array([float(columns[name][row] or 0) for row in rows])
            except ValueError:
                continue
            return np.sort(rows[np.argsort(-counts, kind="stable")[:MOST_ROWS]]), f"those of the highest {name!r}"
    return rows[:MOST_ROWS], "the first, since vocabularies begin with the most frequent words"


def _long(labels: Sequence[str]) -> str:
    count = sum(len(label) > LONGEST_LABEL for label in labels)
    longest = max(map(len, labels))
    if not count:
        return ""
    return (
        f"{count:,} labels are longer than {LONGEST_LABEL} characters, the longest {longest:,}; the Projector shows the "
        "beginning of each."
    )
