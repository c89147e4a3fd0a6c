"""Which inputs a model learns to write token by token: those whose targets are their own next tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.model.batch import Structure, leaves_of, names_of
from tb_seqviz_plugin.callbacks.model.fitted import NoBatchError, first_batch

_EXAMPLES = 8
_ALIKE = 0.9
"""Share of positions: the end of a text may be cut off, and ignored labels be other numbers."""


def written_inputs(arrays: Mapping[str, npt.NDArray[Any]], targets: Structure) -> frozenset[str]:
    """Returns the names of the inputs whose next tokens are among the targets.

    Args:
        arrays: the inputs by name, [examples, tokens] of those that are texts.
        targets: what the loss compares with; None if unknown.

    >>> texts = np.array([[1, 2, 3, 4, 0], [5, 3, 1, 2, 4]])
    >>> sorted(written_inputs({"source": texts[:, ::-1], "target": texts[:, :-1]}, texts[:, 1:]))
    ['target']
    """
    wanted = [np.asarray(target) for target in leaves_of(targets)]
    return frozenset(name for name, array in arrays.items() if any(_is_next(np.asarray(array), y) for y in wanted))


def written_in_fit(model: keras.Model) -> frozenset[str]:
    """Returns the same of the arrays that the `fit` which calls this was given; none where it was given something else."""
    try:
        batch = first_batch(model, _EXAMPLES)
    except NoBatchError:
        return frozenset()
    if not isinstance(batch, tuple) or len(batch) < 2:
        return frozenset()
    inputs = dict(zip(names_of(batch[0]), leaves_of(batch[0]), strict=True))
    return written_inputs(inputs, batch[1])


def _is_next(texts: npt.NDArray[Any], targets: npt.NDArray[Any]) -> bool:
    targets = targets[..., 0] if targets.ndim == 3 and targets.shape[-1] == 1 else targets
    if texts.ndim != 2 or texts.shape != targets.shape or texts.shape[1] < 3 or texts.dtype.kind not in "iuf":
        return False
    return bool((texts[:, 1:] == targets[:, :-1]).mean() >= _ALIKE > (texts == targets).mean())
