"""How models are evaluated on TensorFlow: a function of a batch as one graph, whatever sizes batches have."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy.typing as npt
import tensorflow as tf

__all__ = ["compiled"]


def compiled(function: Callable[..., list[Any]]) -> Callable[..., list[npt.NDArray[Any]]]:
    """Returns a function of arrays that is made into a graph on its first call; sizes that change are left open in it.

    What cannot be a graph runs op by op.
    """
    # TensorFlow warns of one function that is traced again and again, and takes those of several models for one by their code: a
    # partial function has none.
    graph = tf.function(partial(function), autograph=False, reduce_retracing=True)
    is_eager = False

    def run(*arrays: Any) -> list[npt.NDArray[Any]]:
        nonlocal is_eager
        tensors = [tf.convert_to_tensor(array) for array in arrays]
        if not is_eager:
            try:
                return [result.numpy() for result in graph(*tensors)]
            except tf.errors.OpError:
                raise
            except Exception:  # of Python code that needs values: what a model does is known on trying only
                is_eager = True
        return [result.numpy() for result in function(*tensors)]

    return run
