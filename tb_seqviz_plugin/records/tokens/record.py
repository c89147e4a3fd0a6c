"""What a record of tokens is in Python: how probable a model finds each token of a text at one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.arguments import as_float32, check_probabilities, check_texts, check_whole
from tb_seqviz_plugin.records.record import Record

Float = npt.NDArray[np.float32]
Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of a text, and how probable each is after those before it.

    Args:
        text: the text.
        tokens: its tokens, one string each, the same at all steps.
        probabilities: float32 [tokens], of each; NaN where none was predicted, as of the first one of a language model.
        ranks: place of each among all tokens by probability, 1 for the most probable, 0 where it is not known; empty if of none.
        lengths: code points of the text that each token adds; empty where that is not known.
        source: what the text is made from, such as a sentence in another language.
        vocabulary_size: how many tokens there could be at each place, 0 where that is not known.
        attention: name of the attention record of this text, "" for none.
        notes: what a reader should know about it, as sentences.

    Raises:
        ValueError: if the sizes do not fit each other, or a number is out of range.
    """

    text: str
    tokens: Sequence[str]
    probabilities: Float
    ranks: Ranks = field(default_factory=lambda: np.zeros(0, np.int64))
    lengths: Sequence[int] = ()
    source: str = ""
    vocabulary_size: int = 0
    attention: str = ""
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("text", "source", "attention"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"The {name} of a record of tokens is {getattr(self, name)!r}; expected text.")
        check_texts("tokens of a text", self.tokens, "strings, such as ['the', 'dog']")
        check_texts("notes of a record of tokens", self.notes, "sentences")
        check_probabilities("a token", self.probabilities)
        for name in ("ranks", "lengths"):
            check_whole("A record of tokens", name, getattr(self, name))
        check_whole("A record of tokens", "sizes of vocabularies", [self.vocabulary_size])
        object.__setattr__(self, "probabilities", as_float32("probabilities", self.probabilities, "[tokens]"))
        ranks = np.asarray(self.ranks, np.int64)
        object.__setattr__(self, "ranks", ranks if len(ranks) else np.zeros(len(self.tokens), np.int64))
        for name in ("probabilities", "ranks", "lengths"):
            found = np.shape(getattr(self, name))
            if found != (len(self.tokens),) and (found != (0,) or name != "lengths"):
                raise ValueError(
                    f"A text has {len(self.tokens)} tokens, and {name} of shape {list(found)}; expected one per token."
                )


@dataclass(frozen=True, eq=False)
class TokensRecord(Record):
    """What an event file holds about the tokens of one text at one step.

    Args:
        run: the run, that is the folder below the log directory.
        tag: "tokens/<name>".
        step: the step at which it was logged.
        wall_time: when it was logged, in seconds since 1970.
        text: the text.
        tokens: its tokens, one string each.
        probabilities: float32 [tokens], of each after those before it; NaN where none was predicted.
        ranks: int64 [tokens], place of each among all tokens by probability, from 1; 0 where it is not known.
        lengths: code points of the text that each token adds; empty where that is not known.
        source: what the text is made from, "" for none.
        vocabulary_size: how many tokens there could be at each place, 0 where that is not known.
        attention: name of the attention record of this text, "" for none.
        notes: what a reader should know about it, as sentences.
    """

    kind: ClassVar[str] = "tokens"
    text: str
    tokens: Sequence[str]
    probabilities: Float
    ranks: Ranks
    lengths: Sequence[int]
    source: str
    vocabulary_size: int
    attention: str
    notes: Sequence[str] = ()

    @property
    def surprisals(self) -> Float:
        """float32 [tokens], minus the natural logarithm of each probability."""
        return surprisals_of(self.probabilities)


def surprisals_of(probabilities: Float) -> Float:
    """Returns minus the natural logarithm of each probability: infinite where it is 0, NaN where there is none.

    >>> surprisals_of(np.float32([1, 0.5])).round(3).tolist()
    [0.0, 0.6930000185966492]
    """
    with np.errstate(divide="ignore"):
        return np.abs(np.log(probabilities))
