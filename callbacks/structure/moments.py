"""Numbers that say how the values of a tensor are spread, such that those of several tensors can be joined.

A backend makes a summary of each tensor, float64 [8 + buckets]: how many values there are, how many of them are finite; of the
finite ones their sum, the sum of the squares of their distances to their mean, the sum of their squares, how many are 0, the
least and the largest; and how many are in each bucket of a histogram between these two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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


def moments_of(summary: npt.NDArray[np.float64]) -> Moments:
    """Returns the moments of a tensor from its summary."""
    return Moments(*summary[:6].tolist())


def histogram_of(summary: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Returns the histogram of a tensor from its summary, float64 [buckets, 3]: left edge, right edge, count."""
    edges = np.linspace(summary[6], summary[7], BUCKETS + 1)
    return np.stack([edges[:-1], edges[1:], summary[_NUMBERS:]], axis=1)
