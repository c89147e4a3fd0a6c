"""The arrays used last, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

from tb_seqviz_plugin.wire.frame import Array


class ArrayCache:
    """Keeps arrays for several threads. What is asked for by several at once is made by the first of them.

    Args:
        capacity: how many bytes to keep; an array that is larger by itself is not kept.

    >>> import numpy as np
    >>> cache = ArrayCache(capacity=8)
    >>> [cache.get("a", lambda: np.zeros(1)).size, cache.get("b", lambda: np.zeros(1)).size, cache.size]
    [1, 1, 8]
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._arrays: OrderedDict[Hashable, Array] = OrderedDict()
        self._making: dict[Hashable, Future[Array]] = {}
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        with self._lock:
            return sum(array.nbytes for array in self._arrays.values())

    def get(self, key: Hashable, make: Callable[[], Array]) -> Array:
        """Returns the array of a key, made anew if it is not kept; it is to be left alone."""
        with self._lock:
            known = self._used(key)
            if known is not None:
                return known
            making = self._making.get(key)
            mine = making is None
            if making is None:
                making = self._making[key] = Future()
        if not mine:
            return making.result()
        try:
            array = make()
        except BaseException as error:
            making.set_exception(error)
            raise
        else:
            self._keep(key, array)
            making.set_result(array)
            return array
        finally:
            with self._lock:
                del self._making[key]

    def find(self, key: Hashable) -> Array | None:
        """Returns the array of a key if it is kept."""
        with self._lock:
            return self._used(key)

    def _used(self, key: Hashable) -> Array | None:
        array = self._arrays.get(key)
        if array is not None:
            self._arrays.move_to_end(key)
        return array

    def _keep(self, key: Hashable, array: Array) -> None:
        with self._lock:
            self._arrays[key] = array
            total = sum(each.nbytes for each in self._arrays.values())
            while total > self.capacity:
                total -= self._arrays.popitem(last=False)[1].nbytes
