"""Which labels belong to which table, and which of its rows are logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.arguments import matches
from tb_seqviz_plugin.callbacks.embeddings.labels import RowLabels, is_by_layer, labels_of, repeated
from tb_seqviz_plugin.callbacks.embeddings.tables import Table
from tb_seqviz_plugin.callbacks.errors import sentence_of
from tb_seqviz_plugin.projector.files import LONGEST_LABEL, MOST_ROWS
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.schema.embeddings import FREQUENCY_COLUMNS

Skip = Sequence[int | str] | Mapping[str, Sequence[int | str]]
"""Rows to leave out, by number or label; or by pattern of a layer."""
_SHOWN = 3


@dataclass(frozen=True, eq=False)
class Labelled:
    """The rows of a table that are logged, and what they stand for.

    Args:
        rows: int64 [rows], their indices in the table, rising.
        labels: one per logged row.
        columns: what else is known of each, by name.
        notes: what a reader should know about them, as sentences.
        problems: those of the notes that something is wrong.
        skipped: what was asked to be left out, and was.
    """

    rows: npt.NDArray[np.int64]
    labels: list[str]
    columns: dict[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    skipped: frozenset[int | str] = frozenset()


def label_tables(source: Any, tables: Sequence[Table], skip: Skip = (), classes: bool = False) -> dict[str, Labelled]:
    """Returns the labelled rows of each table, by path.

    A source that is not given by layer labels the tables that it fits: those of as many rows or, if there are none, those of the
    fewest more; and none of positions. Rows that the labels do not reach are named by their numbers, and so are all of a table that
    they do not fit, or where they cannot be read.

    Args:
        source: labels, or a dict from patterns of layers to labels.
        tables: the tables.
        skip: rows to leave out, by number or label, of the tables that get labels or, without labels, of all but those of
            positions; or a dict from patterns of layers to such rows.
        classes: whether labels are meant to stand at several rows.
    """
    labelled = {}
    plain = None if is_by_layer(source) or source is None else source
    skips = {table.path: _skip_of(skip, table) for table in tables}
    fits = {table.path: _fit_of(plain, table, skips[table.path]) for table in tables if plain is not None}
    best = min((fit for path, fit in fits.items() if not _of_positions(tables, path)), key=_missing, default=None)
    # Where the labels fit another table better, this one was not meant.
    meant = {
        path for path, fit in fits.items() if best and fit.missing == best.missing and not _of_positions(tables, path)
    }
    for table in tables:
        given, leave_out = _pattern_of(source, table.path), skips[table.path]
        if given is not None:
            fit = _fit_of(given, table, leave_out, "labels[...]")
        elif table.path in meant:
            fit = _with_note_on_others(fits[table.path], table, [each for each in tables if each.path in meant])
        else:
            fit = _Fit(0, _numbers(table.rows))
            leave_out = leave_out if source is None or isinstance(skip, Mapping) else ()
        labelled[table.path] = _choose(fit, table, leave_out, classes)
    return labelled


def without_effect(source: Any, skip: Skip, labelled: Mapping[str, Labelled], tables: Sequence[Table]) -> list[str]:
    """Returns sentences on labels and rows that were given and belong to no table.

    Args:
        source: as for `label_tables`.
        skip: as for `label_tables`.
        labelled: its answer.
        tables: all that there are, labelled or not.
    """
    known = [table.path for table in tables]
    paths = ", ".join(map(repr, known))
    patterns = {"labels": source if is_by_layer(source) else (), "skip_rows": skip if isinstance(skip, Mapping) else ()}
    sentences = [
        f"The key {pattern!r} in `{name}` matches no table of vectors; there are {paths}."
        for name, given in patterns.items()
        for pattern in given
        if not any(matches(path, pattern) for path in known)
    ]
    positional = [table.path for table in tables if table.is_of_positions]
    if source is not None and not is_by_layer(source) and len(positional) == len(tables) > 0:
        sentences.append(
            f"labels= names no row: the only tables are of positions, {paths}; give them by layer, as "
            f"labels={{{positional[0]!r}: ...}}."
        )
    by_pattern = skip if isinstance(skip, Mapping) else {"*": skip}
    rows = {
        row for pattern, each in by_pattern.items() if any(matches(path, pattern) for path in labelled) for row in each
    }
    done = {row for each in labelled.values() for row in each.skipped}
    if unknown := sorted(rows - done, key=str):
        listed = ", ".join(map(repr, unknown))
        sentences.append(
            f"skip_rows holds {listed}, and no row of {', '.join(map(repr, labelled))} has this number or label; nothing is left "
            "out for it."
        )
    return sentences


@dataclass(frozen=True, eq=False)
class _Fit:
    """How well labels fit a table.

    Args:
        missing: how many rows have none; infinite if the labels do not fit at all.
        texts: one per row.
        columns: the same, by name.
        notes: on how they fit, as sentences.
        is_problem: whether the notes say that something may be wrong.
    """

    missing: float
    texts: list[str]
    columns: dict[str, list[str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    is_problem: bool = False


def _missing(fit: _Fit) -> float:
    return fit.missing


def _of_positions(tables: Sequence[Table], path: str) -> bool:
    return any(table.is_of_positions for table in tables if table.path == path)


def _skip_of(skip: Skip, table: Table) -> Sequence[int | str]:
    if isinstance(skip, Mapping):
        return next((rows for pattern, rows in skip.items() if matches(table.path, pattern)), ())
    return () if table.is_of_positions else skip


def _with_note_on_others(fit: _Fit, table: Table, meant: Sequence[Table]) -> _Fit:
    """Returns the fit with a note where the same labels went to tables of other layers, which may have words of their own."""
    others = [each.path for each in meant if each is not table and not _are_of_one_layer(each.path, table.path)]
    if fit.is_problem or not others:
        return fit
    listed = ", ".join(map(repr, others[:_SHOWN])) + (", …" if len(others) > _SHOWN else "")
    return replace(fit, notes=(*fit.notes, remark("labels fit others", others=listed, layer=repr(table.path))))


def _are_of_one_layer(path: str, other: str) -> bool:
    return path.startswith(f"{other}/") or other.startswith(f"{path}/")


def _pattern_of(source: Any, path: str) -> Any:
    if not is_by_layer(source):
        return None
    return next((labels for pattern, labels in source.items() if matches(path, pattern)), None)


def _numbers(rows: int) -> list[str]:
    return [str(row) for row in range(rows)]


def _fit_of(source: Any, table: Table, skip: Sequence[int | str], argument: str = "labels=") -> _Fit:
    try:
        labels = labels_of(source, table.rows, argument)
    except Exception as error:  # whatever a tokenizer of the user's may raise
        return _no_fit(table, remark("no labels", layer=repr(table.path), error=sentence_of(error)))
    return _fit(labels, table, skip)


def _no_fit(table: Table, problem: str) -> _Fit:
    return _Fit(np.inf, _numbers(table.rows), notes=(problem,), is_problem=True)


def _fit(labels: RowLabels, table: Table, skip: Sequence[int | str]) -> _Fit:
    given, rows = labels.given, table.rows
    skipped = {row for row in skip if isinstance(row, int) and 0 <= row < rows}
    if given == rows:
        return _Fit(0, labels.texts, labels.columns)
    if given == rows - len(skipped):
        kept = [row for row in range(rows) if row not in skipped]
        spread = {name: _spread(values, kept, rows) for name, values in labels.columns.items()}
        return _Fit(0, _named(_spread(labels.texts, kept, rows)), spread)
    hints = [labels.beginning] if abs(given - rows) == 1 and labels.beginning else []
    counted: dict[str, int | str] = {"layer": repr(table.path), "rows": rows, "labels": given}
    if given > rows:
        return _no_fit(table, _with_hints(remark("more labels", **counted, more=given - rows), hints))
    rest = rows - given
    columns = {name: [*values, *[""] * (rows - len(values))] for name, values in labels.columns.items()}
    texts = [*labels.texts, *(f"[{row}]" for row in range(given, rows))]
    if labels.is_vocabulary:
        return _Fit(rest, texts, columns, (remark("words missing", words=given, rows=rows, fewer=rest),))
    if rest == 1:
        note = _with_hints(remark("a label missing", **counted), [*hints, remark("no row of padding")])
    else:
        note = remark("labels missing", **counted, fewer=rest)
    return _Fit(rest, texts, columns, (note,), is_problem=True)


def _with_hints(note: str, hints: Sequence[str]) -> str:
    for hint in hints:
        note = remark("with hint", note=note, hint=hint)
    return note


def _spread(values: Sequence[str], indices: Sequence[int], length: int) -> list[str]:
    spread = [""] * length
    for index, value in zip(indices, values, strict=True):
        spread[index] = value
    return spread


def _named(labels: Sequence[str]) -> list[str]:
    return [label if label else f"[{row}]" for row, label in enumerate(labels)]


def _choose(fit: _Fit, table: Table, skip: Sequence[int | str], classes: bool) -> Labelled:
    """Returns the rows to log: those not skipped, at most as many as the Projector draws, the most frequent."""
    columns = {name: values for name, values in fit.columns.items() if len(values) == table.rows}
    problems = [*fit.notes] if fit.is_problem else []
    problems += [
        remark("column left out", column=repr(name), values=len(values), rows=table.rows, layer=repr(table.path))
        for name, values in fit.columns.items()
        if name not in columns
    ]
    skipped = set(skip)
    rows = np.array(
        [row for row, label in enumerate(fit.texts) if row not in skipped and label not in skipped], np.int64
    )
    done = frozenset(skipped & {*range(table.rows), *fit.texts})
    if not len(rows):
        problems.append(remark("all skipped", rows=table.rows, layer=repr(table.path)))
        rows = np.arange(table.rows)
    notes = [] if fit.is_problem else [*fit.notes]
    if len(rows) > MOST_ROWS:
        rows, which = _most_frequent(rows, columns)
        problems.append(remark("too many rows", layer=repr(table.path), rows=table.rows, most=MOST_ROWS, which=which))
    labels = [fit.texts[row] for row in rows]
    notes += [sentence for sentence in ("" if classes else repeated(labels), _long(labels)) if sentence]
    return Labelled(
        rows,
        labels,
        {name: [values[row] for row in rows] for name, values in columns.items()},
        (*problems, *notes),
        tuple(problems),
        done,
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
            return np.sort(rows[np.argsort(-counts, kind="stable")[:MOST_ROWS]]), remark(
                "most frequent", column=repr(name)
            )
    return rows[:MOST_ROWS], remark("first")


def _long(labels: Sequence[str]) -> str:
    count = sum(len(label) > LONGEST_LABEL for label in labels)
    longest = max(map(len, labels))
    if not count:
        return ""
    sizes = {"most": LONGEST_LABEL, "longest": longest}
    return remark("long label", **sizes) if count == 1 else remark("long labels", count=count, **sizes)
