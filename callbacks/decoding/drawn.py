"""What a loop is asked, and what it brings back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Ask = Callable[[Any, Any, Any], tuple[Any, Any]]
"""What is asked for the next token: (tokens int32 [rows, columns], column, carried) -> (scores float32 [rows, vocabulary],
carried), of which the first are logits or logarithms of probabilities of the token at that column, and the second whatever
is to be there at the next column."""


class Stepper(Protocol):
    """Runs a model on its newest token; what it keeps of those before follows the rows.

    Attributes:
        way: what it does, as what follows "The text was written".
        knows_padding: whether it says of padding inside of a text what the model says.
    """

    way: str
    knows_padding: bool

    def starting(self, tokens: Any, source: Any) -> tuple[Ask, Any]:
        """Returns what is asked for one token after the other, from column 0 on, and what it is given first, nested [rows, ...].

        Runs inside compiled functions.

        Args:
            tokens: int32 [rows, columns], texts that begin at column 0, and room for what follows.
            source: [rows, ...], None if the model takes none.
        """


@dataclass(frozen=True, eq=False)
class Draws:
    """How the tokens of each row are drawn: numbers or tensors.

    Args:
        is_cut: whether `top_k` or `top_p` leaves anything out.
        noise: float32 [rows, time] in [0, 1), for each token after the prompt.
        temperatures: float32 [rows].
        top_k: int32, how many tokens to choose from.
        top_p: float32, which share of the probability to choose from.
        stop: int32, the token that ends a sample, -1 for none.
    """

    is_cut: bool
    noise: Any
    temperatures: Any
    top_k: Any
    top_p: Any
    stop: Any

    @property
    def settings(self) -> tuple[Any, Any, Any, Any, Any]:
        """All but what is compiled in."""
        return self.noise, self.temperatures, self.top_k, self.top_p, self.stop

    @property
    def cut(self) -> tuple[Any, ...]:
        """What `draw` is given for what is left out."""
        return (self.top_k, self.top_p) if self.is_cut else ()


class Drawn(NamedTuple):
    """What a loop returns, time first, from the first column that any row has to fill; zeros where all had ended before.

    Args:
        tokens: int32 [time, rows].
        probabilities: float32 [time, rows], of the tokens, in the model's own distribution.
        ranks: int32 [time, rows], 1 for the most probable; of those that are equally probable each has the
            first, and in an evaluation the middle one.
        alternatives: int32 [time, rows, alternatives], the most probable tokens.
        alternative_probabilities: float32 [time, rows, alternatives].
    """

    tokens: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float32]
    ranks: npt.NDArray[np.int32]
    alternatives: npt.NDArray[np.int32]
    alternative_probabilities: npt.NDArray[np.float32]


class Kept(NamedTuple):
    """What was on the beams, time first; rows are prompts x width, the best of each prompt first.

    Args:
        drawn: the last tokens of the hypotheses.
        parents: int32 [time, rows], the slot on the beam before of the hypothesis that each continues; -1 where its
            prompt goes on, or its search is over.
        scores: float32 [time, rows], -inf where there is no hypothesis.
    """

    drawn: Drawn
    parents: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
