"""evaluate: a report of what a model can and cannot do, without TensorBoard."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import keras

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.evaluation.evaluator import Evaluator
from tb_seqviz_plugin.callbacks.evaluation.options import EvaluationOptions
from tb_seqviz_plugin.callbacks.evaluation.report import Report
from tb_seqviz_plugin.callbacks.model.signature import check_model
from tb_seqviz_plugin.callbacks.undisturbed import undisturbed


def evaluate(
    model: keras.Model,
    dataset: Any,
    *,
    task: str = "auto",
    slices: Any = None,
    examples: int = 64,
    max_examples: int | None = None,
    tokenizer: Any = None,
    source: Any = None,
    classes: Sequence[str] = (),
    options: EvaluationOptions | None = None,
) -> Report:
    """Returns measures of a model by slice of a data set, with intervals and the examples behind them.

    The model is run once over the data, and of each label only its probability, its rank and the most probable class leave the
    device. Intervals are of 95 %, by a bootstrap over examples. The model is not changed by it.

    Args:
        model: a built model that tells classes apart: of whole examples, of tokens, or of the next token.
        dataset: `(x, y)` or `(x, y, sample_weight)` of arrays; or what yields such batches: a `tf.data.Dataset`, a `PyDataset`, a
            list, or a function that returns a generator; each time in the same order. Labels are numbers of classes or one-hot
            vectors; those whose weight is 0, which are masked or below 0 do not count.
        task: "classification", "token_labelling", "language_modelling" or "sequence_to_sequence"; "auto" to find out from the
            model and the data.
        slices: None for the usual ones: lengths of source and target, unknown words, class, position and frequency of tokens, as
            far as they apply. Or a list of their names, functions `example -> key`, and pairs of these to be crossed; or a dict
            from names to functions, besides the usual ones.
        examples: how many examples to keep for the report, of all slices alike.
        max_examples: how many are looked at, None for all.
        tokenizer: the vocabulary of the target, or of the text that a classifier reads, as for `SampleLogger`.
        source: the vocabulary of what the prediction is made from, if it is another one.
        classes: what the classes are called; empty to number them.
        options: what is seldom needed; None for `EvaluationOptions()`.

    Returns:
        the report: `table`, `examples`, `to_pandas()`; it prints well.

    Raises:
        ValueError: if the model cannot be evaluated on the data, or an argument is none of the above.
        BackendError: if Keras runs on a backend on which models cannot be evaluated yet.

    >>> import numpy as np
    >>> from keras import layers
    >>> model = keras.Sequential([layers.Input((4,)), layers.Embedding(9, 4), layers.Flatten(), layers.Dense(2)])
    >>> report = evaluate(model, (np.ones((30, 4)), np.arange(30) % 2), classes=["bad", "good"])
    >>> report.value("accuracy")
    0.5
    """
    check_model(model)
    backends.check("evaluation", "evaluate")
    evaluator = Evaluator(
        dataset,
        task,
        slices,
        examples,
        max_examples,
        tokenizer,
        source,
        classes,
        options,
        lambda sentence: warnings.warn(sentence, stacklevel=2),
    )
    with undisturbed(model):
        evaluated = evaluator(model)
    return Report(evaluated.evaluation, evaluated.tokens)
