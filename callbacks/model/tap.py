"""The tap: while a model runs, notes every softmax with the layer it belongs to, and leaves the result untouched.

Inside `listening(model, recorder, primitives)` the softmax primitives of the backend are stood in for by functions that
call the original and note its result, and every layer's `call` keeps a stack of what is running. Both are undone on
leaving, also after an error. Only the thread that listens is noted, so that another may train meanwhile.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import keras

from tb_seqviz_plugin.callbacks.model.layers import shadow
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of, without_recomputing

Tensor = TypeVar("Tensor")

_one_at_a_time = threading.Lock()
"""Of two that listen at once the first to leave would undo what the second put in place."""


@dataclass(eq=False)
class Frame:
    """One running call of one layer.

    Args:
        layer: the layer.
        invocation: which call of this layer it is, from 0.
        opened: the backend's mark when it began.
        closed: the backend's mark when it ended.
        parent: the call around it, None for the model itself.
    """

    layer: keras.layers.Layer
    invocation: int
    opened: int
    closed: int = -1
    parent: Frame | None = None


@dataclass(frozen=True, eq=False)
class Note:
    """One result that may be attention.

    Args:
        tensor: the weights.
        frame: the layer call it came from, None outside of any layer.
        axes: the axes along which it sums to 1, that is those of the keys; more than one for attention over images.
        name: what `sow` was given, "" for a softmax.
        span: the backend's marks before and after it was computed.
    """

    tensor: Any
    frame: Frame | None
    axes: tuple[int, ...]
    name: str
    span: tuple[int, int]


@dataclass
class Recorder:
    """What the tap noted in one forward pass.

    Args:
        mark: returns a number that rises with every op that the backend adds.
    """

    mark: Callable[[], int]
    notes: list[Note] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    _running: list[Frame] = field(default_factory=list)
    _invocations: Counter[int] = field(default_factory=Counter)
    _muted: bool = False

    @contextlib.contextmanager
    def entered(self, layer: keras.layers.Layer) -> Iterator[None]:
        """Puts a layer on the stack while it runs."""
        parent = self._running[-1] if self._running else None
        frame = Frame(layer, self._invocations[id(layer)], self.mark(), parent=parent)
        self._invocations[id(layer)] += 1
        self.frames.append(frame)
        self._running.append(frame)
        try:
            yield
        finally:
            frame.closed = self.mark()
            self._running.pop()

    def run(
        self, layer: keras.layers.Layer, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Runs a layer's call; to be overridden where more than the stack is wanted."""
        with self.entered(layer):
            return call(*args, **kwargs)

    def add(self, compute: Callable[[], Tensor], axis: Any, name: str = "") -> Tensor:
        """Runs a primitive and notes its result; primitives that it calls itself are not noted."""
        if self._muted:
            return compute()
        self._muted, before = True, self.mark()
        try:
            result = compute()
        finally:
            self._muted = False
        axes = tuple(axis) if isinstance(axis, Sequence) else (-1 if axis is None else int(axis),)
        frame = self._running[-1] if self._running else None
        self.notes.append(Note(result, frame, axes, name, (before, self.mark())))
        return result


class _Thread(threading.local):
    """Who listens in a thread."""

    recorder: Recorder | None = None


_thread = _Thread()


def sow(name: str, weights: Tensor) -> Tensor:
    """Marks a tensor as attention weights, for attention that is not found by itself.

    Does nothing outside of a capture, so that it may stay in the model for good.

    Args:
        name: what to call it, below the path of the layer that calls `sow`.
        weights: [batch, heads, queries, keys], [batch, queries, keys] or [batch, keys], not negative.

    Returns:
        weights, unchanged.

    >>> class Gate(keras.layers.Layer):
    ...     def call(self, x):
    ...         return x * sow("gate", keras.ops.sigmoid(x))
    """
    recorder = _thread.recorder
    if recorder is not None:
        recorder.add(lambda: weights, -1, name)
    return weights


def is_listening() -> bool:
    """Returns whether what runs in this thread is being noted."""
    return _thread.recorder is not None


@contextlib.contextmanager
def listening(
    model: keras.Model, recorder: Recorder, primitives: Sequence[tuple[Any, str]] = (), *, unroll: bool = True
) -> Iterator[contextlib.ExitStack]:
    """Notes in `recorder` what runs in this thread; yields where to say what else is to be undone on leaving.

    Args:
        model: its layers are told apart.
        recorder: takes the notes.
        primitives: (module, name) of the functions `softmax(logits, axis=...)` to stand in for.
        unroll: whether to unroll recurrent layers with a cell that is not Keras' own.
    """
    with _one_at_a_time, contextlib.ExitStack() as undo:
        for module, name in primitives:
            _replace(undo, module, name, _noting_softmax(getattr(module, name)))
        _replace(undo, keras.layers.Softmax, "call", _noting_softmax_layer(keras.layers.Softmax.call))
        for layer in layers_of(model):
            follow(undo, layer)
            if unroll and isinstance(layer, keras.layers.RNN) and not type(layer.cell).__module__.startswith("keras."):
                # In a while loop the weights would be born in an inner graph; the probe's length is known: unroll it.
                shadow(undo, layer, "unroll", True)
        undo.callback(setattr, _thread, "recorder", _thread.recorder)
        _thread.recorder = recorder
        yield undo


def follow(undo: contextlib.ExitStack, layer: keras.layers.Layer) -> None:
    """Has a layer's calls noted until `undo` is closed."""
    shadow(undo, layer, "call", _entering(layer, layer.call))
    without_recomputing(layer, lambda name, value: shadow(undo, layer, name, value))


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
