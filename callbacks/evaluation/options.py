"""What is seldom needed of an evaluation, as one value."""

from __future__ import annotations

from dataclasses import dataclass

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
        texts: how many of the examples that are kept have each of their tokens logged at every step, 0 for none.

    Raises:
        ValueError: if one of them is none of these.
    """

    batch_size: int = 64
    draws: int = 1000
    seed: int = 0
    top: int = 5
    generate: bool = True
    texts: int = 4

    def __post_init__(self) -> None:
        for name, least in (("batch_size", 1), ("draws", 0), ("seed", 0), ("top", 0), ("texts", 0)):
            object.__setattr__(self, name, whole(name, getattr(self, name), least, EvaluationError))
