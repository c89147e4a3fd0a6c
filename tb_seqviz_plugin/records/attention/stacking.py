"""Calls of a layer that a loop makes with one query each, as one layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tb_seqviz_plugin.records.attention.alarms import Seen
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.measures import look_at
from tb_seqviz_plugin.records.attention.pooling import Pool, Size
from tb_seqviz_plugin.records.attention.quantise import Float
from tb_seqviz_plugin.records.attention.record import AttentionLayer


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
        if len(self.calls) == 1:
            return self.calls[0].weights
        return np.concatenate([call.weights for call in self.calls], axis=1)

    def softmax(self) -> Float | None:
        """Returns the softmax, float32 [heads, queries, keys], None where it is the weights."""
        if all(call.softmax is None for call in self.calls):
            return None
        plain = [call.weights if call.softmax is None else call.softmax for call in self.calls]
        if len({len(each) for each in plain}) > 1:  # mixed heads, beside calls that used the softmax as it was
            return None
        return np.concatenate(plain, axis=1)

    def value_norms(self) -> Float | None:
        """Returns the lengths of the values, float32 [heads, keys], None where they are not known or differ from call to call."""
        first = self.calls[0].value_norms
        others = [call.value_norms for call in self.calls[1:]]
        alike = first is not None and all(other is not None and np.array_equal(first, other) for other in others)
        return first if alike else None

    def seen(self, weights: Float, pool: Pool | None = None) -> Seen:
        """Returns what is seen of the layer, of which these are the weights; a pool is filled with them meanwhile."""
        layer, (_, queries, keys) = self.calls[0], weights.shape
        masks = [call.mask for call in self.calls if call.mask is not None]
        logits = [call.logits for call in self.calls if call.logits is not None]
        largest = [call.max_logit for call in self.calls if call.max_logit is not None]
        tokens = Tokens.of(layer.role, queries, keys, layer.key_tokens, self.query_tokens, layer.apart)
        look = look_at(
            weights,
            tokens,
            np.concatenate(masks) if len(masks) == len(self.calls) else None,
            np.concatenate(logits, axis=1) if len(logits) == len(self.calls) else None,
            np.fmax.reduce(largest) if len(largest) == len(self.calls) else None,
            self.value_norms(),
            pool,
        )
        return Seen(layer.path, layer.call, layer.role, look, weights, tokens)


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
