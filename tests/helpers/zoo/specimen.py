"""A model of the zoo and what must be drawn of it: the weights that the model itself used, told by it or computed in numpy."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers

from helpers.old_keras import as_far_as_keras_builds

Array = npt.NDArray[Any]
Tokens = dict[str, list[list[str]]]

ANY_NOTE = "."
"""For weights that something is done to between the softmax and the sum: a note may say so, in its own words."""


@dataclass(frozen=True)
class Drawn:
    """One attention layer as it must be drawn.

    Args:
        role: "encoder self", "decoder self", "cross" or "other"; several where either is right, "*" where it is not looked at.
        query: axis of the queries, "" where they run along no tokens; several where each is right; not looked at where there is
            one query only. "-x" is the axis x from its end, ">x" with a position without a word before it, "2x" every second of
            its words, "x#2" the third of the parts that its tokens are cut into; "x?" may as well be by position,
            "*" is not looked at.
        key: axis of the keys, in the same way.
        path: pattern of its path.
        signed: whether its weights may be negative.
        note: pattern of the notes that it may have, "" for none.
        weights: [batch, heads, queries, keys].
        is_stepwise: whether the model makes a row a step.
        hops: whether its queries may as well be called heads, as of several learnt queries.
    """

    role: str | tuple[str, ...]
    query: str | tuple[str, ...]
    key: str | tuple[str, ...]
    path: str = "*"
    signed: bool = False
    note: str = ""
    weights: Array = field(default_factory=lambda: np.zeros((0, 0, 0, 0)), repr=False)
    is_stepwise: bool = False
    hops: bool = False


@dataclass(frozen=True)
class Specimen:
    """A model, what it is called with, and what must be drawn of it.

    Args:
        model: built.
        inputs: a probe, by input name or as the model takes it.
        drawn: every layer that attends.
        tokens: lists of strings per example, by axis.
        sentence: pattern of the one warning that is due, "" where none is.
        tolerance: largest error that what the model computes in explains.
        or_named: whether it may as well be absent and be named in a warning.
    """

    model: keras.Model
    inputs: Any
    drawn: Sequence[Drawn]
    tokens: Tokens
    sentence: str = ""
    tolerance: float = 1e-5
    or_named: bool = False


SPECIMENS: dict[str, Callable[[], Specimen]] = {}
VARIANTS: set[str] = set()


def specimen(build: Callable[[], Specimen]) -> Callable[[], Specimen]:
    assert build.__name__ not in SPECIMENS, build.__name__
    SPECIMENS[build.__name__] = build
    return build


def variant(build: Callable[[], Specimen]) -> Callable[[], Specimen]:
    """A specimen much like others, which the long tests look at."""
    VARIANTS.add(build.__name__)
    return specimen(build)


# Telling


_Told = list[tuple[str, str, Array]]
_listening: list[_Told] = []


def told(weights: Any, layout: str, part: str = "") -> Any:
    """Returns the weights that a model is about to sum values with, and tells them where they have values; changes nothing.

    Args:
        weights: as the layer has them; a function that computes them where the layer has not.
        layout: a letter for each axis: b(atch), q(ueries), k(eys), one of size 1 (o), any other for heads; those folded
            into one axis in parentheses, as in "(hb)qk".
        part: which layer it is where a model has several. What is told several times of one part are rows if it has no axis
            of queries, heads otherwise.
    """
    if _listening and tf.executing_eagerly():
        _listening[-1].append((part, layout, np.asarray(weights() if callable(weights) else weights, np.float64)))
    return weights


@contextmanager
def _listened() -> Iterator[_Told]:
    _listening.append([])
    try:
        yield _listening[-1]
    finally:
        _listening.pop()


def arranged(weights: npt.ArrayLike, layout: str, batch: int) -> Array:
    """Returns weights as [batch, heads, queries, keys]; see `told`.

    >>> arranged(np.zeros((6, 4, 5)), "(hb)qk", batch=2).shape
    (2, 3, 4, 5)
    """
    weights = np.asarray(weights)
    axes = re.findall(r"\(\w\w\)|\w", layout)
    shape: list[int] = []
    for size, axis in zip(weights.shape, axes, strict=True):
        if len(axis) == 1:
            shape.append(size)
        else:
            shape += [batch, size // batch] if axis[1] == "b" else [size // batch, batch]
    letters = re.sub(r"\W", "", layout)
    heads = [letter for letter in letters if letter not in "bqko"]
    order = [letters.index(letter) for letter in ["b", *heads, "q", "k"] if letter in letters]
    order += [place for place, letter in enumerate(letters) if letter == "o"]
    moved = weights.reshape(shape).transpose(order)
    queries = weights.reshape(shape).shape[letters.index("q")] if "q" in letters else 1
    keys = weights.reshape(shape).shape[letters.index("k")]
    if "b" not in letters:
        moved = np.broadcast_to(moved, (batch, *moved.shape))
    return moved.reshape(batch, -1, queries, keys)


def _parts_of(told_parts: _Told, batch: int, skipped: int) -> dict[str, tuple[Array, bool]]:
    """Returns the weights of each part but for those told first, and whether they were told a row a step."""
    parts: dict[str, list[tuple[str, Array]]] = {}
    for part, layout, weights in told_parts:
        parts.setdefault(part, []).append((layout, arranged(weights, layout, batch)))
    found = {}
    for part, all_pieces in parts.items():
        pieces = all_pieces[skipped:]
        is_stepwise = len(pieces) > 1 and "q" not in pieces[0][0]
        found[part] = (np.concatenate([weights for _, weights in pieces], axis=2 if is_stepwise else 1), is_stepwise)
    return found


# Building


def given(batch: int = 2, features: int = 8, **lengths: int) -> dict[str, Array]:
    """Returns random sequences float32 [batch, length, features] by input name."""
    return {
        name: np.random.default_rng([zlib.crc32(name.encode()), length])
        .normal(size=(batch, length, features))
        .astype("float32")
        for name, length in lengths.items()
    }


def given_ids(batch: int = 2, words: int = 12, **lengths: int) -> dict[str, Array]:
    """Returns random ids int32 [batch, length] by input name, none of them 0."""
    return {
        name: np.random.default_rng([zlib.crc32(name.encode()), length])
        .integers(1, words, (batch, length))
        .astype("int32")
        for name, length in lengths.items()
    }


class _Written(layers.Layer):
    """A layer whose `call` is a function."""

    def __init__(self, function: Callable[..., Any], parts: Mapping[str, Any], **arguments: Any) -> None:
        super().__init__(**arguments)
        for name, part in parts.items():
            is_shape = isinstance(part, tuple)
            setattr(self, name, self.add_weight(shape=part, name=name) if is_shape else part)
        self._function = function

    def build(self, *shapes: Any) -> None:
        """Leaves the parts to be built when they are called."""

    def call(self, *inputs: Any) -> Any:
        return self._function(self, *inputs)


def written(
    class_name: str, function: Callable[..., Any], name: str = "layer", dtype: str | None = None, **parts: Any
) -> Any:
    """Returns a layer of a class of that name, whose `call` is a function of the layer and its inputs.

    Args:
        class_name: as public code calls it.
        function: what the layer does.
        name: of the layer.
        dtype: what it computes in.
        parts: layers, or shapes of weights, by attribute.
    """
    arguments = {"name": name} if dtype is None else {"name": name, "dtype": dtype}
    return type(class_name, (_Written,), {})(function, parts, **arguments)


def sharpened(model: keras.Model, factor: float) -> keras.Model:
    """Makes kernels longer and gives values to biases, so that no weights are flat and none alike."""
    random = np.random.default_rng(5)
    for variable in model.trainable_variables:
        if len(variable.shape) > 1:
            variable.assign(variable.numpy() * factor)
        else:
            variable.assign(variable.numpy() + random.normal(0, 0.3, variable.shape))
    return model


def functional(build: Callable[..., Any], inputs: Mapping[str, Array]) -> keras.Model:
    """Returns the functional model around a function of its inputs."""
    symbols = {name: layers.Input(array.shape[1:], dtype=array.dtype.name, name=name) for name, array in inputs.items()}
    with as_far_as_keras_builds():
        return keras.Model(symbols, build(*symbols.values()))


def output_of(name: str, layout: str, inputs: Mapping[str, Array]) -> Callable[[keras.Model], list[Array]]:
    """Returns a function from a functional model to what one of its layers returns, as weights; see `told`."""

    def weights(model: keras.Model) -> list[Array]:
        inner = keras.Model(model.inputs, model.get_layer(name).output)
        output = inner([tf.constant(array) for array in inputs.values()])
        return [arranged(np.asarray(output, np.float64), layout, len(output))]

    return weights


def attending(
    build: Any,
    inputs: Mapping[str, Array],
    *drawn: Drawn,
    weights: Sequence[Array] | Callable[[keras.Model], Sequence[Array]] = (),
    tokens: Tokens | None = None,
    sentence: str = "",
    factor: float = 1.6,
    tolerance: float = 1e-5,
    or_named: bool = False,
    skipped: int = 0,
) -> Specimen:
    """Returns a model with the weights that it tells by `told` when it runs op by op.

    Args:
        build: a function from symbolic inputs to outputs, or a built model.
        inputs: a probe by input name.
        drawn: what must be drawn, in the order in which it is told.
        weights: [batch, heads, queries, keys] of each, or a function that computes them of the model, where it does not tell.
        tokens: by axis, where they are not one for each position of each input.
        sentence: see `Specimen`.
        factor: how much longer kernels become.
        tolerance: see `Specimen`.
        or_named: see `Specimen`.
        skipped: how often each part tells weights that are not used: once in Keras' `RNN`, which looks at a first output for its
            shape.
    """
    model = build if isinstance(build, keras.Model) else functional(build, inputs)
    sharpened(model, factor)
    batch = len(next(iter(inputs.values())))
    with _listened() as heard:
        model({name: tf.constant(array) for name, array in inputs.items()})
    found = [(array, False) for array in (weights(model) if callable(weights) else weights)]
    found = found or list(_parts_of(heard, batch, skipped).values())
    assert len(found) == len(drawn), f"{len(found)} told, {len(drawn)} drawn"
    complete = [
        replace(each, weights=array, is_stepwise=is_stepwise)
        for each, (array, is_stepwise) in zip(drawn, found, strict=True)
    ]
    return Specimen(model, inputs, complete, tokens or tokens_of(inputs), sentence, tolerance, or_named)


def tokens_of(inputs: Mapping[str, Array]) -> Tokens:
    """Returns a word for each position of each input, of which no two are alike; masks have none."""
    return {
        name: [[f"{name}{row}.{place}" for place in range(array.shape[1])] for row in range(len(array))]
        for name, array in inputs.items()
        if "mask" not in name
    }
