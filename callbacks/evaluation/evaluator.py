"""Evaluator: runs a model once over a data set, and makes of that all measures, slices, curves and examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.arguments import of_kind, whole
from tb_seqviz_plugin.callbacks.backends.interface import Compiling
from tb_seqviz_plugin.callbacks.errors import EvaluationError, sentence_of
from tb_seqviz_plugin.callbacks.evaluation.bootstrap import Bootstrap
from tb_seqviz_plugin.callbacks.evaluation.datasets import Dataset
from tb_seqviz_plugin.callbacks.evaluation.free_running import FreeRunning, Written
from tb_seqviz_plugin.callbacks.evaluation.labelled import LabelledSet
from tb_seqviz_plugin.callbacks.evaluation.one_pass import Counts, counts_of
from tb_seqviz_plugin.callbacks.evaluation.options import EvaluationOptions
from tb_seqviz_plugin.callbacks.evaluation.outputs import Prediction
from tb_seqviz_plugin.callbacks.evaluation.reference_texts import ReferenceTexts, Said, check_texts
from tb_seqviz_plugin.callbacks.evaluation.shown import examples_of, tokens_of
from tb_seqviz_plugin.callbacks.evaluation.slices import Wanted
from tb_seqviz_plugin.callbacks.evaluation.survey import Kept, Survey, survey
from tb_seqviz_plugin.callbacks.evaluation.tables import Tables
from tb_seqviz_plugin.callbacks.evaluation.tally import MOST_CLASSES, Counting, Tally
from tb_seqviz_plugin.callbacks.evaluation.texts import (
    columns_of_texts,
    missing_packages,
    signatures_of_texts,
)
from tb_seqviz_plugin.callbacks.evaluation.words import Words
from tb_seqviz_plugin.callbacks.model.layers import state_of
from tb_seqviz_plugin.records.evaluation.record import Evaluation, EvaluationRow
from tb_seqviz_plugin.records.remarks import remark
from tb_seqviz_plugin.records.tokens.record import Tokens
from tb_seqviz_plugin.schema.evaluation import EvaluationTask

Array = npt.NDArray[Any]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Evaluated:
    """What came of an evaluation.

    Args:
        evaluation: the measures, and the examples behind them.
        tokens: of some of the examples how probable each token is.
    """

    evaluation: Evaluation
    tokens: Sequence[Tokens]


@dataclass(frozen=True)
class _Prepared:
    """What is known of a model and the data set.

    Args:
        state: which model it is.
        labelled: the data set as the model takes it.
        found: what it holds.
        counting: what is counted.
        predict: runs the model.
        free_running: lets the model write by itself, None where it does not.
        texts: those of the user's whose tokens are followed, None for some of the examples.
    """

    state: tuple[keras.Model | None, list[int]]
    labelled: LabelledSet
    found: Survey
    counting: Counting
    predict: Prediction
    free_running: FreeRunning | None
    texts: ReferenceTexts | None


class Evaluator:
    """Evaluates a model on a data set, as often as it is asked to.

    Args:
        dataset, task, slices, examples, max_examples, tokenizer, source, classes, options: see `evaluate`.
        tell: is told what is left out, and why.
        compiling: gives leave to compile what writes in a slower and faster way, once that repays; None if there always is.

    Raises:
        ValueError: if one of them is none of these.
    """

    def __init__(
        self,
        dataset: Any,
        task: str,
        slices: Any,
        examples: int,
        max_examples: int | None,
        tokenizer: Any,
        source: Any,
        classes: Sequence[str],
        options: EvaluationOptions | None,
        tell: Tell,
        compiling: Compiling | None = None,
    ) -> None:
        if task != "auto" and task not in get_args(EvaluationTask):
            expected = ", ".join(map(repr, ("auto", *get_args(EvaluationTask))))
            raise EvaluationError(f"task={task!r}; expected one of {expected}.")
        self._task: Any = None if task == "auto" else task
        self._options = of_kind("options", options, EvaluationOptions)
        self._wanted = Wanted.of(slices)
        self._examples = whole("examples", examples, 0, EvaluationError)
        self._words = Words(tokenizer, source, classes)
        self._own_texts = () if isinstance(self._options.texts, int) else self._options.texts
        check_texts(self._own_texts, self._words)
        self._notes: list[str] = []
        self._tell_user, self._compiling = tell, compiling
        self._dataset = Dataset(dataset, max_examples, self._tell)
        self._prepared: _Prepared | None = None
        self._bootstrap: Bootstrap | None = None
        self._rows: dict[tuple[str, str], None] = {}

    def __call__(self, model: keras.Model) -> Evaluated:
        """Evaluates a model as it is now.

        Raises:
            ValueError: if it cannot be evaluated on this data set.
        """
        return self.put_together(model, [self.count(model)])

    def find(self, model: keras.Model) -> Survey:
        """Returns what the data set holds, as `__call__` finds it out, too, the first time."""
        return self._prepare(model).found

    def what_is_counted(self, model: keras.Model) -> str:
        """Returns what tells these counts from those of other data or with other arguments; it is the same in all processes."""
        prepared = self._prepare(model)
        found = prepared.found
        return repr((found.marks, found.task, sorted(found.keys), [one.index for one in found.kept], prepared.counting))

    def count(self, model: keras.Model, shard: int = 0, shards: int = 1) -> Counts:
        """Runs the model over the data set, or over a part of it, and counts; `put_together` makes the rest of it.

        Args:
            model: the model.
            shard: which part, from 0: every so many-th batch.
            shards: how many parts there are.
        """
        prepared = self._prepare(model)
        return counts_of(prepared.labelled, prepared.found, prepared.counting, prepared.predict, shard, shards)

    def put_together(self, model: keras.Model, counts: Sequence[Counts]) -> Evaluated:
        """Returns what the counts of all parts of the data set say, those of several workers included."""
        prepared = self._prepare(model)
        found = prepared.found
        tally = Tally.merged([each.tally for each in counts]) if len(counts) > 1 else counts[0].tally
        kept = {place: said for each in counts for place, said in each.kept.items()}
        shown = [one for one in found.kept if one.index in kept]
        followed = self._followed(prepared, [(one, kept[one.index]) for one in shown])
        unusable = sum(each.unusable for each in counts)
        notes = [*self._notes, *([remark("NaN predictions", count=unusable)] if unusable else [])]
        written = self._written(prepared, shown, notes)
        references = [found.words.of_labels(one.labels, one.weights, found.end) for one in shown]
        signatures: dict[str, str] = {}
        if written is not None:
            columns = columns_of_texts([each.text for each in written], references)
            tally = _with_texts(tally, [one.index for one in shown], columns)
            signatures = signatures_of_texts(references)
            notes += filter(None, [missing_packages()])
        if self._bootstrap is None:
            self._bootstrap = Bootstrap(int(tally.index.max()) + 1, self._options.draws, self._options.seed)
        classes = [found.words.class_name(number) for number in range(prepared.counting.classes)]
        tables = Tables(tally, found, classes, prepared.counting.top, self._wanted.names, self._bootstrap)
        rows = self._in_order(tables.rows())
        curves = tables.curves(rows)
        if written is not None:
            curves += FreeRunning.curves(shown, [kept[one.index] for one in shown], written)
        notes += tables.notes(rows)
        evaluation = Evaluation(
            table=rows,
            examples=examples_of(found, shown, kept, references, written),
            curves=curves,
            confusion={"all": tally.confusion} if tally.confusion.size else {},
            classes=classes,
            task=found.task,
            signatures=signatures,
            interval=_interval(self._bootstrap.draws, self._options.seed),
            evaluated=len(tally.index),
            notes=list(dict.fromkeys(notes)),
        )
        return Evaluated(evaluation, tokens_of(found, prepared.labelled.output.classes, followed))

    def _prepare(self, model: keras.Model) -> _Prepared:
        if self._prepared is not None and self._prepared.state == state_of(model):
            return self._prepared
        self._notes.clear()
        labelled = LabelledSet(model, self._dataset, self._options.batch_size, self._tell)
        found = survey(labelled, self._task, self._wanted, self._words, self._examples, self._tell)
        counting = Counting.of(found, self._wanted.names, labelled.output.classes, self._options.top)
        self._tell_missing(found, counting, labelled.output.classes)
        if unnamed := found.words.missing_names(labelled.output.classes):
            self._tell(unnamed)
        free_running = None
        if found.task == "sequence_to_sequence" and self._options.generate and found.sides.text:
            try:
                free_running = FreeRunning(model, found.sides, found.words, self._compiling)
            except Exception as error:  # whatever keeps a model from writing
                self._tell(remark("does not write", error=sentence_of(error)))
        predict = Prediction(model, labelled.output)
        texts = None
        if self._own_texts:
            texts = ReferenceTexts.of(self._own_texts, labelled, found, self._tell)
        self._prepared = _Prepared(state_of(model), labelled, found, counting, predict, free_running, texts)
        self._rows.clear()
        return self._prepared

    def _tell_missing(self, found: Survey, counting: Counting, classes: int) -> None:
        """Says which measures and slices of tokens there are not, if they could be expected."""
        is_of_classes = found.task in ("classification", "token_labelling")
        if is_of_classes and not counting.classes:
            self._tell(remark("too many classes", classes=classes, most=MOST_CLASSES))
        for name, is_there, reason in (
            ("position", counting.positions > 0, remark("one label each")),
            ("frequency", counting.frequencies is not None, remark("writes no tokens")),
            ("class", counting.token_classes or found.task != "token_labelling", remark("classes too many")),
        ):
            if name in self._wanted.names and not is_there and not self._wanted.is_usual:
                self._tell(remark("slices left out", name=repr(name), why=reason))

    def _tell(self, sentence: str) -> None:
        if sentence not in self._notes:
            self._notes.append(sentence)
            self._tell_user(sentence)

    def _written(self, prepared: _Prepared, shown: Sequence[Kept], notes: list[str]) -> list[Written] | None:
        """Returns what the model writes by itself for the examples that are kept, None where it does not."""
        if prepared.free_running is None or not shown:
            return None
        try:
            return prepared.free_running(shown, prepared.found.end)
        except Exception as error:  # whatever keeps a model from writing
            notes.append(remark("not written", error=sentence_of(error)))
            return None

    def _followed(self, prepared: _Prepared, shown: Sequence[tuple[Kept, Said]]) -> Sequence[tuple[Kept, Said]]:
        """Returns the texts of which each token is shown, with what the model says: some of the examples, or the user's."""
        if isinstance(self._options.texts, int):
            many = self._options.texts  # spread over the data, which are often in order of length
            return shown[:: max(len(shown) // max(many, 1), 1)][:many]
        try:
            return prepared.texts(prepared.predict) if prepared.texts is not None else []
        except Exception as error:  # what a model makes of a text that is longer than any of the data set, say
            self._tell(remark("texts left out", error=sentence_of(error)))
            return []

    def _in_order(self, rows: Sequence[EvaluationRow]) -> list[EvaluationRow]:
        """Returns the rows in the order of the first evaluation, so that all steps have the same; NaN for one that is missing."""
        found = {(row.slice, row.measure): row for row in rows}
        self._rows |= dict.fromkeys(found)
        return [found.get(name) or EvaluationRow(*name, float("nan"), count=0) for name in self._rows]


def _with_texts(tally: Tally, places: Sequence[int], columns: Mapping[str, Array]) -> Tally:
    """Returns counts with those of texts, 0 for examples of which there are none."""
    rows = np.searchsorted(tally.index, places)
    added = {}
    for name, column in columns.items():
        whole = np.zeros((len(tally.index), *column.shape[1:]), np.float32)
        whole[rows] = column
        added[name] = whole
    return replace(tally, columns={**tally.columns, **added})


def _interval(draws: int, seed: int) -> str:
    return remark("bootstrap", draws=draws, seed=str(seed)) if draws else ""
