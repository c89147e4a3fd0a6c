"""Stepping through the graph of a model, cut at the newest token."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.graph import CutGraph
from tb_seqviz_plugin.callbacks.decoding.drawn import Ask
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of
from tb_seqviz_plugin.records.remarks import remark


class Cut:
    """Steps with any causal model; see `Stepper`.

    Args:
        model: the model.
    """

    way: str = remark("cut graph")

    def __init__(self, model: NextToken) -> None:
        self._model = model
        # What attention says of padding depends on what follows, as it has nothing else to look at.
        self.knows_padding = not model.masks_zero
        self._graphs: dict[Hashable, CutGraph] = {}

    def starting(self, tokens: Any, source: Any) -> tuple[Ask, Any]:
        """Returns what runs the graph on one token after the other, and empty buffers with the rows first."""
        rows, size = tokens.shape[0], self._model.batch
        if size in (None, rows):
            return self._starting_at_once(tokens, source)
        # A model of one batch size: as many rows at a time, the last one again where there are too few.
        groups = [np.minimum(np.arange(first, first + size), rows - 1) for first in range(0, rows, size)]
        begun = [
            self._starting_at_once(tf.gather(tokens, own), None if source is None else tf.gather(source, own))
            for own in groups
        ]

        def ask(tokens: Any, end: Any, kept: Any) -> tuple[Any, Any]:
            asked = [
                ask_group(tf.gather(tokens, own), end, {name: tf.gather(each, own) for name, each in kept.items()})
                for own, (ask_group, _) in zip(groups, begun, strict=True)
            ]
            scores = tf.concat([scores for scores, _ in asked], 0)[:rows]
            return scores, _joined([buffers for _, buffers in asked], rows)

        return ask, _joined([buffers for _, buffers in begun], rows)

    def _starting_at_once(self, tokens: Any, source: Any) -> tuple[Ask, Any]:
        graph = self._graph(tokens, source)
        statics = graph.statics(source)

        def ask(tokens: Any, end: Any, kept: Any) -> tuple[Any, Any]:
            return graph.step(statics, kept, tf.gather(tokens, [end - 1], axis=1), end - 1)

        return ask, graph.first_buffers(statics)

    def _graph(self, tokens: Any, source: Any) -> CutGraph:
        rows, columns = tokens.shape
        key = rows, columns, None if source is None else tuple(source.shape)
        if key not in self._graphs:
            model = self._model
            call = model.everywhere if model.per_position else lambda ids, source: model(ids, None, source)
            layers, places = layers_of(model.keras_model), self._places(rows, columns - 1)
            with tf.init_scope():
                try:
                    graph = CutGraph(call, layers, rows, places, source)
                except (ValueError, tf.errors.InvalidArgumentError):
                    if places == columns - 1:
                        raise
                    # More places than the model has: positions of a kind that nothing tells from other weights.
                    graph = CutGraph(call, layers, rows, columns - 1, source)
            self._graphs[key] = graph
        return self._graphs[key]

    def _places(self, rows: int, needed: int) -> int:
        """Returns a number of places that no other axis has, if there is one, so that time is known by its size."""
        model = self._model
        if model.length is not None:
            return model.length
        sizes = {rows, *(size for variable in model.keras_model.variables for size in variable.shape)}
        free = (places for places in range(max(needed, 2), needed + 20) if places not in sizes)
        return min(next(free, needed), max(model.positions, needed))


def _joined(buffers: Sequence[Mapping[str, Any]], rows: int) -> dict[str, Any]:
    return {name: tf.concat([each[name] for each in buffers], 0)[:rows] for name in buffers[0]}
