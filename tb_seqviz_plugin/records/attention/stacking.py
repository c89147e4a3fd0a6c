"""Calls of a layer that a loop makes with one query each, as one layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.attention.alarms import Seen
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.measures import Heads, Look
from tb_seqviz_plugin.records.attention.pooling import Pool, Size
from tb_seqviz_plugin.records.attention.quantise import Float
from tb_seqviz_plugin.records.attention.record import AttentionLayer

Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True)
class Stack:
    """Calls that are stored as one layer, their queries one below the other.

    Args:
        places: of the calls among those of the record, at least one.
        calls: the calls; where they are several, each has one query.
    """

    places: list[int]
    calls: Sequence[AttentionLayer]

    @property
    def size(self) -> Size:
        """Heads, queries and keys that may be pooled: queries of several calls are not to be mixed."""
        first = self.calls[0].weights
        return first.shape if len(self.calls) == 1 else (sum(call.weights.size for call in self.calls), 1, 1)

    @property
    def query_tokens(self) -> list[str]:
        """The tokens along the queries."""
        return [token for call in self.calls for token in call.query_tokens]

    def weights(self) -> Float:
        """Returns the weights, float32 [heads, queries, keys]."""
        return _one_below_the_other([call.weights for call in self.calls], 1)

    def softmax(self) -> Float | None:
        """Returns the softmax, float32 [heads, queries, keys], None where it is the weights."""
        if all(call.softmax is None for call in self.calls):
            return None
        plain = [call.weights if call.softmax is None else call.softmax for call in self.calls]
        if len({len(each) for each in plain}) > 1:  # mixed heads, beside calls that used the softmax as it was
            return None
        return _one_below_the_other(plain, 1)

    def value_norms(self) -> Float | None:
        """Returns the lengths of the values, float32 [heads, keys], None where they are not known or differ from call to call."""
        first = self.calls[0].value_norms
        others = [call.value_norms for call in self.calls[1:]]
        alike = first is not None and all(other is not None and np.array_equal(first, other) for other in others)
        return first if alike else None

    def heads(self, weights: Float, pool: Pool | None = None) -> Heads:
        """Returns the heads of the layer, of which these are the weights; a pool is filled with them while they are read."""
        masks = [call.mask for call in self.calls if call.mask is not None]
        logits = [call.logits for call in self.calls if call.logits is not None]
        largest = [call.max_logit for call in self.calls if call.max_logit is not None]
        return Heads(
            weights,
            self.tokens(),
            _one_below_the_other(masks, 0) if len(masks) == len(self.calls) else None,
            _one_below_the_other(logits, 1) if len(logits) == len(self.calls) else None,
            np.fmax.reduce(largest) if len(largest) == len(self.calls) else None,
            self.value_norms(),
            pool,
        )

    def tokens(self) -> Tokens:
        """Returns what stands along the axes."""
        layer, queries = self.calls[0], sum(call.weights.shape[1] for call in self.calls)
        keys = layer.weights.shape[2]
        return Tokens.of(layer.role, queries, keys, layer.key_tokens, self.query_tokens, layer.apart)

    def seen(self, weights: Float, look: Look) -> Seen:
        """Returns what was seen of the layer, of which these are the weights."""
        layer = self.calls[0]
        return Seen(layer.path, layer.call, layer.role, look, weights, self.tokens())


def _one_below_the_other(parts: Sequence[npt.NDArray[Number]], axis: int) -> npt.NDArray[Number]:
    """Returns arrays as one, without a copy of one alone."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=axis)


def stacked(layers: Sequence[AttentionLayer]) -> list[Stack]:
    """Returns the calls of a layer that a loop made with one query each as one stack; every other call stays alone.

    Args:
        layers: the calls in the order of the forward pass.
    """
    groups: dict[object, list[int]] = {}
    for index, layer in enumerate(layers):
        heads, queries, keys = layer.weights.shape
        if queries == 1:
            kind = (layer.path, layer.role, heads, keys, layer.query_axis, len(layer.query_tokens), *layer.key_tokens)
            groups.setdefault(kind, []).append(index)
        else:
            groups[index] = [index]
    return [Stack(places, [layers[place] for place in places]) for places in groups.values()]
