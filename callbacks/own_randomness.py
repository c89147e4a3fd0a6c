"""Random numbers of one's own for one thread, where modules such as `random` share theirs with the whole process."""

from __future__ import annotations

import contextlib
import functools
import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.backends.interface import StandIn

_ALIASES = {"sample": "random_sample", "ranf": "random_sample"}
"""Functions of `numpy.random` that are methods of its generators by another name."""


_PYTHON = (
    StandIn(random, random.__all__, random.Random),
    StandIn(np.random, np.random.__all__, lambda seed: np.random.RandomState(seed % (1 << 32))),
)
Generators = dict[Any, Any]
"""By module, what stands in for its functions."""


class _Thread(threading.local):
    """What a thread draws from, empty where that is what all draw from."""

    generators: Generators = {}  # noqa: RUF012, replaced, never changed


_thread = _Thread()
_lock = threading.Lock()
_undo = contextlib.ExitStack()
_users = 0


@contextlib.contextmanager
def own_randomness(seed: int) -> Iterator[None]:
    """Lets this thread draw from generators of its own, begun with a seed, as long as the context lasts.

    The functions of `random` and `numpy.random` are stood in for, and what the backend draws seeds from; other threads, such as
    those that prepare the next batches, draw from the shared generators through them as ever, and these are left as they are.
    What was imported by name before, as in `from random import choice`, is not stood in for.

    >>> random.seed(3)
    >>> with own_randomness(7):
    ...     drawn = random.random(), np.random.random()
    >>> with own_randomness(7):
    ...     assert drawn == (random.random(), np.random.random())
    >>> random.random() == random.Random(3).random()
    True
    """
    with drawing_from({each.module: each.make(seed) for each in _all()}):
        yield


@contextlib.contextmanager
def drawing_from(generators: Generators) -> Iterator[None]:
    """Lets this thread draw from generators, by module, as long as the context lasts."""
    before = _thread.generators
    with _stood_in():
        _thread.generators = generators
        try:
            yield
        finally:
            _thread.generators = before


def drawn_from() -> Generators:
    """Returns what this thread draws from, by module; empty where that is what all draw from."""
    return _thread.generators


@functools.cache
def _all() -> tuple[StandIn, ...]:
    of_backend = backends.randomness()
    return (*_PYTHON, *(of_backend.stand_ins() if of_backend else ()))


@contextlib.contextmanager
def _stood_in() -> Iterator[None]:
    """Has the functions look which thread calls them, until the last context is left."""
    global _users
    with _lock:
        _users += 1
        if _users == 1:
            for each in _all():
                _stand_in(each)
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                _undo.close()


def _stand_in(each: StandIn) -> None:
    model = each.make(0)
    for name in each.names:
        method = name if hasattr(model, name) else _ALIASES.get(name, "")
        if hasattr(model, method):
            function = getattr(each.module, name)
            _undo.callback(setattr, each.module, name, function)
            setattr(each.module, name, _by_thread(each.module, method, function))


def _by_thread(module: Any, method: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def draw(*args: Any, **kwargs: Any) -> Any:
        own = _thread.generators.get(module)
        return (function if own is None else getattr(own, method))(*args, **kwargs)

    return draw
