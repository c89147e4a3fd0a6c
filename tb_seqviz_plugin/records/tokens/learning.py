"""When tokens are learnt and forgotten, and where examples lie on the data map, as `schema/tokens.py` defines it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.evaluation.record import EvaluationRecord
from tb_seqviz_plugin.records.tokens.record import TokensRecord, surprisals_of

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class TokenLearning:
    """What the steps of one text say of its tokens.

    Args:
        tokens: of the text.
        steps: int64 [steps], rising.
        surprisals: float32 [steps, tokens], NaN where none was predicted.
        learnt: int64 [tokens], the first step at which each is learnt, -1 where it is not.
        forgettings: int64 [tokens], how often each lost rank 1 from one step to the next.
        forgotten: bool [tokens], whether each had rank 1 at a step and has no more at the last.
    """

    tokens: Sequence[str]
    steps: Array
    surprisals: Array
    learnt: Array
    forgettings: Array
    forgotten: Array


def token_learning(records: Sequence[TokensRecord]) -> TokenLearning:
    """Returns when each token of a text is learnt and forgotten.

    Args:
        records: of one text, at least one, in any order, such as those of one run and tag that `read` yields.

    Raises:
        ValueError: if there is none, or they are of several texts.

    >>> import tb_seqviz_plugin as seqviz
    >>> with seqviz.Writer("logs/learning") as writer:
    ...     for step, chance in enumerate([0.1, 0.5, 0.9]):
    ...         writer.tokens("text", "hi", ["hi"], [chance], ranks=[3 - step], vocabulary_size=10, step=step)
    >>> token_learning(list(seqviz.read("logs/learning", "tokens"))).learnt.tolist()
    [1]
    """
    ordered = sorted(records, key=lambda record: record.step)
    texts = {tuple(record.tokens) for record in ordered}
    if len(texts) != 1:
        raise ValueError(f"The records are of {len(texts)} texts; expected those of one run and tag.")
    steps = np.array([record.step for record in ordered], np.int64)
    surprisals = np.stack([surprisals_of(record.probabilities) for record in ordered])
    is_first = np.stack([record.ranks for record in ordered]) == 1
    lost = is_first[:-1] & ~is_first[1:]
    return TokenLearning(
        ordered[0].tokens,
        steps,
        surprisals,
        learnt_at(steps, surprisals, ordered[0].vocabulary_size),
        lost.sum(axis=0),
        is_first.any(axis=0) & ~is_first[-1],
    )


def learnt_at(steps: Array, surprisals: Array, vocabulary_size: int) -> Array:
    """Returns the first step at which each surprisal is at most halfway between chance and its least, int64 [tokens]; -1 for none.

    Args:
        steps: int [steps], rising.
        surprisals: float [steps, tokens], in nats.
        vocabulary_size: how many tokens there could be, whose logarithm is chance; 0 for the surprisal of the first step.
    """
    known = np.where(np.isnan(surprisals), np.inf, surprisals)
    chance = np.log(vocabulary_size) if vocabulary_size else known[0]
    best = known.min(axis=0)
    with np.errstate(invalid="ignore"):
        reached = (known <= (chance + best) / 2) & (best < chance)
    return np.where(reached.any(axis=0), np.asarray(steps, np.int64)[reached.argmax(axis=0)], -1)


def data_map(records: Sequence[EvaluationRecord]) -> tuple[Array, Array]:
    """Returns where the examples of an evaluation lie on the data map: the mean and the deviation of what is right over the steps.

    Args:
        records: of one run and tag, at least one, as `read` yields them.

    Returns:
        float64 [examples], the mean probability of what is right (confidence), and float64 [examples], its standard deviation
        (variability); NaN where it is not known.

    Raises:
        ValueError: if there is none, or they hold other examples.
    """
    places = {tuple(example.index for example in record.examples) for record in records}
    if len(places) != 1:
        raise ValueError(f"The records hold {len(places)} sets of examples; expected those of one run and tag.")
    probabilities = np.array([[example.probability for example in record.examples] for record in records], np.float64)
    return probabilities.mean(axis=0), probabilities.std(axis=0)
