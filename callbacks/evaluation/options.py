"""What is seldom needed of an evaluation, as one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tb_seqviz_plugin.callbacks.arguments import whole
from tb_seqviz_plugin.callbacks.errors import EvaluationError


@dataclass(frozen=True)
class EvaluationOptions:
    """How a model is evaluated.

    Args:
        batch_size: examples that the model is run on at once.
        draws: data sets that the bootstrap draws for intervals, 0 for no intervals.
        seed: of what it draws.
        top: the k of the accuracy among the k most probable, 0 for none.
        generate: whether an encoder-decoder writes the examples that are kept by itself, token by token, for BLEU, chrF, ROUGE and
            the accuracy by position beside that where each token follows what is right.
        texts: whose tokens are each logged at every step, for a model that writes: how many of the examples that are kept, 0 for
            none; or texts of your own, as strings, or as ids with the tokens that begin and end them. For an encoder-decoder these
            are pairs, `(source, text)`.

    Raises:
        ValueError: if one of them is none of these.
    """

    batch_size: int = 64
    draws: int = 1000
    seed: int = 0
    top: int = 5
    generate: bool = True
    texts: int | Sequence[Any] = 4

    def __post_init__(self) -> None:
        for name, least in (("batch_size", 1), ("draws", 0), ("seed", 0), ("top", 0), ("texts", 0)):
            given = getattr(self, name)
            if name == "texts" and isinstance(given, list | tuple):
                object.__setattr__(self, name, tuple(given))
            else:
                object.__setattr__(self, name, whole(name, given, least, EvaluationError))
