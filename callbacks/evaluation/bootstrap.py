"""Confidence intervals: a seeded bootstrap over examples, so that all tokens of one come or stay away together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

CONFIDENCE = 0.95
_AT_ONCE = 1 << 13
"""Examples whose weights are drawn and multiplied at once: at 1,000 draws 32 MB."""
_MOST_DRAWN = 1 << 26
_SMALL = 64


class Bootstrap:
    """Draws data sets from one of so many examples, with replacement.

    Of few examples as many are drawn as there are; of more each comes a number of times that is Poisson-distributed with mean 1,
    which is as good and is drawn at once for all (Hanley and MacGibbon, "Creating non-parametric bootstrap samples using Poisson
    frequencies", 2006).

    Args:
        examples: how many there are.
        draws: how many data sets are drawn; fewer of very many examples.
        seed: of what is drawn.

    Attributes:
        draws: how many are drawn.
    """

    def __init__(self, examples: int, draws: int, seed: int) -> None:
        self._examples, self._seed = examples, seed
        self.draws = max(min(draws, _MOST_DRAWN // max(examples, 1)), min(draws, 100))
        self._few: dict[int, Array] = {}
        self._many: list[Array] = []

    def sums(self, columns: Mapping[str, Array], rows: Array) -> dict[str, Array]:
        """Returns the sums of columns over the data sets drawn of some examples, float64 [draws, ...] by name.

        Args:
            columns: those of all examples, [examples, ...] by name.
            rows: places of some of them, int [some].
        """
        shapes = {name: column.shape[1:] for name, column in columns.items()}
        widths = [math.prod(shape) for shape in shapes.values()]
        total = np.zeros((self.draws, sum(widths)))
        for first in range(0, len(rows), _AT_ONCE):
            part = rows[first : first + _AT_ONCE]
            block = np.concatenate(
                [column[part].reshape(len(part), -1) for column in columns.values()], axis=1, dtype=np.float32
            )
            total += self._weights(part, len(rows)).T @ block
        pieces = np.split(total, np.cumsum(widths)[:-1], axis=1)
        return {
            name: piece.reshape(self.draws, *shape) for (name, shape), piece in zip(shapes.items(), pieces, strict=True)
        }

    def _weights(self, rows: Array, count: int) -> Array:
        """Returns how often each of these examples is drawn, of so many, float32 [rows, draws]."""
        if count <= _SMALL:
            return self._of_few(count)
        blocks = rows // _AT_ONCE
        parts = []
        for number in np.unique(blocks).tolist():
            block, inside = self._block(number), rows[blocks == number] % _AT_ONCE
            parts.append(block if len(inside) == len(block) else block[inside])
        return np.concatenate(parts, dtype=np.float32)

    def _of_few(self, count: int) -> Array:
        if count not in self._few:
            random = np.random.default_rng([self._seed, count])
            places = random.integers(0, count, (self.draws, count)) + count * np.arange(self.draws)[:, None]
            drawn = np.bincount(places.ravel(), minlength=self.draws * count).reshape(self.draws, count)
            self._few[count] = drawn.T.astype(np.float32)
        return self._few[count]

    def _block(self, number: int) -> Array:
        """Returns how often the examples of one block are drawn, uint8 [examples, draws]; the same at any time."""
        while len(self._many) <= number:
            random = np.random.default_rng([self._seed, 0, len(self._many)])
            rows = min(_AT_ONCE, self._examples - _AT_ONCE * len(self._many))
            uniform = random.integers(0, 1 << 16, (rows, self.draws), np.uint16)
            self._many.append(_POISSON[uniform])
        return self._many[number]


def ends_of(values: Array, examples: int) -> tuple[float, float]:
    """Returns the ends of the interval in which 95 % of the values of a bootstrap lie, more of few examples.

    The percentiles are moved outwards as Student's t is wider than the normal distribution, and as much as the bootstrap's variance
    is too small (Hesterberg, "What Teachers Should Know About the Bootstrap", 2015, section 3.5).

    Args:
        values: numbers [draws]; NaN, where there was nothing to measure, takes no part.
        examples: how many there are.
    """
    known = values[~np.isnan(values)]
    if not len(known) or examples < 2:
        return math.nan, math.nan
    tail = NormalDist().cdf(-math.sqrt(examples / (examples - 1)) * _students_t(examples - 1))
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def _students_t(degrees: int) -> float:
    """Returns the quantile of Student's t of an interval of 95 % (Abramowitz and Stegun, 26.7.5), to 1 % from 3 degrees on."""
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return z + sum(term / degrees ** (power + 1) for power, term in enumerate(terms))


def _poisson() -> Array:
    """Returns what each of 2^16 equally likely numbers stands for under the Poisson distribution with mean 1."""
    chances = np.exp(-1) / np.array([math.factorial(count) for count in range(9)])
    return np.searchsorted(np.cumsum(chances), (np.arange(1 << 16) + 0.5) / (1 << 16)).astype(np.uint8)


_POISSON = _poisson()
