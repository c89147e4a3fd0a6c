"""Probabilities in two bytes: their logarithm in steps of 1/1024 of a power of two, so that small ones keep their digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_STEPS = 1024
_LEAST = 65533
_ZERO = 65534
_NAN = 65535


def encode_probabilities(values: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Returns codes; decoded, a value from 2^-63 to 1 differs by at most 0.034 % of itself.

    Args:
        values: numbers [...] in [0, 1] or NaN. For those below 2^-63.99 but above 0, this least that has a code stands.

    Returns:
        uint8 [2, ...], the high and the low bytes, which compress better apart.

    >>> decode_probabilities(encode_probabilities([1, 0.25, 0])).tolist()
    [1.0, 0.25, 0.0]
    """
    array = np.asarray(values, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        codes = np.clip(np.rint(-np.log2(array) * _STEPS), 0, _LEAST)
    codes = np.where(array > 0, codes, np.where(np.isnan(array), _NAN, _ZERO)).astype(np.uint16)
    return np.stack([codes >> 8, codes & 255]).astype(np.uint8)


def decode_probabilities(codes: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Returns the probabilities, float32 [...]; the reverse of `encode_probabilities`."""
    whole = codes[0].astype(np.uint16) << 8 | codes[1]
    values = np.exp2(whole.astype(np.float64) / -_STEPS)
    return np.where(whole == _NAN, np.nan, np.where(whole == _ZERO, 0, values)).astype(np.float32)
