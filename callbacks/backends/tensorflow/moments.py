"""Numbers that say how the values of a tensor are spread, such that those of several tensors can be joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

BUCKETS = 30
"""Of a histogram, as many as TensorBoard makes."""
_NUMBERS = 8


@dataclass(frozen=True)
class Moments:
    """How the values of one or several tensors are spread; all but `size` of the finite ones.

    Args:
        size: how many values there are.
        finite: how many of them are finite.
        total: their sum.
        spread: sum of the squares of their distances to their mean.
        squares: sum of their squares.
        zeros: how many are exactly 0.
    """

    size: float = 0.0
    finite: float = 0.0
    total: float = 0.0
    spread: float = 0.0
    squares: float = 0.0
    zeros: float = 0.0

    @property
    def row(self) -> tuple[float, float, float, float, float]:
        """Norm, mean, deviation, share of zeros, share that is not finite; NaN where there are no values."""
        if not self.size:
            return (np.nan,) * 5
        not_finite = 1 - self.finite / self.size
        if not self.finite:
            return (np.nan, np.nan, np.nan, np.nan, not_finite)
        deviation = (self.spread / self.finite) ** 0.5
        return self.squares**0.5, self.total / self.finite, deviation, self.zeros / self.finite, not_finite

    def __add__(self, other: Moments) -> Moments:
        """Returns the moments of the values of both (Chan, Golub, LeVeque, 1979, "Updating formulae", eq. 2.1)."""
        if not self.finite or not other.finite:
            between = 0.0
        else:
            apart = other.total / other.finite - self.total / self.finite
            between = apart**2 * self.finite * other.finite / (self.finite + other.finite)
        return Moments(
            self.size + other.size,
            self.finite + other.finite,
            self.total + other.total,
            self.spread + other.spread + between,
            self.squares + other.squares,
            self.zeros + other.zeros,
        )


def joined(moments: Iterable[Moments]) -> Moments:
    """Returns the moments of all values together."""
    return sum(moments, Moments())


def summarise(tensor: Any) -> Any:
    """Returns what `moments_of` and `histogram_of` read, float64 [8 + buckets], of a tensor of numbers of any shape."""
    return _summarise(tf.reshape(tf.cast(tensor, tf.float32), [-1]))


def moments_of(summary: npt.NDArray[np.float64]) -> Moments:
    """Returns the moments of a tensor from what `summarise` returned."""
    return Moments(*summary[:6].tolist())


def histogram_of(summary: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Returns the histogram of a tensor from what `summarise` returned, float64 [buckets, 3]: left edge, right edge, count."""
    edges = np.linspace(summary[6], summary[7], BUCKETS + 1)
    return np.stack([edges[:-1], edges[1:], summary[_NUMBERS:]], axis=1)


# Traced once for all shapes and never inlined, so that the graph of a model with many layers stays small.
@tf.function(  # type: ignore[untyped-decorator]
    input_signature=[tf.TensorSpec([None], tf.float32)], autograph=False, experimental_attributes={"_noinline": True}
)
def _summarise(values: Any) -> Any:
    is_finite = tf.math.is_finite(values)
    present = tf.cast(is_finite, tf.float32)
    values = tf.where(is_finite, values, 0.0)
    finite = tf.reduce_sum(tf.cast(is_finite, tf.float64))
    total = tf.reduce_sum(values)
    mean = total / tf.maximum(tf.cast(finite, tf.float32), 1.0)
    low = tf.reduce_min(tf.where(is_finite, values, values.dtype.max))
    high = tf.reduce_max(tf.where(is_finite, values, values.dtype.min))
    low, high = tf.where(finite > 0, low, 0.0), tf.where(finite > 0, high, 0.0)
    width = high - low
    # All values alike: TensorBoard's own histograms then have them in the last bucket.
    place = tf.where(width > 0, (values - low) / width, 1.0)
    buckets = tf.cast(tf.clip_by_value(place * BUCKETS, 0.0, BUCKETS - 1.0), tf.int32)
    counts = tf.math.bincount(buckets, weights=present, minlength=BUCKETS, maxlength=BUCKETS)
    numbers = [
        tf.size(values),
        finite,
        total,
        tf.reduce_sum(present * (values - mean) ** 2),
        tf.reduce_sum(values**2),
        tf.reduce_sum(present * tf.cast(values == 0, tf.float32)),
        low,
        high,
    ]
    return tf.concat([tf.stack([tf.cast(number, tf.float64) for number in numbers]), tf.cast(counts, tf.float64)], 0)
