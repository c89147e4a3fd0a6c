"""Random numbers of one's own for one thread, where `random` and `numpy.random` share theirs with the whole process."""

from __future__ import annotations

import contextlib
import functools
import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_LOCK = threading.RLock()
"""Held while functions are stood in for, so that two loggers in two threads undo it in the right order."""

_ALIASES = {"sample": "random_sample", "ranf": "random_sample"}
"""Functions of `numpy.random` that are methods of its generators by another name."""


@contextlib.contextmanager
def own_randomness(seed: int) -> Iterator[None]:
    """Lets this thread draw from generators of its own, begun with a seed, as long as the context lasts.

    The functions of `random` and `numpy.random` are stood in for; other threads, such as those that prepare the next batches,
    draw from the shared generators through them as ever, and these are left as they are. What was imported by name before, as in
    `from random import choice`, is not stood in for.

    >>> random.seed(3)
    >>> with own_randomness(7):
    ...     drawn = random.random(), np.random.random()
    >>> with own_randomness(7):
    ...     assert drawn == (random.random(), np.random.random())
    >>> random.random() == random.Random(3).random()
    True
    """
    thread = threading.get_ident()
    generators: tuple[tuple[Any, Any], ...] = (
        (random, random.Random(seed)),
        (np.random, np.random.RandomState(seed % (1 << 32))),
    )
    with _LOCK, contextlib.ExitStack() as undo:
        for module, own in generators:
            for name in module.__all__:
                method = getattr(own, name, None) or getattr(own, _ALIASES.get(name, name), None)
                if method is not None:
                    shared = getattr(module, name)
                    undo.callback(setattr, module, name, shared)
                    setattr(module, name, _for_thread(thread, method, shared))
        yield


def _for_thread(thread: int, own: Callable[..., Any], shared: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(shared)
    def draw(*args: Any, **kwargs: Any) -> Any:
        return (own if threading.get_ident() == thread else shared)(*args, **kwargs)

    return draw
