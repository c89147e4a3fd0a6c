"""Small models that write, and what was logged of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import SampleLogger, SampleOptions, Sampling

CHARACTERS = "abcdefgh."
SIZE = len(CHARACTERS)


def compiled(model: keras.Model, **options: Any) -> keras.Model:
    """Returns the model, ready for `fit`; by default op by op, which spares tracing."""
    from_logits = getattr(model.layers[-1], "activation", None) is not keras.activations.softmax
    from_logits = from_logits and not isinstance(model.layers[-1], layers.TimeDistributed)
    options = {"optimizer": keras.optimizers.SGD(0.1), "run_eagerly": True, **options}
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits), **options)
    return model


def shaken(model: keras.Model, seed: int = 0) -> keras.Model:
    """Returns the model with weights that make it prefer some tokens."""
    random = np.random.default_rng(seed)
    model.set_weights(
        [random.normal(scale=0.9, size=old.shape) if old.ndim > 1 else old for old in model.get_weights()]
    )
    return model


def bigrams(size: int = SIZE, **compile_options: Any) -> keras.Model:
    """Returns the least language model: each token tells the next."""
    model = keras.Sequential([layers.Input((None,), dtype="int32"), layers.Embedding(size, 8), layers.Dense(size)])
    return compiled(shaken(model), **compile_options)


def chain(following: dict[int, int], size: int) -> keras.Model:
    """Returns a model that is sure which token follows which, and learns nothing."""
    model = bigrams(size, optimizer=keras.optimizers.SGD(0.0))
    embedding, kernel = np.zeros((size, 8)), np.zeros((8, size))
    for place, (token, successor) in enumerate(following.items()):
        embedding[token, place], kernel[place, successor] = 1, 20
    model.set_weights([embedding, kernel, np.zeros(size)])
    return model


class Positions(layers.Layer):
    """Adds a vector for the place."""

    def build(self, shape: Any) -> None:
        self.vectors = self.add_weight(shape=(32, shape[-1]), initializer="normal")

    def call(self, x: Any) -> Any:
        return x + self.vectors[None, : ops.shape(x)[1]]


def transformer(length: int | None = None, batch: int | None = None, size: int = SIZE) -> keras.Model:
    """Returns a decoder-only Transformer of one layer."""
    ids = layers.Input((length,), batch_size=batch, dtype="int32")
    x = Positions(name="positions")(layers.Embedding(size, 8, name="embedding")(ids))
    x = x + layers.MultiHeadAttention(2, 4, dropout=0.2, name="attention")(x, x, use_causal_mask=True)
    return compiled(shaken(keras.Model(ids, layers.Dense(size)(layers.Dropout(0.2)(x)), name="language")))


def translator(source_length: int | None = None, target_length: int | None = None) -> keras.Model:
    """Returns an encoder-decoder Transformer that masks no padding."""
    source = layers.Input((source_length,), dtype="int32", name="source")
    target = layers.Input((target_length,), dtype="int32", name="target")
    encoded = Positions(name="source_positions")(layers.Embedding(12, 8, name="source_embedding")(source))
    x = Positions(name="positions")(layers.Embedding(SIZE, 8, name="embedding")(target))
    x = x + layers.MultiHeadAttention(2, 4, dropout=0.2, name="attention")(x, x, use_causal_mask=True)
    x = x + layers.MultiHeadAttention(2, 4, dropout=0.2, name="cross")(x, encoded)
    return compiled(shaken(keras.Model([source, target], layers.Dense(SIZE)(x), name="translator")))


class Keeping(keras.callbacks.Callback):
    """Keeps the weights of each epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.weights: list[list[Any]] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.weights.append(self.model.get_weights())


def fit(model: keras.Model, *callbacks: keras.callbacks.Callback, batches: int = 6, **arguments: Any) -> Any:
    """Trains a model of ids on batches of one text."""
    ids = np.random.default_rng(0).integers(0, model.output_shape[-1], (batches, model.input_shape[1] or 5))
    targets = ids if len(model.output_shape) == 3 else ids[:, 0]
    return model.fit(ids, targets, callbacks=list(callbacks), **{"batch_size": 1, "verbose": 0, **arguments})


def sample_logger(folder: Path, prompts: Any, *, references: Any = None, **settings: Any) -> SampleLogger:
    """Returns a logger of settings that are given flat, by the names of the fields of its groups."""
    for argument, kind in (("sampling", Sampling), ("options", SampleOptions)):
        names = [field.name for field in fields(kind) if field.name in settings]  # type: ignore[arg-type]
        if names:
            settings[argument] = kind(**{name: settings.pop(name) for name in names})
    return SampleLogger(
        folder, prompts if references is None else list(zip(prompts, references, strict=True)), **settings
    )


def log(folder: Path, model: keras.Model, prompts: Any = ("ab",), *, times: int = 1, **arguments: Any) -> list[Any]:
    """Logs a model as it is at steps from 0 on; returns the records of samples."""
    options = {"tokenizer": CHARACTERS, "temperatures": (0, 1), "max_length": 6, **arguments}
    logger = sample_logger(folder, list(prompts), **options)
    logger.set_model(model)
    for step in range(times):
        logger.log(step)
    logger.close()
    return samples_in(folder) if any(folder.iterdir()) else []


def samples_in(folder: Path) -> list[seqviz.SamplesRecord]:
    return list(seqviz.read(folder, "samples"))


def steps(folder: Path) -> list[int]:
    return [record.step for record in samples_in(folder)]


def warnings_of(do: Callable[[], Any]) -> list[str]:
    """Returns what is warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        do()
    return [str(warning.message) for warning in caught if issubclass(warning.category, UserWarning)]
