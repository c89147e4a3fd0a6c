"""Beam search: the most probable text, or close to it, with everything that was kept on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.arguments import id_of_named, named_token, whole
from tb_seqviz_plugin.callbacks.errors import SamplingError


@dataclass(frozen=True)
class BeamSearch:
    """How to search.

    A beam holds the `width` best hypotheses. At every step each is continued by every token of the vocabulary, one that has
    ended stays as it is, and the best `width` of all these are the next beam. Best is the highest score: the sum of the
    logarithms of the tokens' probabilities, divided by ((5 + tokens) / 6) ** length_penalty (Wu et al. 2016, "Google's
    Neural Machine Translation System", section 7, equation 14, without its coverage penalty). Of equal ones, that of the
    better hypothesis before, then that of the lower token is the better. The search is over when one that has ended is better
    than any other can become (Huang et al. 2017, "When to Finish? Optimal Beam Search for Neural Text Generation", section
    3), or at `max_length` tokens, and its result is the best of the beam.

    Args:
        width: hypotheses to keep; 1 is greedy.
        max_length: tokens to generate at most.
        stop: the token after which a hypothesis ends, as for `Sampling`.
        length_penalty: 0 for the plain sum, which favours short texts; higher for longer ones, as 0.6 to 1.

    Raises:
        SamplingError: if one of them is out of range.

    >>> BeamSearch(width=3, max_length=20, stop=0).length_penalty
    0.0
    """

    width: int = 4
    max_length: int = 200
    stop: str | int | bool | None = None
    length_penalty: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", whole("width", self.width, 1))
        object.__setattr__(self, "max_length", whole("max_length", self.max_length, 1))
        object.__setattr__(self, "stop", named_token("stop", self.stop))
        penalty = self.length_penalty
        if isinstance(penalty, bool) or not isinstance(penalty, int | float) or not 0 <= penalty < math.inf:
            raise SamplingError(f"length_penalty={penalty!r}; expected a number of at least 0; 0 is no penalty.")

    @property
    def stop_id(self) -> int:
        """The token after which a hypothesis of a generator ends, -1 for none."""
        return id_of_named("stop", self.stop)


@dataclass(frozen=True, eq=False)
class BeamTree:
    """All hypotheses that were on the beam at any step, as a tree of tokens; parents come before their children.

    Args:
        parents: int32 [nodes], the node before each, -1 for those that follow the prompt.
        token_ids: int32 [nodes].
        probabilities: float32 [nodes] in [0, 1], of each token given all before it; NaN where the model returned NaN, which
            counts as one of all tokens alike.
        scores: float32 [nodes], the sum of the logarithms of the probabilities from the prompt on, without length penalty.
        is_best: bool [nodes], whether it lies on the best hypothesis.
        is_end: bool [nodes], whether a hypothesis ends there: with the stop token, or on the beam when the search was over.
    """

    parents: npt.NDArray[np.int32]
    token_ids: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float32]
    scores: npt.NDArray[np.float32]
    is_best: npt.NDArray[np.bool_]
    is_end: npt.NDArray[np.bool_]


class Beam(NamedTuple):
    """The hypotheses of all prompts at one step, the best of each prompt first; fewer than `width` have a score of -inf.

    Args:
        scores: float32 [prompts, width], sums of logarithms of probabilities.
        lengths: int32 [prompts, width], tokens of each.
        ended: bool [prompts, width].
    """

    scores: Any
    lengths: Any
    ended: Any

    @classmethod
    def first(cls, prompts: int, width: int) -> Beam:
        """Returns the beam before any token: one hypothesis per prompt."""
        scores = np.where(np.arange(width) == 0, 0.0, -np.inf).astype("float32")[None].repeat(prompts, axis=0)
        shape = (prompts, width)
        return cls(ops.convert_to_tensor(scores), ops.zeros(shape, "int32"), ops.zeros(shape, "bool"))

    def continued(self, chances: Any, stop: Any, length_penalty: Any) -> tuple[Beam, Any, Any]:
        """Returns the next beam, the hypothesis that each of it continues, and its token, int32 [prompts, width].

        Runs inside compiled loops.

        Args:
            chances: logarithms of probabilities, float32 [prompts, width, vocabulary].
            stop: int32, the token that ends a hypothesis, -1 for none.
            length_penalty: float32, 0 for none.
        """
        prompts, width, vocabulary = chances.shape
        # The one continuation of a hypothesis that has ended is itself.
        itself = ops.where(ops.arange(vocabulary) == stop, 0.0, -math.inf)
        gains = ops.where(self.ended[..., None], itself, chances)
        lengths = self.lengths + ops.where(self.ended, 0, 1)
        scores = self.scores[..., None] + gains
        divisors = _divisors(lengths, length_penalty)
        flat = (prompts, width * vocabulary)
        _, best = ops.top_k(ops.reshape(scores / divisors[..., None], flat), width)
        best = ops.cast(best, "int32")
        parents, tokens = best // vocabulary, best % vocabulary
        beam = Beam(
            scores=ops.take_along_axis(ops.reshape(scores, flat), best, axis=1),
            lengths=ops.take_along_axis(lengths, parents, axis=1),
            ended=ops.equal(tokens, stop),
        )
        return beam, parents, tokens

    def is_decided(self, max_length: int, length_penalty: Any) -> Any:
        """Returns whether one that has ended is better than any other can become, bool [prompts]."""
        best = ops.max(ops.where(self.ended, self.scores / _divisors(self.lengths, length_penalty), -math.inf), axis=1)
        # A score falls with every token, and its divisor rises.
        others = ops.max(ops.where(self.ended, -math.inf, self.scores), axis=1)
        return ops.greater(best, others / _divisors(max_length, length_penalty))


def _divisors(lengths: Any, length_penalty: Any) -> Any:
    return ((5.0 + ops.cast(lengths, "float32")) / 6.0) ** length_penalty


class Path(NamedTuple):
    """What a search found.

    Args:
        tree: all that was kept.
        steps: int [tokens], the steps at which the best hypothesis got its tokens.
        slots: int [tokens], its slots on the beam at them.
    """

    tree: BeamTree
    steps: npt.NDArray[np.int64]
    slots: npt.NDArray[np.int64]


def path_of(
    parents: npt.NDArray[np.int32],
    tokens: npt.NDArray[np.int32],
    probabilities: npt.NDArray[np.float32],
    scores: npt.NDArray[np.float32],
    stop: int,
) -> Path:
    """Returns the tree of one prompt's beams.

    Args:
        parents: int32 [time, width], the slot on the beam before of the hypothesis that each continues; -1 once the search is
            over.
        tokens: int32 [time, width].
        probabilities: float32 [time, width], of the tokens.
        scores: float32 [time, width], of the hypotheses, -inf for none.
        stop: the token that ends a hypothesis, -1 for none.
    """
    nodes: list[tuple[int, int, int]] = []  # parent, step, slot
    on_beam = [-1] * parents.shape[1]
    for step in range(np.count_nonzero(parents[:, 0] >= 0)):
        before, on_beam = on_beam, []
        for slot, parent in enumerate(parents[step].tolist()):
            node = before[parent]
            if scores[step, slot] == -np.inf:
                on_beam.append(-1)
            elif node >= 0 and tokens[nodes[node][1], nodes[node][2]] == stop:
                on_beam.append(node)
            else:
                on_beam.append(len(nodes))
                nodes.append((node, step, slot))
    before_each, steps, slots = (np.array(column, np.int64) for column in zip(*nodes, strict=True))
    best = [on_beam[0]]
    while nodes[best[-1]][0] >= 0:
        best.append(nodes[best[-1]][0])
    best.reverse()
    numbers, token_ids = np.arange(len(nodes)), tokens[steps, slots]
    tree = BeamTree(
        parents=before_each.astype(np.int32),
        token_ids=token_ids,
        probabilities=probabilities[steps, slots],
        scores=scores[steps, slots],
        is_best=np.isin(numbers, best),
        is_end=np.isin(numbers, on_beam) | (token_ids == stop),
    )
    return Path(tree, steps[best], slots[best])
