"""Records of tokens.

A **tokens** record holds how probable a model finds each token of one text at one step, each after those before it. Blob 0,
`TokensHeader`, is all of it; its tokens lie in the series of texts, so that all steps of a text cost one read. Beside
`TokensStep` stand

    probability  uint8   [2, tokens]     of each token, as codes of `schema/samples.py`; NaN where there is none, as of
                                         the first token of a language model
    rank         uint    [tokens]        place among all tokens by probability, from 1; 0 where it is not known

Its setup is `TokensSetup`, without arrays, and its measures are one row, `TOKEN_MEASURES`.

What follows from the steps of a text:

- the *surprisal* of a token is minus the natural logarithm of its probability;
- a token is *learnt* at the first step at which its surprisal is at most halfway between chance, the logarithm of the vocabulary's
  size, and the least surprisal that it has at any step, where that is below chance (Chang and Bergen, "Word Acquisition in Neural
  Language Models", 2021, who fit a curve before);
- it is *forgotten* where it had rank 1 at a step before and has no more (Toneva et al., "An Empirical Study of Example Forgetting
  during Deep Neural Network Learning", 2019, section 3); each change from rank 1 to another, from one step to the next, is one
  forgetting;
- on the *data map* an example lies at the mean (its confidence) and the standard deviation, divided by n (its variability), of the
  probability of what is right over the steps (Swayamdipta et al., "Dataset Cartography", 2020, section 2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

TOKEN_MEASURES = ("log_loss", "perplexity", "accuracy")
"""Three numbers per record, over the tokens that were predicted: the mean of their surprisals, exp of it, and the share that has
rank 1."""


@dataclass(frozen=True)
class TokensSetup:
    """What stays the same from record to record, stored once.

    Args:
        version: the oldest version of the format that tells all it holds.
        text: the text.
        tokens: its tokens, one string each.
        lengths: code points of `text` that each token adds; empty where that is not known.
        source: what the text is made from, such as a sentence in another language, "" for none.
        vocabulary_size: how many tokens there could be at each place, 0 where that is not known.
        attention: name of the attention record of this text, "" for none.
    """

    version: int
    text: str
    tokens: list[str]
    lengths: list[int]
    source: str
    vocabulary_size: int
    attention: str


@dataclass(frozen=True)
class TokensStep:
    """The tokens of one step, whose numbers stand beside it.

    Args:
        version: the oldest version of the format that tells all it holds.
    """

    version: int


@dataclass(frozen=True)
class TokensHeader:
    """Blob 0 of a tokens record.

    Args:
        version: the oldest version of the format that tells all it holds.
        kind: "tokens".
        record: how many records this tag has had so far, this one counted.
        notes: what a reader should know about this record, as sentences.
    """

    version: int
    kind: Literal["tokens"]
    record: int
    notes: list[str] = field(default_factory=list)
