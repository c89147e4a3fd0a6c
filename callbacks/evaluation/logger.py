"""EvaluationLogger: what a model can and cannot do while it trains."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import keras

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.base import RUN_DIRECTORY, SeqVizCallback
from tb_seqviz_plugin.callbacks.errors import EvaluationError
from tb_seqviz_plugin.callbacks.evaluation.evaluator import Evaluator
from tb_seqviz_plugin.callbacks.evaluation.options import EvaluationOptions
from tb_seqviz_plugin.callbacks.evaluation.shares import Shares
from tb_seqviz_plugin.callbacks.evaluation.survey import Survey
from tb_seqviz_plugin.callbacks.schedule import Schedule
from tb_seqviz_plugin.schema import make_tag


class EvaluationLogger(SeqVizCallback):
    """Logs measures by slice of a data set while a model trains, with intervals, curves and the examples behind them.

    The model is run once over the data for all measures and slices. Of language models and encoder-decoders the probability and
    rank of each token of a few examples is logged, too. Training is not changed by it, to the last bit.

    Where several processes train one model in a loop of their own, each evaluates a share at `log(step)`, and the chief logs all.

    Args:
        log_dir: the run's folder, the same as for `keras.callbacks.TensorBoard`; records go to `seqviz` in it.
        dataset: what to evaluate on, see `evaluate`; a generator would be over after the first time, so pass a function that
            returns one.
        task: what the model does, "auto" to find out, see `evaluate`.
        slices: what examples and tokens are told apart by, None for the usual ones, see `evaluate`.
        schedule: "epoch" (step = epoch), a number of batches or "geometric" (step = batches trained), or a schedule.
        examples: how many examples to keep, of all slices alike; the same at all steps.
        max_examples: how many are looked at, None for all.
        name: of the data set; the tags are "evaluation/<name>" and "tokens/<name>/0" and so on.
        tokenizer: the vocabulary of the target, or of the text that a classifier reads.
        source: the vocabulary of what the prediction is made from, if it is another one.
        classes: what the classes are called; empty to number them.
        options: what is seldom needed; None for `EvaluationOptions()`.
        max_overhead: which share of the time of training logging may take; what would take more is passed over, but for the first
            and the last log. None for no bound, so that every step that is due is evaluated.
        model: the model to look at in a loop of one's own, where `log(step)` logs; None for the one that is fitted.

    Raises:
        ValueError: if an argument is none of the above.
        OSError: if nothing can be written to `log_dir`.
        BackendError: if Keras runs on a backend on which models cannot be evaluated yet.

    >>> import tempfile
    >>> import numpy as np
    >>> from keras import layers
    >>> model = keras.Sequential([layers.Input((4,)), layers.Embedding(9, 4), layers.Flatten(), layers.Dense(2)])
    >>> data = np.ones((30, 4)), np.arange(30) % 2
    >>> EvaluationLogger(tempfile.mkdtemp(), data, classes=["bad", "good"], model=model).log(step=0)
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        dataset: Any,
        *,
        task: str = "auto",
        slices: Any = None,
        schedule: str | int | Schedule = "epoch",
        examples: int = 64,
        max_examples: int | None = None,
        name: str = "validation",
        tokenizer: Any = None,
        source: Any = None,
        classes: Sequence[str] = (),
        options: EvaluationOptions | None = None,
        max_overhead: float | None = 0.02,
        model: keras.Model | None = None,
    ) -> None:
        super().__init__(log_dir, schedule, make_tag("evaluation", name), model, max_overhead)
        backends.check("evaluation", type(self).__name__)
        if isinstance(dataset, Iterator):
            raise EvaluationError(
                f"The data set is a {type(dataset).__name__}, which is over after the first evaluation; expected a function that "
                "returns one, such as dataset=lambda: batches(), or a list of its batches."
            )
        self._name = name
        self._evaluator = Evaluator(
            dataset,
            task,
            slices,
            examples,
            max_examples,
            tokenizer,
            source,
            classes,
            options,
            self.warn,
            self.compiling,
        )
        self._shares = Shares(self.log_dir / RUN_DIRECTORY, name, self._evaluator, self.warn)

    def find(self) -> Survey:
        """Returns what the data set holds, and what the model does with it; nothing is logged, and what is found is kept for that.

        Raises:
            ValueError: if the model cannot be evaluated on this data set.
        """
        return self._evaluator.find(self.model)

    def help_chief(self) -> None:
        """Counts this worker's share of the data set, and leaves that for the chief."""
        self._shares.leave(self.model)

    def collect(self, step: int) -> None:
        """Evaluates the model as it is now and hands that to the writer."""
        evaluated = self._evaluator.put_together(self.model, self._shares.counted(self.model))
        self.writer.evaluation(self._name, evaluated.evaluation, step=step)
        for number, tokens in enumerate(evaluated.tokens):
            self.writer.tokens(
                f"{self._name}/{number}",
                tokens.text,
                tokens.tokens,
                tokens.probabilities,
                ranks=tokens.ranks,
                source=tokens.source,
                vocabulary_size=tokens.vocabulary_size,
                step=step,
            )
