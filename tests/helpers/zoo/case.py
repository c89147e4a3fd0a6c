"""Models of which each call is looked at: a case, helpers, and layers that several of them use."""

from __future__ import annotations

import glob
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers, ops

from helpers.zoo.reference import (
    Float,
    causal,
    dense,
    layer_norm,
    multi_head,
    softmax,
)
from helpers.zoo.specimen import ANY_NOTE, Drawn, Specimen, variant

BATCH, LENGTH, SOURCE_LENGTH, FEATURES, HEADS = 2, 6, 5, 8, 2

_random = np.random.default_rng(0)
X = _random.normal(size=(BATCH, LENGTH, FEATURES)).astype("float32")
SOURCE = _random.normal(size=(BATCH, SOURCE_LENGTH, FEATURES)).astype("float32")
IDS = _random.integers(1, 20, (BATCH, LENGTH)).astype("int32")
IDS[0, -2:], IDS[1, -1:] = 0, 0


@dataclass
class Case:
    """A model, what it is called with, and what it attends to.

    Args:
        model: built.
        inputs: a probe.
        expected: weights [batch, heads, queries, keys] of every call, in order; NaN where Keras may do as it likes.
        paths: path of every call.
        tolerance: largest error that float32, or what the model computes in, explains.
        compiled: whether capture runs it as a graph.
    """

    model: keras.Model
    inputs: Any
    expected: Sequence[npt.NDArray[Any]]
    paths: Sequence[str]
    tolerance: float = 1e-6
    compiled: bool = True


CASES: dict[str, Callable[[], Case]] = {}


def case(build: Callable[[], Case]) -> Callable[[], Case]:
    """A case is a specimen, too, of which tokens and roles are not looked at."""

    def as_specimen() -> Specimen:
        return specimen_of(build())

    as_specimen.__name__ = build.__name__
    variant(as_specimen)
    CASES[build.__name__] = build
    return build


def specimen_of(case: Case) -> Specimen:
    """Returns a case as what must be drawn of it: calls of one layer that ask one query each are one layer."""
    parts: list[tuple[str, list[npt.NDArray[Any]]]] = []
    by_path: dict[str, list[npt.NDArray[Any]]] = {}
    for path, weights in zip(case.paths, case.expected, strict=True):
        if weights.shape[2] == 1 and path in by_path:
            by_path[path].append(weights)
        else:
            by_path[path] = [weights]
            parts.append((path, by_path[path]))
    drawn = [
        Drawn(
            "*",
            "*",
            "*",
            glob.escape(path),
            note=ANY_NOTE,
            weights=np.concatenate(rows, axis=2),
            is_stepwise=len(rows) > 1,
        )
        for path, rows in parts
    ]
    return Specimen(case.model, case.inputs, drawn, {}, tolerance=2 * case.tolerance + 1e-5)


def randomised(model: keras.Model) -> keras.Model:
    """Gives biases and scales values, which would hide mistakes as zeros and ones."""
    random = np.random.default_rng(1)
    for variable in model.trainable_variables:
        if len(variable.shape) < 3 and "embedding" not in variable.path:
            variable.assign(variable.numpy() + random.normal(0, 0.2, variable.shape))
    return model


def of_one_input(
    build: Callable[[Any], Any], shape: tuple[int | None, ...] = (LENGTH, FEATURES), dtype: str = "float32"
) -> keras.Model:
    """Returns the functional model around a function of one input."""
    inputs = layers.Input(shape, dtype=dtype)
    return randomised(keras.Model(inputs, build(inputs)))


def of_pair(build: Callable[[Any, Any], Any]) -> keras.Model:
    """Returns the functional model around a function of target and source."""
    target, source = layers.Input((LENGTH, FEATURES)), layers.Input((SOURCE_LENGTH, FEATURES))
    return randomised(keras.Model([target, source], build(target, source)))


class Calling(keras.Model):
    """A subclassed model that calls a function with itself."""

    def __init__(self, function: Callable[..., Any], example: Any = X, **parts: Any) -> None:
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self._function = function
        self(example)
        randomised(self)

    def call(self, inputs: Any) -> Any:
        return self._function(self, inputs)


class Block(layers.Layer):
    """A Transformer block without feed-forward."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.attention = layers.MultiHeadAttention(HEADS, 4, name="attention")
        self.norm = layers.LayerNormalization()

    def call(self, x: Any) -> Any:
        return self.norm(x + self.attention(x, x))

    def in_numpy(self, x: npt.NDArray[Any]) -> tuple[Float, Float]:
        weights, output = multi_head(self.attention, x, x)
        return weights, layer_norm(self.norm, x + output)


class Head(layers.Layer):
    """One causal head as lectures write it."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.query, self.key, self.value = (layers.Dense(4, use_bias=False) for _ in range(3))

    def build(self, shape: Any) -> None:
        for part in (self.query, self.key, self.value):
            part.build(shape)

    def call(self, x: Any) -> Any:
        scores = ops.matmul(self.query(x), ops.transpose(self.key(x), (0, 2, 1))) * 0.5
        scores = ops.where(causal(x.shape[1]), scores, -1e9)
        return ops.matmul(ops.softmax(scores), self.value(x))

    def compute_output_shape(self, shape: Any) -> Any:
        return (*shape[:-1], 4)

    def in_numpy(self, x: npt.NDArray[Any]) -> Float:
        scores = dense(self.query, x) @ dense(self.key, x).transpose(0, 2, 1) * 0.5
        return softmax(np.where(causal(x.shape[1]), scores, -1e9))


class Bahdanau(layers.Layer):
    """The attention of the TensorFlow tutorials: softmax over axis 1, product, sum."""

    def __init__(self, softmax_function: Callable[..., Any], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.from_query, self.from_values, self.score = layers.Dense(4), layers.Dense(4), layers.Dense(1)
        self.softmax_function = softmax_function

    def call(self, query: Any, values: Any) -> Any:
        score = self.score(tf.nn.tanh(self.from_query(query[:, None]) + self.from_values(values)))
        weights = self.softmax_function(score, axis=1)
        return tf.reduce_sum(weights * values, axis=1), weights

    def in_numpy(self, query: npt.NDArray[Any], values: npt.NDArray[Any]) -> Float:
        scores = dense(self.score, np.tanh(dense(self.from_query, query[:, None]) + dense(self.from_values, values)))
        return softmax(scores, axis=1).transpose(0, 2, 1)[:, None]
