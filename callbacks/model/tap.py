"""The tap: while a model runs, has every call and every softmax recorded, and leaves the result untouched.

Inside `listening(model, recorder, primitives)` the softmax primitives of the backend are stood in for by functions that
call the original and note its result, and so is the `call` of every layer. Both are undone on leaving, also after an
error. Only the thread that listens is recorded, so that another may train meanwhile.
"""

from __future__ import annotations

import contextlib
import functools
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.model.layers import shadow
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of, without_recomputing
from tb_seqviz_plugin.callbacks.model.reads import ReadingScope
from tb_seqviz_plugin.callbacks.model.recorder import Recorder, Tensor

_SCOPE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\\>-]*")
_one_at_a_time = threading.Lock()
"""Of two that listen at once the first to leave would undo what the second put in place."""


class _Thread(threading.local):
    """Who listens in a thread."""

    recorder: Recorder | None = None


_thread = _Thread()


def sow(name: str, weights: Tensor, keys: Sequence[str] | None = None) -> Tensor:
    """Marks a tensor as attention weights, for attention that is not found by itself.

    Does nothing outside of a capture, so that it may stay in the model for good.

    Args:
        name: what to call it, below the path of the layer that calls `sow`.
        weights: [batch, heads, queries, keys], [batch, queries, keys] or [batch, keys], of either sign.
        keys: a name for each key where they are no tokens, such as the experts that a router chooses from.

    Returns:
        weights, unchanged.

    Raises:
        ValueError: if it has no name, weights are no tensor of real numbers, or there are not as many names as keys.

    >>> class Gate(keras.layers.Layer):
    ...     def call(self, x):
    ...         return x * sow("gate", keras.ops.sigmoid(x))
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"sow() was given the name {name!r}; expected text, such as 'gate'.")
    dtype = getattr(weights, "dtype", None)
    if dtype is None or "complex" in str(dtype):
        raise ValueError(
            f"sow({name!r}) was given weights of type {dtype or type(weights).__name__}; expected a tensor of real numbers "
            "[batch, heads, queries, keys], [batch, queries, keys] or [batch, keys]."
        )
    if keys is not None:
        shape = tuple(weights.shape)  # type: ignore[attr-defined]
        count = shape[-1]
        if isinstance(keys, str) or not all(isinstance(key, str) for key in keys) or count not in (None, len(keys)):
            raise ValueError(
                f"sow({name!r}) was given the keys {keys!r}; expected a list of strings, one for each of the {count} keys "
                f"of weights of shape {shape}."
            )
    recorder = _thread.recorder
    if recorder is not None:
        # Constants are not followed, what an op makes of them is.
        noted = keras.ops.add(weights, 0) if isinstance(weights, np.ndarray) else weights
        recorder.add(lambda: noted, -1, name, tuple(keys or ()))
    return weights


def is_listening() -> bool:
    """Returns whether what runs in this thread is being noted."""
    return _thread.recorder is not None


@contextlib.contextmanager
def listening(
    model: keras.Model,
    recorder: Recorder,
    primitives: Sequence[tuple[Any, str]] = (),
    *,
    losses: bool = False,
) -> Iterator[keras.StatelessScope]:
    """Records what runs in this thread; layers that the model does not know before they are called included.

    Args:
        model: the model.
        recorder: takes the calls and the softmaxes.
        primitives: (module, name) of the functions `softmax(logits, axis=...)` to stand in for.
        losses: whether losses that layers add are to be found in `model.losses`.

    Yields:
        the scope that what the model assigns goes to.
    """
    # The scope around the rest: on leaving it variables of a model that was not built are made, for which no graph may be open.
    with (
        _one_at_a_time,
        warnings.catch_warnings(),
        ReadingScope(recorder.read, losses) as scope,
        contextlib.ExitStack() as undo,
    ):
        warnings.simplefilter("ignore")  # what a model has to say it says when it is trained
        for module, name in primitives:
            _replace(undo, module, name, _noting_softmax(getattr(module, name)))
        _replace(undo, keras.layers.Softmax, "call", _noting_softmax_layer(keras.layers.Softmax.call))
        known = set()
        for number, layer in enumerate(layers_of(model)):
            known.add(id(layer))
            _follow(undo, layer, recorder)
            if not _SCOPE.fullmatch(layer.name):  # TensorFlow or Keras would refuse it, and Keras take damage
                shadow(undo, layer, "name", f"layer_{number}")
        _follow_new_layers(undo, known, recorder)
        undo.callback(setattr, _thread, "recorder", _thread.recorder)
        _thread.recorder = recorder
        yield scope


def _follow(undo: contextlib.ExitStack, layer: keras.layers.Layer, recorder: Recorder) -> None:
    """Has a layer's calls recorded until `undo` is closed."""
    shadow(undo, layer, "call", _entering(layer, layer.call))
    without_recomputing(layer, lambda name, value: shadow(undo, layer, name, value))
    recorder.know(layer)
    if recorder.keeps_tensors and layer.supports_masking:
        shadow(undo, layer, "compute_mask", _noting_mask(layer, layer.compute_mask, recorder))


def _follow_new_layers(undo: contextlib.ExitStack, known: set[int], recorder: Recorder) -> None:
    """Follows layers that are made inside a call, or kept where Keras does not see them."""
    base, thread = keras.layers.Layer, threading.get_ident()
    original, kept = base.__call__, []

    def following(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
        if id(layer) not in known and threading.get_ident() == thread:
            known.add(id(layer))
            kept.append(layer)  # so that no other takes its id
            _follow(undo, layer, recorder)
        return original(layer, *args, **kwargs)

    undo.callback(setattr, base, "__call__", original)
    base.__call__ = following


def _noting_mask(layer: keras.layers.Layer, compute: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def noting(inputs: Any, previous_mask: Any = None) -> Any:
        mask = compute(inputs, previous_mask)
        recorder.note_mask(layer, mask, previous_mask)
        return mask

    return noting


def _entering(layer: keras.layers.Layer, call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def entering(*args: Any, **kwargs: Any) -> Any:
        recorder = _thread.recorder
        if recorder is None:
            return call(*args, **kwargs)
        return recorder.run(layer, call, args, kwargs)

    return entering


def _noting_softmax(softmax: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(softmax)
    def noting(logits: Any, axis: Any = -1, *args: Any, **kwargs: Any) -> Any:
        recorder = _thread.recorder
        if recorder is None:
            return softmax(logits, axis, *args, **kwargs)
        return recorder.add(lambda: softmax(logits, axis, *args, **kwargs), axis)

    return noting


def _noting_softmax_layer(call: Callable[..., Any]) -> Callable[..., Any]:
    """Stands in for `Softmax.call`, whose result has masked weights at zero, unlike the softmax inside it."""

    @functools.wraps(call)
    def noting(self: keras.layers.Softmax, *args: Any, **kwargs: Any) -> Any:
        recorder = _thread.recorder
        if recorder is None:
            return call(self, *args, **kwargs)
        return recorder.add(lambda: call(self, *args, **kwargs), self.axis)

    return noting


def _replace(undo: contextlib.ExitStack, owner: Any, name: str, value: Any) -> None:
    undo.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, value)
