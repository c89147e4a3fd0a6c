"""Strategies of `tf.distribute`: what looks at one replica runs outside of their scopes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import tensorflow as tf

from tb_seqviz_plugin.callbacks.own_randomness import drawing_from, drawn_from

Result = TypeVar("Result")


def outside_of_scopes(do: Callable[[], Result]) -> Result:
    """Returns what a function returns that runs as if no strategy's scope was open.

    Inside of one a variable stands for those of all replicas, of which no gradient can be taken; outside it is that of the first
    replica. Scopes belong to a thread, and nothing leaves one but its end.

    Args:
        do: meets no collective, since other workers do not run it.
    """
    if not tf.distribute.has_strategy():
        return do()
    generators = drawn_from()

    def run() -> Result:
        with drawing_from(generators):
            return do()

    with ThreadPoolExecutor(1, thread_name_prefix="seqviz outside of scopes") as thread:
        return thread.submit(run).result()
