"""How many threads numpy's BLAS takes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def on_one_thread() -> AbstractContextManager[object]:
    """Returns a context in which BLAS takes one thread: beside those of training, its own wait for one another.

    >>> import numpy as np
    >>> with on_one_thread():
    ...     np.linalg.svd(np.eye(2, dtype=np.float32)).S.tolist()
    [1.0, 1.0]
    """
    limited: AbstractContextManager[object] = _blas().limit(limits=1)
    return limited


@cache
def _blas() -> ThreadpoolController:
    # To find it among all that TensorFlow has loaded takes some milliseconds.
    return ThreadpoolController().select(user_api="blas")
