"""What a run of a model on TensorFlow draws from and changes, without Keras knowing it."""

from __future__ import annotations

import contextlib
import functools
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context
from tensorflow.python.eager.polymorphic_function import function_context
from tensorflow.python.ops import script_ops, stateful_random_ops

from tb_seqviz_plugin.callbacks.backends.interface import StandIn
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of
from tb_seqviz_plugin.callbacks.own_randomness import drawing_from, drawn_from

_HOLDERS = (keras.layers.Layer, tf.Module, tf.random.Generator)
_KEEPING = (tf.Variable, random.Random, np.random.RandomState, np.random.Generator)
_CONTAINERS = (list, tuple, set, dict)
_PLAIN = frozenset({type(None), bool, int, float, str, bytes, np.ndarray})
_MOST = 10_000
"""Of a container with more in it, such as a vocabulary or a data set, nothing is looked at."""

_call_back = script_ops._internal_py_func
_make_function_context = function_context.make_function_context

Restore = Callable[[], None]


class _Seeds:
    """Seeds of ops, drawn from a global one.

    An op that runs by itself draws on where the last one with the same two seeds stopped, so that both have to be one's own.
    """

    def __init__(self, seed: int) -> None:
        self.set_global_seed(seed)

    def set_global_seed(self, seed: Any) -> None:
        """Begins anew, as `tf.random.set_seed` does."""
        self._random = random.Random(f"own {seed}")
        # Not one that training has: the seed of an op may be fixed.
        self._global = self._random.getrandbits(31)

    def global_seed(self) -> int:
        """Returns the global seed."""
        return self._global

    def internal_operation_seed(self) -> int:
        """Returns a seed for an op that was given none."""
        return self._random.getrandbits(31)


class _CallsBack:
    """Ops that call a Python function, which runs in any thread and is to draw from what its graph was made with."""

    def __init__(self, seed: int) -> None:
        pass

    def _internal_py_func(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        generators = drawn_from()

        @functools.wraps(func)
        def drawing(*inputs: Any) -> Any:
            with drawing_from(generators):
                return func(*inputs)

        return _call_back(drawing if callable(func) else func, *args, **kwargs)


class _Graphs:
    """What a `tf.function` finds its graphs by.

    Those of the model are made once more for oneself: the seeds of a graph, what it calls back and where its ops stopped drawing
    stay in it, whoever runs it next.
    """

    def __init__(self, seed: int) -> None:
        pass

    def make_function_context(self, *args: Any, **kwargs: Any) -> Any:
        found = _make_function_context(*args, **kwargs)
        around, *rest = found
        return type(found)(("seqviz", around), *rest)


def stand_ins() -> tuple[StandIn, ...]:
    """Returns what stands in for what all threads draw from, and for what keeps what they drew."""
    return (
        StandIn(context, ("set_global_seed", "global_seed", "internal_operation_seed"), _Seeds),
        StandIn(script_ops, ("_internal_py_func",), _CallsBack),
        StandIn(function_context, ("make_function_context",), _Graphs),
    )


@contextlib.contextmanager
def state_kept(model: keras.Model) -> Iterator[None]:
    """Leaves what a model keeps without Keras as it was: variables and generators of TensorFlow, generators of numpy and Python."""
    with contextlib.ExitStack() as restore:
        for each in _held_by(model):
            # What cannot be read here, such as a variable of a graph, is changed by no run here.
            with contextlib.suppress(Exception):
                restore.callback(_restoring(each))
        yield


def _held_by(model: keras.Model) -> Iterator[Any]:
    """Yields what a model holds that changes without Keras, and the generator that TensorFlow keeps for all."""
    waiting: list[Any] = [*layers_of(model), stateful_random_ops.global_generator]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, tf.distribute.DistributedValues):
            # By itself, since to read and to write them at once asks other workers, which do not log.
            waiting += each.values
        elif isinstance(each, _KEEPING):
            yield each
        elif isinstance(each, _CONTAINERS):
            if len(each) <= _MOST:
                waiting += _not_plain(each.values() if isinstance(each, dict) else each)
        elif isinstance(each, _HOLDERS):
            waiting += _not_plain(vars(each).values())


def _not_plain(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if type(value) not in _PLAIN]


def _restoring(held: Any) -> Restore:
    """Returns what puts something back into the state that it has now."""
    if isinstance(held, random.Random):
        return functools.partial(held.setstate, held.getstate())
    if isinstance(held, np.random.RandomState):
        return functools.partial(held.set_state, held.get_state())
    if isinstance(held, np.random.Generator):
        return functools.partial(setattr, held.bit_generator, "state", held.bit_generator.state)
    value = tf.identity(held)

    def restore() -> None:
        if not np.array_equal(held.numpy(), value.numpy()):
            held.assign(value)

    return restore
