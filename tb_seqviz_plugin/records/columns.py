"""Measures of packages that knew fewer of them, or know more: new ones are appended, so that a column is the same in all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]


def with_columns(values: Float, count: int) -> Float:
    """Returns the first measures of each row, NaN where there are fewer.

    Args:
        values: float32 [rows, any].
        count: how many measures are known here.

    Returns:
        float32 [rows, count].
    """
    known = np.full((len(values), count), np.nan, np.float32)
    known[:, : values.shape[1]] = values[:, :count]
    return known
