"""From captured weights to the layers of a record: which tokens lie along their rows and columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from tb_seqviz_plugin.callbacks.attention.axes import Axis
from tb_seqviz_plugin.callbacks.attention.capture import Captured
from tb_seqviz_plugin.callbacks.attention.roles import Placement, place
from tb_seqviz_plugin.records.attention.record import AttentionLayer

Placed = tuple[Placement, slice]
"""Where the weights of one call lie, and which positions of the query axis are its queries."""


def place_calls(
    layers: Sequence[Captured],
    axes: Sequence[Axis],
    correct: Callable[[Captured, Placement], Placement] = lambda _, guess: guess,
) -> list[Placed]:
    """Returns for each layer call where its weights lie.

    Args:
        layers: the calls in the order of the forward pass.
        axes: the probe's axes, the source before the target.
        correct: returns what holds instead of a guess.
    """
    calls = Counter(layer.path for layer in layers)
    made: Counter[str] = Counter()
    placed = []
    for layer in layers:
        queries = layer.weights.shape[2] if layer.weights.shape[2] > 1 else calls[layer.path]
        placement = correct(layer, place(layer, queries, _axes_seen(calls[layer.path], axes)))
        start = made[layer.path] if layer.weights.shape[2] == 1 else 0
        made[layer.path] += 1
        placed.append((placement, slice(start, start + layer.weights.shape[2])))
    return placed


def by_sentence(layers: Sequence[Captured], axes: Sequence[Axis]) -> list[Captured]:
    """Returns the calls, with one for each sentence where a layer sees the sentences of all documents in one batch.

    Args:
        layers: the calls, of which such a one has the sentences among its heads.
        axes: the probe's axes.
    """
    words = next((axis for axis in axes if axis.parts), None)
    if words is None or len(words.parts) == words.length:
        return list(layers)
    found = []
    for layer in layers:
        batch, heads, queries, keys = layer.weights.shape
        sentences = len(words.parts) if keys == words.length and heads % len(words.parts) == 0 else 1
        weights = layer.weights.reshape(batch, sentences, -1, queries, keys)
        found += [
            replace(layer, call=layer.call + sentence, weights=weights[:, sentence]) for sentence in range(sentences)
        ]
    return found


def _axes_seen(calls: int, axes: Sequence[Axis]) -> list[Axis]:
    """Returns the axes that a layer can see: words of sentences only if it is called once for each sentence."""
    return [axis for axis in axes if len(axis.parts) in (0, calls)]


def layer_of(layer: Captured, placed: Placed, example: int) -> AttentionLayer:
    """Returns one example of a layer call with its tokens.

    Args:
        layer: the captured weights.
        placed: where they lie.
        example: place in the batch.
    """
    placement, rows = placed
    query_axis, key_axis = placement.query_axis, placement.key_axis
    _, _, queries, keys = layer.weights.shape
    notes = []
    for side, axis, length in (("queries", query_axis, queries), ("keys", key_axis, keys)):
        if axis is None and length > 1:
            notes.append(f"The {length} {side} fit no token axis and are shown by position.")
    query_tokens = [] if query_axis is None else query_axis.tokens_of(example, layer.call)[rows]
    key_tokens = [] if key_axis is None else key_axis.tokens_of(example, layer.call)
    fit_queries, fit_keys = len(query_tokens) in (0, queries), len(key_tokens) in (0, keys)
    if not (fit_queries and fit_keys):
        notes.append("The axes that `layers` names have other lengths than the weights, which are shown by position.")
    return AttentionLayer(
        path=layer.path,
        weights=layer.weights[example],
        query_tokens=query_tokens if fit_queries else [],
        key_tokens=key_tokens if fit_keys else [],
        role=placement.role,
        class_name=layer.class_name,
        call=layer.call,
        query_axis=query_axis.name if query_axis else "",
        key_axis=key_axis.name if key_axis else "",
        notes=notes,
    )
