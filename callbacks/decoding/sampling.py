"""Sampling: how the next token is chosen from what the model says of it.

The randomness is one number per token, drawn beforehand by numpy and not by the backend: the same at every training step,
on every backend, and whatever else is in the batch. So what changes between two samples is the model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.arguments import id_of_named, named_token, whole
from tb_seqviz_plugin.callbacks.errors import SamplingError

_BLOCK = 64
"""Tokens of a large vocabulary that are summed up at once."""


@dataclass(frozen=True)
class Sampling:
    """How to sample: every prompt at every temperature, `repeats` times.

    Args:
        temperatures: what the scores are divided by; 0 always takes the most probable token.
        repeats: samples per prompt and temperature, each with randomness of its own.
        max_length: tokens to generate at most.
        stop: the token after which a sample ends. A generator takes the id, None for none; a `SampleLogger` also takes text, None
            for what the tokenizer knows as such, and False for none.
        top_k: draw from this many most probable tokens only, None for all.
        top_p: draw from the fewest tokens only that hold this share of the probability after the temperature, None for all.
        seed: of the randomness.
        start: the token put before every prompt, and before what an encoder-decoder writes; see `stop`.

    Raises:
        SamplingError: if one of them is out of range.

    >>> Sampling(temperatures=(0, 1), repeats=2, max_length=3).noise(origin=0).shape
    (4, 3)
    """

    temperatures: Sequence[float] = (0.2, 0.5, 1.0, 1.2)
    repeats: int = 1
    max_length: int = 200
    stop: str | int | bool | None = None
    top_k: int | None = None
    top_p: float | None = None
    seed: int = 0
    start: str | int | bool | None = None

    def __post_init__(self) -> None:
        try:
            temperatures = np.asarray(self.temperatures)
        except ValueError:  # lists of different lengths
            temperatures = np.empty(0)
        if temperatures.ndim != 1 or not temperatures.size or temperatures.dtype.kind not in "iuf":
            raise SamplingError(
                f"temperatures={self.temperatures!r}; expected a list of at least one number, as in (0.5, 1.0)."
            )
        # Adding zero makes -0.0 the same as 0.
        object.__setattr__(self, "temperatures", tuple(float(temperature) + 0.0 for temperature in temperatures))
        for temperature in self.temperatures:
            if not 0 <= temperature < math.inf:
                raise SamplingError(f"A temperature is {temperature:g}; expected 0, which is greedy, or above.")
            if self.temperatures.count(temperature) > 1:
                raise SamplingError(
                    f"The temperature {temperature:g} is there {self.temperatures.count(temperature)} times; expected each once. "
                    "repeats= says how many samples to draw at each."
                )
        for name, least in (("repeats", 1), ("max_length", 1), ("seed", 0)):
            object.__setattr__(self, name, whole(name, getattr(self, name), least))
        for name in ("start", "stop"):
            object.__setattr__(self, name, named_token(name, getattr(self, name)))
        if self.top_k is not None:
            object.__setattr__(self, "top_k", whole("top_k", self.top_k, 1))
        top_p: Any = self.top_p
        is_share = isinstance(top_p, int | float | np.floating) and not isinstance(top_p, bool) and 0 < top_p <= 1
        if top_p is not None and not is_share:
            raise SamplingError(f"top_p={top_p!r}; expected a share above 0 and at most 1, or None for all tokens.")

    @property
    def start_ids(self) -> list[int]:
        """What a generator puts before every prompt, ids."""
        return [id for id in [id_of_named("start", self.start)] if id >= 0]

    @property
    def stop_id(self) -> int:
        """The token after which a sample of a generator ends, -1 for none."""
        return id_of_named("stop", self.stop)

    @property
    def rows(self) -> list[tuple[float, int]]:
        """(temperature, repeat) of every sample of one prompt."""
        return [(temperature, repeat) for temperature in self.temperatures for repeat in range(self.repeats)]

    def noise(self, origin: int) -> npt.NDArray[np.float32]:
        """Returns what decides each token of one prompt: float32 [temperature x repeat, max_length] in [0, 1).

        A number depends on the seed, the origin, the temperature, the repeat and the position only.

        Args:
            origin: a number of the prompt, at least 0.
        """
        return np.stack(
            [
                np.random.default_rng([self.seed, origin, int(np.float64(temperature).view(np.uint64)), repeat]).random(
                    self.max_length, dtype=np.float32
                )
                for temperature, repeat in self.rows
            ]
        )


def draw(scores: Any, noise: Any, temperatures: Any, top_k: Any = None, top_p: Any = None) -> Any:
    """Returns one token per row, int32 [rows], by the inverse of the cumulative distribution; runs inside compiled loops.

    Args:
        scores: logits or logarithms of probabilities, float32 [rows, vocabulary]; -inf for tokens that cannot come.
        noise: float32 [rows] in [0, 1).
        temperatures: float32 [rows], not negative.
        top_k: how many tokens to choose from, None with `top_p` for all.
        top_p: the share of the probability to choose from, None with `top_k` for all.
    """
    greedy = ops.equal(temperatures, 0.0)
    # Relative to the highest score, so that no division overflows however small the temperature.
    tempered = (scores - ops.max(scores, axis=-1, keepdims=True)) / ops.where(greedy, 1.0, temperatures)[:, None]
    probabilities = ops.softmax(tempered, axis=-1)
    if top_k is None and top_p is None:
        drawn = _inverse_cumulative(probabilities, noise)
    else:
        ordered, tokens = ops.top_k(probabilities, scores.shape[-1])
        before = ops.cumsum(ordered, axis=-1) - ordered
        kept = ops.logical_and(before < top_p, ops.arange(scores.shape[-1]) < top_k)
        # The first always stays: it has nothing before it.
        place = _inverse_cumulative(ops.where(kept, ordered, 0.0), noise)
        drawn = ops.take_along_axis(ops.cast(tokens, "int32"), place[:, None], axis=-1)[:, 0]
    return ops.where(greedy, ops.cast(ops.argmax(scores, axis=-1), "int32"), drawn)


def _inverse_cumulative(weights: Any, noise: Any) -> Any:
    """Returns per row the first place at which the running share of the weights exceeds the noise."""
    count = weights.shape[-1]
    # In double precision, so that the same weights, computed in another order, have the same borders between many tokens.
    weights, noise = ops.cast(weights, "float64"), ops.cast(noise, "float64")[:, None]
    if count < 4 * _BLOCK:
        running = ops.cumsum(weights, axis=-1)
        return _count(running <= noise * running[:, -1:])
    # Running sums are slow, plain ones are not: first the block is looked for, then the place in it.
    blocks = -(-count // _BLOCK)
    weights = ops.reshape(ops.pad(weights, ((0, 0), (0, blocks * _BLOCK - count))), (-1, blocks, _BLOCK))
    ends = ops.cumsum(ops.sum(weights, axis=-1), axis=-1)
    goal = noise * ends[:, -1:]
    block = _count(ends <= goal)[:, None]
    own, end = ops.take_along_axis(weights, block[:, :, None], axis=1)[:, 0], ops.take_along_axis(ends, block, axis=1)
    running = end - ops.sum(own, axis=-1, keepdims=True) + ops.cumsum(own, axis=-1)
    return block[:, 0] * _BLOCK + _count(running[:, :-1] <= goal)


def _count(conditions: Any) -> Any:
    """Returns how many hold in each row, int32 [rows]."""
    return ops.sum(ops.cast(conditions, "int32"), axis=-1)
