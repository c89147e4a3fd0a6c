"""From counts to what is shown: a row for each measure of each slice, and curves."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.evaluation import measures
from tb_seqviz_plugin.callbacks.evaluation.bootstrap import Bootstrap, ends_of
from tb_seqviz_plugin.callbacks.evaluation.measures import Measure
from tb_seqviz_plugin.callbacks.evaluation.slices import FREQUENCIES, POSITIONS, bucket_names
from tb_seqviz_plugin.callbacks.evaluation.survey import Survey
from tb_seqviz_plugin.callbacks.evaluation.tally import BASIC, CURVE, Tally, bins_of
from tb_seqviz_plugin.records.evaluation.record import EvaluationCurve, EvaluationRow
from tb_seqviz_plugin.records.remarks import listed, remark
from tb_seqviz_plugin.schema.evaluation import SLICE_SEPARATOR, WHOLE_SET

Array = npt.NDArray[Any]

_BUCKETS = {"position": bucket_names(POSITIONS), "frequency": bucket_names(FREQUENCIES)}
_OF_TOKENS = ("position", "frequency", "class")
_SAME = {"class.count": "actual", "class.correct": "hits"}
"""Columns of slices of tokens that are columns of classes."""


class Tables:
    """What the counts of one evaluation say.

    Args:
        tally: the counts of all examples.
        found: what the data set holds.
        classes: what the classes are called.
        top: the k of the accuracy among the k most probable, 0 for none.
        names: the built-in slices that are asked for.
        bootstrap: draws the intervals.
    """

    def __init__(
        self,
        tally: Tally,
        found: Survey,
        classes: Sequence[str],
        top: int,
        names: Sequence[str],
        bootstrap: Bootstrap,
    ) -> None:
        self._tally, self._found, self._classes, self._names = tally, found, classes, names
        self._bootstrap = bootstrap
        self._all = np.arange(len(tally.index))
        columns = tally.columns
        self._usual = measures.of_labels(top if "in_top" in columns else 0)
        if found.task in ("language_modelling", "sequence_to_sequence"):
            self._usual.append(measures.PERPLEXITY)
        if found.task == "language_modelling":
            self._usual.append(measures.IN_CONTEXT_SCORE)
        self._usual += measures.of_classes() if "hits" in columns else []
        self._of_texts = measures.of_texts(columns.__contains__)
        of_texts = {name for measure in self._of_texts for name in measure.columns}
        others = {name: column for name, column in columns.items() if name not in of_texts}
        self._drawn = bootstrap.sums(others, self._all)

    def rows(self) -> list[EvaluationRow]:
        """Returns the table, everything first, then slices of examples, then of tokens."""
        whole = [*self._usual, *measures.of_calibration()]
        if "hits" in self._tally.columns:
            whole += measures.of_each_class(self._classes)
        rows = [*self._of(WHOLE_SET, whole, self._all), *self._areas()]
        for keys in self._found.keys.values():
            for code, name in enumerate(keys.names):
                members = np.flatnonzero(keys.codes[self._tally.index] == code)
                if 0 < len(members) < len(self._all):
                    rows += self._of(name, self._usual, members)
        return [*rows, *self._of_tokens()]

    def curves(self, rows: Sequence[EvaluationRow]) -> list[EvaluationCurve]:
        """Returns measures by position, by length, and by confidence."""
        count, confidence, correct = bins_of(self._tally.columns)
        reliability = EvaluationCurve(
            "confidence",
            "accuracy",
            confidence.astype(np.float32),
            correct.astype(np.float32),
            np.rint(count).astype(np.int64),
        )
        return [reliability, *self._by_position(), *self._by_length(rows)]

    def notes(self, rows: Sequence[EvaluationRow]) -> list[str]:
        """Returns what a reader of the table should know: what is not in it, and why."""
        return [*self._on_classes(), *self._on_tokens(rows), *self._on_texts()]

    def _of(self, name: str, wanted: Sequence[Measure], rows: Array) -> Iterator[EvaluationRow]:
        """Yields the rows of one slice; measures of texts are of those examples of which there are texts, if there are any."""
        columns = self._tally.columns
        parts = [(wanted, rows)]
        if self._of_texts:
            parts.append((self._of_texts, rows[columns["texts"][rows] > 0]))
        for part, members in parts:
            if not len(members):
                continue
            own = {each: columns[each] for measure in part for each in measure.columns}
            sums = {each: column[members].sum(axis=0, dtype=np.float64) for each, column in own.items()}
            drawn = self._drawn if members is self._all else self._bootstrap.sums(own, members)
            for measure in part:
                low, high = ends_of(measure.of(drawn), len(members))
                count = float(np.sum(sums[measure.columns[0]]))
                yield EvaluationRow(name, measure.name, float(measure.of(sums)), low, high, count)

    def _areas(self) -> Iterator[EvaluationRow]:
        """Yields the area under the ROC curve, of more than two classes the mean of each against the others."""
        scores, labels, weights = self._tally.scores, self._tally.labels, self._tally.columns["count"]
        known = np.flatnonzero(self._is_scored)
        if not len(known) or self._without_labels:
            return
        classes = [1] if scores.shape[1] == 2 else list(range(scores.shape[1]))
        areas = [
            float(measures.roc_auc(scores[known, each], labels[known] == each, weights[known])) for each in classes
        ]
        drawn = []
        for each, area in zip(classes, areas, strict=True):
            columns = measures.roc_auc_columns(np.nan_to_num(scores[:, each]), labels == each, weights)
            measure = measures.roc_auc_of(area)
            drawn.append(measure.of(self._bootstrap.sums(columns, known)))
        low, high = ends_of(np.mean(drawn, axis=0), len(known))
        yield EvaluationRow(WHOLE_SET, self._area, float(np.mean(areas)), low, high, len(known))

    @property
    def _area(self) -> str:
        return "roc_auc" if self._tally.scores.shape[1] == 2 else "roc_auc_ovr"

    @property
    def _is_scored(self) -> Array:
        """Of which examples the label and the probabilities of all classes are known, bool [examples]."""
        scores = self._tally.scores
        return (self._tally.labels >= 0) & bool(scores.size) & ~np.isnan(scores).any(axis=-1)

    @property
    def _without_labels(self) -> list[str]:
        """The classes that no label is of, without which there is no area under the curve."""
        there = set(self._tally.labels[self._is_scored].tolist())
        return [name for number, name in enumerate(self._classes) if number not in there]

    def _on_classes(self) -> Iterator[str]:
        if self._is_scored.any() and self._without_labels:
            yield remark("area left out", measure=self._area, classes=_listed(self._without_labels))
        if "hits" in self._tally.columns:
            actual, predicted = (self._tally.columns[name].sum(axis=0) for name in ("actual", "predicted"))
            never = [self._classes[place] for place in np.flatnonzero((actual > 0) & (predicted == 0)).tolist()]
            if never:
                yield remark("never predicted", classes=_listed(never))

    def _on_tokens(self, rows: Sequence[EvaluationRow]) -> Iterator[str]:
        slices = dict.fromkeys(row.slice.partition(SLICE_SEPARATOR)[0] for row in rows)
        told = [name for name in _OF_TOKENS if name in slices and f"{name}.loss" in self._tally.columns]
        others = [measure for measure in (*self._usual, *self._of_texts) if measure not in self._of_any_token]
        if told and others:
            yield remark("slices of tokens", slices=listed(told), measures=_names_of(self._of_any_token))

    def _on_texts(self) -> Iterator[str]:
        if self._of_texts:
            count = int(self._tally.columns["texts"].sum())
            yield remark("kept examples", measures=_names_of(self._of_texts), count=count)

    @property
    def _of_any_token(self) -> list[Measure]:
        return [measure for measure in self._usual if set(measure.columns) <= set(BASIC)]

    def _of_tokens(self) -> Iterator[EvaluationRow]:
        labels = {**_BUCKETS, "class": self._classes}
        for name in _OF_TOKENS:
            starts = [bisect_left(CURVE, start) for start in POSITIONS] if name == "position" else []
            if name in self._names:
                rows = [row for _, row in self._told_apart(name, labels[name], self._of_any_token, starts)]
                yield from rows if len({row.slice for row in rows}) > 1 else []

    def _told_apart(
        self, name: str, labels: Sequence[Any], wanted: Sequence[Measure], starts: Sequence[int] = ()
    ) -> Iterator[tuple[int, EvaluationRow]]:
        """Yields the rows of what tells tokens apart, as far as there are any, with its place.

        Args:
            name: what tells them apart.
            labels: what each of its slices is called.
            wanted: measures of these.
            starts: places where slices begin that several are put together to; none where each is one.
        """
        names = {each: _SAME.get(f"{name}.{each}", f"{name}.{each}") for each in BASIC}
        if not self._tally.columns.keys() >= set(names.values()):
            return

        def together(columns: Mapping[str, Array]) -> dict[str, Array]:
            found = {each: columns[full] for each, full in names.items()}
            inside = [start for start in starts if start < found["count"].shape[-1]]
            return {each: np.add.reduceat(one, inside, axis=-1) for each, one in found.items()} if inside else found

        columns, drawn = together(self._tally.columns), together(self._drawn)
        examples = (columns["count"] > 0).sum(axis=0)
        sums = {each: column.sum(axis=0, dtype=np.float64) for each, column in columns.items()}
        values = {measure.name: (measure.of(sums), measure.of(drawn)) for measure in wanted}
        for place in np.flatnonzero(examples).tolist():
            for measure, (value, draws) in values.items():
                low, high = ends_of(draws[:, place], int(examples[place]))
                slice_name = f"{name}{SLICE_SEPARATOR}{labels[place]}"
                yield place, EvaluationRow(slice_name, measure, value[place], low, high, sums["count"][place])

    def _by_position(self) -> Iterator[EvaluationCurve]:
        """Yields accuracy and loss at each position that there is."""
        mode = "teacher_forced" if self._found.task == "sequence_to_sequence" else ""
        for measure in measures.of_labels(0):
            points = [(CURVE[place], row) for place, row in self._told_apart("position", CURVE, [measure])]
            if points:
                yield _curve("position", points, mode)

    def _by_length(self, rows: Sequence[EvaluationRow]) -> Iterator[EvaluationCurve]:
        """Yields what the slices by length say of the first measures, at their mean lengths."""
        by_name = {(row.slice, row.measure): row for row in rows}
        for side in ("source_length", "target_length"):
            keys = self._found.keys.get(side)
            if keys is None:
                continue
            lengths = self._found.lengths[side]
            for measure in ("accuracy", "log_loss", "chrf"):
                points = [
                    (float(lengths[keys.codes == code].mean()), by_name[name, measure])
                    for code, name in enumerate(keys.names)
                    if (name, measure) in by_name
                ]
                if len(points) > 1:
                    yield _curve(side, points)


def _curve(by: str, points: Sequence[tuple[float, EvaluationRow]], mode: str = "") -> EvaluationCurve:
    """Returns rows of one measure as a curve, each at its place."""
    x, rows = zip(*points, strict=True)
    counts = np.rint([0 if math.isnan(row.count) else row.count for row in rows]).astype(np.int64)
    value, low, high = np.array([(row.value, row.low, row.high) for row in rows], np.float32).T
    return EvaluationCurve(by, rows[0].measure, np.array(x, np.float32), value, counts, low, high, mode=mode)


def _names_of(measures: Sequence[Measure]) -> str:
    return listed([measure.name for measure in measures], last="a, b")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:10])
    return remark("and others", names=shown) if len(names) > 10 else shown
