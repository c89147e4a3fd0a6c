"""StructureLogger: the layers of a model, and while it trains the numbers that tell whether each of them learns."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Sequence
from functools import partial
from typing import Any

import keras

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.backends.interface import Updates
from tb_seqviz_plugin.callbacks.base import SeqVizCallback, harmless
from tb_seqviz_plugin.callbacks.errors import sentence_of
from tb_seqviz_plugin.callbacks.model.batch import Spec, map_leaves, parse_inputs
from tb_seqviz_plugin.callbacks.model.call import ModelCall, run_first
from tb_seqviz_plugin.callbacks.model.layers import inputs_of, shadow, state_of
from tb_seqviz_plugin.callbacks.schedule import Schedule
from tb_seqviz_plugin.callbacks.structure.statistics import GROUPS, ModelStatistics
from tb_seqviz_plugin.callbacks.structure.structure_of import TracedStructure, structure_of
from tb_seqviz_plugin.log.events import read
from tb_seqviz_plugin.records.statistics.record import Statistics
from tb_seqviz_plugin.records.structure.record import Structure
from tb_seqviz_plugin.schema import make_tag


class StructureLogger(SeqVizCallback):
    """Logs the structure of a model once, and statistics of its layers while it trains.

    The model stays as it is: functional, sequential or subclassed, with any `call`. Statistics are of one probe batch, apart from
    the training step; training is not changed by it, to the last bit.

    Args:
        log_dir: the run's folder, the same as for `keras.callbacks.TensorBoard`; records go to `seqviz` in it. Or an
            address in an object store, such as "s3://bucket/run"; see the README.
        inputs: a batch to look at, with targets for gradients: `(x, y)` or `(x, y, sample_weight)` as for `fit`, x an array, or a
            dict or tuple of arrays. Shapes such as `(None, 7)` suffice for the structure. None for what the model says it takes, or
            is given by `fit`; there are then statistics of its weights only.
        statistics: which of "parameters", "gradients" and "activations" to log; none for the structure only.
        schedule: of the statistics: "epoch" (step = epoch), a number of batches or "geometric" (step = batches trained), or a
            schedule.
        max_overhead: which share of the time of training logging may take; what would take more is passed over, but for the first
            and the last log and `log(step)`. None for no bound.
        name: the model's name among others; the tags are "structure/<name>" and "statistics/<name>".
        model: the model to look at in a loop of one's own, where `log(step)` logs; None for the one that is fitted.

    Raises:
        ValueError: if the inputs are none, or an argument is none of the above.
        OSError: if nothing can be written to `log_dir`.
        BackendError: if Keras runs on a backend on which that is not possible yet.

    >>> import numpy as np, tempfile
    >>> from keras import layers
    >>> model = keras.Sequential([layers.Embedding(10, 8), layers.GRU(8, return_sequences=True), layers.Dense(10)])
    >>> model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    >>> x = np.array([[1, 2, 3, 0]])
    >>> logger = StructureLogger(tempfile.mkdtemp(), (x, x))
    >>> history = model.fit(x, x, verbose=0, callbacks=[logger])
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        inputs: Any = None,
        *,
        statistics: Sequence[str] = GROUPS,
        schedule: str | int | Schedule = "epoch",
        max_overhead: float | None = 0.02,
        name: str = "model",
        model: keras.Model | None = None,
    ) -> None:
        self._groups = _checked(statistics)
        backends.check("structure", type(self).__name__)
        if self._groups:
            backends.check("statistics", f"{type(self).__name__}(statistics={self._groups!r})")
        tag = make_tag("statistics" if self._groups else "structure", name)
        super().__init__(log_dir, schedule, tag, model, max_overhead)
        self._name = name
        self._inputs = parse_inputs(inputs)
        self._traced: TracedStructure | None = None
        self._traced_state: tuple[keras.Model | None, list[int]] = (None, [])
        self._written: Structure | None = None
        self._measure: ModelStatistics | None = None
        self._updates: Updates | None = None
        self._updates_of_batch: Updates | None = None
        self._last_length = 0
        self._listening = contextlib.ExitStack()

    def collect(self, step: int) -> None:
        """Logs the structure where it is new, and the statistics."""
        model = self.model
        traced = self.trace()
        if traced.structure != self._written:
            if traced.structure != self._last_written():
                self.writer.structure(self._name, traced.structure, step=step)
            self._written = traced.structure
        for note in traced.structure.notes:
            self.warn(f"The structure of the model {model.name!r}: {note}")
        if self._groups:
            self._log_statistics(model, traced, step)

    def trace(self) -> TracedStructure:
        """Returns the structure of the model, traced anew only where the model is another; logs nothing.

        Raises:
            ModelCallError: if nothing says what the model takes.
        """
        model, state = self.model, state_of(self.model)
        if self._traced is None or self._traced_state != state:
            self._traced, self._measure = structure_of(model, self._inputs), None
            self._traced_state = state_of(model)
        return self._traced

    def leave_out(self, *groups: str) -> None:
        """Logs some groups of statistics no longer, such as "gradients", which a batch without targets has not."""
        self._groups = tuple(group for group in self._groups if group not in groups)
        self._measure = None

    @harmless
    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts counting where the last `fit` ended, and finds out what the model is called with if nothing tells."""
        super().on_train_begin(logs)
        if self._inputs is None and not inputs_of(self.model):
            self._attempt("find out what the model is called with", self._listen)

    @harmless
    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Remembers the weights before a batch after which statistics are due."""
        self._updates_of_batch = None
        if self._groups and self._is_due_after(batch):
            self._attempt("remember the weights", self._remember)

    @harmless
    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Logs if a batch is due."""
        self._listening.close()
        # Where the data end unexpectedly, Keras begins a batch that never ends.
        self._updates = self._updates_of_batch or self._updates
        super().on_train_batch_end(batch, logs)

    @harmless
    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Logs if the epoch is due."""
        super().on_epoch_end(epoch, logs)
        self._last_length = self._batches - self._batches_before_epoch

    @harmless
    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Writes what is left."""
        self._listening.close()
        super().on_train_end(logs)

    def _log_statistics(self, model: keras.Model, traced: TracedStructure, step: int) -> None:
        changes, steps = None, 0
        if self._updates is not None:
            changes, steps = self._updates.since(model), self._updates.steps(model, self._batches)
        if self._measure is None:
            self._measure, statistics = self._first_measured(model, traced, changes, steps)
        else:
            statistics = self._measure(changes, steps)
        for note in self._measure.notes:
            self.warn(note)
        self.writer.statistics(self._name, statistics, step=step)
        self._updates = backends.statistics().Updates(model, self._batches)

    def _first_measured(
        self, model: keras.Model, traced: TracedStructure, changes: Any, steps: int
    ) -> tuple[ModelStatistics, Statistics]:
        """Returns what measures the model, and its first result: of all groups, or of those that can be measured."""

        def measured(way: ModelCall | None, groups: tuple[str, ...]) -> tuple[ModelStatistics, Statistics]:
            # Op by op the model would assign to variables that Keras does not know, and draw from what training draws from.
            compiling = self.compiling if traced.only_reads else None
            measure = ModelStatistics(model, way, groups, traced.calls, compiling)
            return measure, measure(changes, steps)

        if not traced.call.has_values:
            return measured(None, self._groups)
        running = {"activations"} if traced.call.targets is None else {"activations", "gradients"}
        failure: Exception | None = None
        for lost in ("", "gradients", "activations"):
            groups = tuple(group for group in self._groups if group != lost)
            if lost and (groups == self._groups or not running & set(groups)):
                continue
            try:
                found = run_first(model, [traced.call], partial(measured, groups=groups))
            except Exception as error:  # whatever the model raises
                failure = failure or error
                continue
            if failure is not None:
                self.warn(f"There are no statistics of {lost}: {sentence_of(failure)}")
            return found
        assert failure is not None
        self.warn(f"There are statistics of the weights only, since the model could not be run: {sentence_of(failure)}")
        return measured(None, tuple(group for group in self._groups if group == "parameters"))

    def _remember(self) -> None:
        self._updates_of_batch = backends.statistics().Updates(self.model, self._batches)

    def _is_due_after(self, batch: int) -> bool:
        done = batch + int(getattr(self.model, "steps_per_execution", 1))
        if self._schedule.unit == "epoch":
            # Of data that do not say how long they are, any batch may be the last of the first epoch.
            return done >= (self._steps_of_epoch or self._last_length)
        return self._schedule.due(self._batches, self._batches_before_epoch + done)

    def _last_written(self) -> Structure | None:
        """Returns what the run holds of an earlier training."""
        if self._written is not None or self.writer.last_step(make_tag("structure", self._name)) is None:
            return None
        self.writer.flush(upload=False)
        tag = make_tag("structure", self._name)
        records = [
            record for record in read(self.writer.run_dir, "structure") if (record.run, record.tag) == (".", tag)
        ]
        return records[-1].structure if records else None

    def _listen(self) -> None:
        """Notes what the model is called with when `fit` first calls it."""
        model = self.model
        call = model.call

        @functools.wraps(call)
        def noting(*args: Any, **kwargs: Any) -> Any:
            self._listening.close()
            given = {name: value for name, value in kwargs.items() if name not in ("training", "mask")}
            self._attempt("find out what the model is called with", lambda: self._note_call(args, given))
            return call(*args, **kwargs)

        shadow(self._listening, model, "call", noting)

    def _note_call(self, args: tuple[Any, ...], given: dict[str, Any]) -> None:
        with contextlib.suppress(AttributeError, TypeError):  # of a call with something else than tensors
            self._inputs = ModelCall(map_leaves(_spec_of, args), map_leaves(_spec_of, given))


def _spec_of(tensor: Any) -> Spec:
    return Spec((None, *tensor.shape[1:]), keras.backend.standardize_dtype(tensor.dtype))


def _checked(statistics: Any) -> tuple[str, ...]:
    groups = (statistics,) if isinstance(statistics, str) else tuple(statistics or ())
    for group in groups:
        if group not in GROUPS:
            raise ValueError(f"statistics= holds {group!r}; expected some of {', '.join(map(repr, GROUPS))}, or none.")
    return groups
