"""SeqViz: one callback for all that there is to log of a model."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import keras

from tb_seqviz_plugin.callbacks.attention.logger import AttentionLogger
from tb_seqviz_plugin.callbacks.base import RUN_DIRECTORY, SeqVizCallback, harmless
from tb_seqviz_plugin.callbacks.composing import report
from tb_seqviz_plugin.callbacks.composing.account import Account, Verbose
from tb_seqviz_plugin.callbacks.composing.contents import contents_of
from tb_seqviz_plugin.callbacks.composing.recipe import LOGGERS, Recipe
from tb_seqviz_plugin.callbacks.composing.vocabularies import labels_by_layer
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.embeddings.logger import EmbeddingLogger
from tb_seqviz_plugin.callbacks.evaluation.logger import EvaluationLogger
from tb_seqviz_plugin.callbacks.model.fitted import NoBatchError, first_batch
from tb_seqviz_plugin.callbacks.model.layers import inputs_of
from tb_seqviz_plugin.callbacks.model.signature import check_model
from tb_seqviz_plugin.callbacks.samples.logger import SampleLogger
from tb_seqviz_plugin.callbacks.schedule import Schedule
from tb_seqviz_plugin.callbacks.structure.logger import StructureLogger
from tb_seqviz_plugin.callbacks.structure.structure_of import TracedStructure
from tb_seqviz_plugin.schema.attention import Alarm

_EXAMPLES_OF_FIT = 32
Part = TypeVar("Part", bound=SeqVizCallback)


class SeqViz(SeqVizCallback):
    """Logs everything that there is to see of a model: attention, what it writes, its structure, its embeddings, what it can do.

    It is composed of an `AttentionLogger`, a `SampleLogger`, a `StructureLogger`, an `EmbeddingLogger` and an `EvaluationLogger`,
    each as far as the model has what it looks at. When `fit` begins it says what it logs, after the first log what that took, and
    after `fit` the command that opens it. The model stays as it is, and training is not changed by it, to the last bit.

    Args:
        log_dir: the run's folder, the same as for `keras.callbacks.TensorBoard`; records go to `seqviz` in it. Or an
            address in an object store, such as "s3://bucket/run"; see the README.
        inputs: what the model is called with for the examples to look at, such as `x_test[:4]`, or a batch `(x, y)` with
            targets; see `AttentionLogger`. None for the first examples that `fit` is given, if these are arrays: 4 for attention,
            32 for the structure.
        tokens: what to show for the ids of the inputs; see `AttentionLogger`. A vocabulary also makes ids of the prompts and names
            the rows of embeddings, and of two, `(source, target)`, each does so on its side.
        prompts: texts for the model to continue, or to write from; see `SampleLogger`.
        targets: those of the inputs, for gradients: `(x_test[:4], y_test[:4])` as `inputs` says the same.
        tokenizer: makes ids of prompts and texts of ids, if `tokens` does not; see `SampleLogger`.
        labels: what each row of an embedding stands for, if it is not `tokens`; see `EmbeddingLogger`.
        evaluation: what to evaluate on, such as `(x_val, y_val)`; see `EvaluationLogger`.
        sampling: how to sample; see `SampleLogger`.
        schedule: "epoch" (step = epoch), a number of batches or "geometric" (step = batches trained), or a schedule.
        max_overhead: which share of the time of training logging may take, of all parts together, the first log included; what
            would take more is passed over, but for the first and the last log and `log(step)`. A training shorter than 3 minutes
            logs more, and one of which these two take more alone; see the README. None for no bound.
        options: further arguments of a part, or False to leave it out:
            `{"samples": {"beams": 4}, "evaluation": {"classes": ["bad", "good"]}, "structure": False}`.
        on_alarm: is called with an `Alarm` where attention begins to go wrong; see `AttentionLogger`.
        model: the model to look at in a loop of one's own, where `log(step)` logs; None for the one that is fitted.
        verbose: 0 to print nothing, 1 to print, "auto" to print unless `fit(verbose=0)` was asked for.

    Attributes:
        reasons: by the name of each part that there is not, why, as a sentence without its full stop.

    Raises:
        ValueError: if an argument is none of the above, or does not fit the others.
        OSError: if nothing can be written to `log_dir`.

    >>> import numpy as np, tempfile
    >>> from keras import layers
    >>> model = keras.Sequential([layers.Embedding(4, 8), layers.GRU(8, return_sequences=True), layers.Dense(4)])
    >>> model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    >>> x = np.array([[1, 2, 3, 0], [3, 2, 1, 0]])
    >>> seqviz = SeqViz(tempfile.mkdtemp(), x, tokens=["", "a", "b", "c"], prompts=["ab"], targets=x)
    >>> history = model.fit(x, x, verbose=0, callbacks=[seqviz])
    >>> seqviz.samples.prompts, seqviz.embeddings.logged
    (['ab'], 1)
    >>> seqviz.attention is None, seqviz.reasons["attention"][:27]
    (True, 'No attention was found in t')
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        inputs: Any = None,
        *,
        tokens: Any = None,
        prompts: Sequence[str] | Sequence[tuple[str, str]] | Mapping[str, str] | None = None,
        targets: Any = None,
        tokenizer: Any = None,
        labels: Any = None,
        evaluation: Any = None,
        sampling: Sampling | None = None,
        schedule: str | int | Schedule = "epoch",
        max_overhead: float | None = 0.02,
        options: Mapping[str, Any] | None = None,
        on_alarm: Callable[[Alarm], object] | None = None,
        model: keras.Model | None = None,
        verbose: Verbose = "auto",
    ) -> None:
        super().__init__(log_dir, schedule, "", None, max_overhead)
        folder, to_open = self.log_dir / RUN_DIRECTORY, report.folder_to_open(self.log_dir, log_dir)
        self._account = Account(folder, to_open, verbose)
        self._recipe = Recipe(
            self.log_dir,
            inputs,
            tokens,
            prompts,
            targets,
            tokenizer,
            labels,
            sampling,
            schedule,
            options,
            on_alarm,
            evaluation,
        )
        if model is not None:
            check_model(model)
            super().set_model(model)
        self._parts, self.reasons = self._made(model)
        self._looked_at: keras.Model | None = None
        self._is_fitting = False

    @property
    def attention(self) -> AttentionLogger | None:
        """What logs attention, None if there is none; then `reasons` says why."""
        return self._part("attention", AttentionLogger)

    @property
    def samples(self) -> SampleLogger | None:
        """What logs samples, None if there is nothing to write; then `reasons` says why."""
        return self._part("samples", SampleLogger)

    @property
    def structure(self) -> StructureLogger | None:
        """What logs structure and statistics, None if that cannot be done; then `reasons` says why."""
        return self._part("structure", StructureLogger)

    @property
    def embeddings(self) -> EmbeddingLogger | None:
        """What logs embeddings, None if there are none; then `reasons` says why."""
        return self._part("embeddings", EmbeddingLogger)

    @property
    def evaluation(self) -> EvaluationLogger | None:
        """What evaluates, None if there is nothing to evaluate on; then `reasons` says why."""
        return self._part("evaluation", EvaluationLogger)

    @harmless
    def set_model(self, model: keras.Model) -> None:
        """Says what to look at, as `fit` does; what was found in another model is forgotten."""
        super().set_model(model)
        if self._looked_at is not None and self._looked_at is not model:
            self._looked_at, self._recipe = None, self._recipe.with_batch(None)
            self._make()
        elif not self._is_refused:
            for part in self._parts.values():
                part.set_model(model)

    def set_params(self, params: dict[str, Any]) -> None:
        """Keeps what `fit` says of itself."""
        super().set_params(params)
        for part in self._parts.values():
            part.set_params(params)

    def collect(self, step: int) -> None:
        """Lets each part log."""
        self._look()
        for part in self._parts.values():
            part.log(step)

    def help_chief(self) -> None:
        """Lets the part that evaluates do its share."""
        if self.evaluation is not None:
            self.evaluation.help_chief()

    def log(self, step: int) -> None:
        """Logs now; what is logged is on disk when this returns. Trouble is warned of once and training goes on.

        Args:
            step: the step to log at; it should rise from call to call.
        """
        super().log(step)
        if self._is_idle():
            return
        self._account.note(self._parts, self.seconds)
        if self._account.say_first():
            self._account.say_how_to_open()

    @property
    def seconds(self) -> float:
        """How long training has waited for it and its parts."""
        return super().seconds + sum(part.seconds for part in self._parts.values())

    def flush(self, *, upload: bool = True) -> None:
        """Waits until what was logged is on disk.

        Args:
            upload: whether to wait until it is in the object store, too, where `log_dir` is an address of one.
        """
        for part in self._parts.values():
            part.flush(upload=upload)

    def close(self) -> None:
        """Closes the files, which are complete without. `fit` calls it at its end."""
        for part in self._parts.values():
            part.close()
        super().close()

    @harmless
    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Finds out what there is to log, and says it."""
        self._is_fitting, self._account.of_fit = True, (self.params or {}).get("verbose")
        if self._recipe.inputs is None and self._looked_at is None:
            self._attempt("look at what fit was given", self._take_batch)
        self._look()
        for part in self._parts.values():
            part.on_train_begin(logs)

    @harmless
    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Says what the first log took, and lets each part count."""
        self._account.say_first()
        for part in self._parts.values():
            part.on_epoch_begin(epoch, logs)

    @harmless
    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Lets each part see the model before a batch."""
        for part in self._parts.values():
            part.on_train_batch_begin(batch, logs)

    @harmless
    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Logs if a batch is due."""
        self._look()
        for part in self._parts.values():
            part.on_train_batch_end(batch, logs)
        self._account.note(self._parts, self.seconds, self.overhead.outlook)
        self._account.say_first(in_progress=True)

    @harmless
    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Logs if the epoch is due."""
        for part in self._parts.values():
            part.on_epoch_end(epoch, logs)
        self._account.note(self._parts, self.seconds, self.overhead.outlook)

    @harmless
    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Writes what is left, and says how to look at it."""
        for part in self._parts.values():
            part.on_train_end(logs)
        self._account.note(self._parts, self.seconds)
        self._account.say_first()
        self._account.say_all(self._parts, self.seconds)
        self._is_fitting, self._account.of_fit = False, None
        super().close()

    def _part(self, name: str, kind: type[Part]) -> Part | None:
        part = self._parts.get(name)
        return part if isinstance(part, kind) else None

    def _wait_for_fit(self) -> None:
        """Leaves it to the parts to say where `fit` will not come."""

    def _made(self, model: keras.Model | None) -> tuple[dict[str, SeqVizCallback], dict[str, str]]:
        parts, reasons = self._recipe.made(model)
        for name, part in parts.items():
            if "max_overhead" in self._recipe.options[name]:
                part.overhead.lie_in(self.overhead)
            else:
                part.share_overhead(self.overhead)
        return parts, reasons

    def _make(self) -> None:
        """Makes the parts anew."""
        for part in self._parts.values():
            part.close()
        self._parts, self.reasons = self._made(None)
        for part in self._parts.values():
            part.set_params(self.params)
            if self.model is not None and not self._is_refused:
                part.set_model(self.model)

    def _take_batch(self) -> None:
        try:
            self._recipe = self._recipe.with_batch(first_batch(self.model, _EXAMPLES_OF_FIT))
        except NoBatchError as error:
            self.reasons["attention"] = str(error)
        else:
            self._make()

    def _look(self) -> None:
        """Finds out what there is to log of a model, as soon as it is built, and says it."""
        model = self.model
        if model is None or self._looked_at is model or self._is_refused or not model.built:
            return
        with self.preparing():
            self._look_at(model)

    def _look_at(self, model: keras.Model) -> None:
        self._account.begin()
        self._looked_at = model
        found = contents_of(self._parts)
        given = self._recipe
        asked = {"samples": given.prompts, "embeddings": given.labels, "evaluation": given.evaluation}
        for name, reason in found.reasons.items():
            self._parts.pop(name).close()
            self.reasons[name] = reason
            if asked.get(name) is not None:
                self.warn(f"There is nothing to log of {name}: {reason}")
        if found.traced is not None:
            self._fit_parts(found.traced)
        schedule = self._schedule if self._is_fitting else None
        self._account.say(report.opening(self.log_dir / RUN_DIRECTORY, schedule, found.said, _in_order(self.reasons)))

    def _fit_parts(self, traced: TracedStructure) -> None:
        """Tells the parts what the structure shows: which vocabulary names which embedding, and that there are no gradients."""
        vocabularies = self._recipe.vocabularies
        if self.embeddings is not None and len(vocabularies) > 1 and self._recipe.labels is None:
            declared = [tensor.name for tensor in inputs_of(self.model)]
            labels = labels_by_layer(traced.structure, vocabularies, declared)
            if labels:
                self.embeddings.label(labels)
        if self.structure is not None and "statistics" not in self._recipe.options["structure"]:
            without = ("gradients",) if traced.call.targets is None else ()
            self.structure.leave_out(*(without if traced.call.has_values else ("gradients", "activations")))


def _in_order(reasons: Mapping[str, str]) -> dict[str, str]:
    return {name: reasons[name] for name in LOGGERS if name in reasons}
