"""From counts to what is shown: a row for each measure of each slice, and curves."""

from __future__ import annotations

import math
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
from tb_seqviz_plugin.schema.evaluation import SLICE_SEPARATOR, WHOLE_SET

Array = npt.NDArray[Any]

_BUCKETS = {"position": bucket_names(POSITIONS), "frequency": bucket_names(FREQUENCIES)}


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
        self._usual += measures.of_texts(columns.__contains__)

    def rows(self) -> list[EvaluationRow]:
        """Returns the table, everything first, then slices of examples, then of tokens."""
        whole = [*self._usual, *measures.of_calibration()]
        if "hits" in self._tally.columns:
            whole += measures.of_each_class(self._classes)
        rows = [*self._of(WHOLE_SET, whole, self._tally.columns, self._all), *self._areas()]
        for keys in self._found.keys.values():
            for code, name in enumerate(keys.names):
                members = np.flatnonzero(keys.codes[self._tally.index] == code)
                if 0 < len(members) < len(self._all):
                    rows += self._of(name, self._usual, self._tally.columns, members)
        return [*rows, *self._of_tokens()]

    def curves(self, rows: Sequence[EvaluationRow]) -> list[EvaluationCurve]:
        """Returns measures by position, by length, and by confidence."""
        count, confidence, correct = bins_of(self._tally.columns)
        found = [
            EvaluationCurve(
                "confidence",
                "accuracy",
                confidence.astype(np.float32),
                correct.astype(np.float32),
                np.rint(count).astype(np.int64),
            )
        ]
        if "curve.count" in self._tally.columns and self._tally.columns["curve.count"].any():
            found += self._by_position()
        return [*found, *self._by_length(rows)]

    def _of(self, name: str, wanted: list[Measure], columns: Mapping[str, Array], rows: Array) -> list[EvaluationRow]:
        """Returns the rows of one slice; measures of texts are of those examples of which there are texts."""
        found: list[EvaluationRow] = []
        for of_texts in (False, True):
            part = [measure for measure in wanted if (measure.columns[0] == "texts") == of_texts]
            if not part:
                continue
            members = rows[columns["texts"][rows] > 0] if of_texts else rows
            names = {each for measure in part for each in measure.columns}
            sums = {each: columns[each][members].sum(axis=0, dtype=np.float64) for each in names}
            intervals = self._bootstrap.intervals(part, columns, members)
            found += [_row(name, measure, sums, interval) for measure, interval in zip(part, intervals, strict=True)]
        return found

    def _areas(self) -> Iterator[EvaluationRow]:
        """Yields the area under the ROC curve, of more than two classes the mean of each against the others."""
        scores, labels, weights = self._tally.scores, self._tally.labels, self._tally.columns["count"]
        if not scores.size:
            return
        known = np.flatnonzero((labels >= 0) & ~np.isnan(scores).any(axis=-1))
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
        name = "roc_auc" if len(classes) == 1 else "roc_auc_ovr"
        yield EvaluationRow(WHOLE_SET, name, float(np.mean(areas)), low, high, len(known))

    def _of_tokens(self) -> Iterator[EvaluationRow]:
        buckets = {**_BUCKETS, "class": list(self._classes)}
        wanted = [each for each in self._usual if set(each.columns) <= set(BASIC)]
        for name, labels in buckets.items():
            if f"{name}.count" not in self._tally.columns or name not in self._names:
                continue
            columns = {each: self._tally.columns[f"{name}.{each}"] for each in BASIC}
            examples = (columns["count"] > 0).sum(axis=0)
            if (examples > 0).sum() < 2:
                continue
            sums = {each: column.sum(axis=0, dtype=np.float64) for each, column in columns.items()}
            drawn = self._bootstrap.sums(columns, self._all)
            values = {measure.name: (measure.of(sums), measure.of(drawn)) for measure in wanted}
            for place in np.flatnonzero(examples).tolist():
                for measure, (value, draws) in values.items():
                    low, high = ends_of(draws[:, place], int(examples[place]))
                    slice_name = f"{name}{SLICE_SEPARATOR}{labels[place]}"
                    yield EvaluationRow(slice_name, measure, value[place], low, high, sums["count"][place])

    def _by_position(self) -> Iterator[EvaluationCurve]:
        """Yields accuracy and loss at each position that there is."""
        names = ("count", "correct", "loss")
        there = self._tally.columns["curve.count"].sum(axis=0) > 0
        columns = {name: self._tally.columns[f"curve.{name}"][:, there] for name in names}
        sums = {name: column.sum(axis=0, dtype=np.float64) for name, column in columns.items()}
        examples = (columns["count"] > 0).sum(axis=0).tolist()
        drawn = self._bootstrap.sums(columns, self._all)
        for measure in measures.of_labels(0):
            draws = measure.of(drawn).T
            ends = [ends_of(values, count) for values, count in zip(draws, examples, strict=True)]
            low, high = np.array(ends, np.float32).T
            yield EvaluationCurve(
                "position",
                measure.name,
                np.asarray(CURVE, np.float32)[there],
                measure.of(sums).astype(np.float32),
                np.rint(sums["count"]).astype(np.int64),
                low,
                high,
                mode="teacher_forced" if self._found.task == "sequence_to_sequence" else "",
            )

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
                    x, found = zip(*points, strict=True)
                    counts = np.rint([0 if math.isnan(row.count) else row.count for row in found]).astype(np.int64)
                    value, low, high = np.array([(row.value, row.low, row.high) for row in found], np.float32).T
                    yield EvaluationCurve(side, measure, np.array(x, np.float32), value, counts, low, high)


def _row(name: str, measure: Measure, sums: Mapping[str, Any], interval: tuple[float, float]) -> EvaluationRow:
    low, high = interval
    return EvaluationRow(
        name, measure.name, float(measure.of(sums)), low, high, float(np.sum(sums[measure.columns[0]]))
    )
