"""What a generator is asked: prompts as the rows of a loop, and how a model reads whole texts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.generation.generated import Notes

Source = npt.NDArray[np.int32] | None
"""[prompts, time] what an encoder-decoder writes from, padded; None for a model that takes none."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Prompts as the rows of a loop.

    Args:
        key: equal for batches that can share a compiled loop if they are of one shape.
        is_static: whether the model sees one shape only.
        order: the prompts as they lie in the batch.
        each: rows per prompt.
        tokens: int32 [rows, columns], the prompts and room for what follows.
        lengths: int [prompts], tokens of each prompt that the model is shown.
        starts: int32 [rows], the column after each prompt.
        inputs: arrays that the model is given besides.
        notes: of each prompt.
        origins: a number for each prompt and its source, on which the randomness depends.
    """

    key: Hashable
    is_static: bool
    order: Sequence[int]
    each: int
    tokens: npt.NDArray[np.int32]
    lengths: Sequence[int]
    starts: npt.NDArray[np.int32]
    inputs: Any
    notes: Sequence[Notes]
    origins: Sequence[int]

    @property
    def first(self) -> int:
        """The first column to fill."""
        return int(self.starts.min())

    @property
    def rows(self) -> list[int]:
        """The first row of each prompt."""
        return [self.order.index(prompt) * self.each for prompt in range(len(self.order))]

    @property
    def begins(self) -> list[int]:
        """The step of the loop at which each prompt is continued."""
        return [int(self.starts[row]) - self.first for row in self.rows]


@dataclass(frozen=True)
class Reading:
    """How a model reads whole texts, rather than writes them.

    Args:
        run: runs the model on tokens, int32 [rows, time], and their source, None if it takes none.
        length: the tokens that the model takes, None for any number.
        window: the most tokens that it is shown while it writes, None for all.
        rows: the rows that the model takes, None for any number.
        is_causal: whether it gives a result at every position, from nothing after it.
        padding: the id that fills up a source.
    """

    run: Callable[[Any, Any], Any]
    length: int | None
    window: int | None
    rows: int | None
    is_causal: bool
    padding: int = 0
