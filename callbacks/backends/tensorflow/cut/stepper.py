"""Stepping through the graph of a model, cut at the newest token."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.graph import CutGraph
from tb_seqviz_plugin.callbacks.decoding.drawn import Ask
from tb_seqviz_plugin.callbacks.errors import SteppingError
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
            buffers = {name: _as_was(kept[name], shape, graph.rows) for name, (shape, _) in graph.buffers.items()}
            ids = tf.gather(tokens, [end - 1], axis=1)
            scores, buffers = graph.step(statics, buffers, ids, end - 1)
            return scores, {name: _rows_first(buffer, graph.rows) for name, buffer in buffers.items()}

        return ask, {name: _rows_first(each, graph.rows) for name, each in graph.first_buffers(statics).items()}

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


def _axis_of_rows(shape: list[int], rows: int) -> int:
    axis = next((axis for axis, size in enumerate(shape) if size % rows == 0), None)
    if axis is None:
        raise SteppingError(remark("not by rows"))
    return axis


def _rows_first(buffer: Any, rows: int) -> Any:
    shape = buffer.shape.as_list()
    axis = _axis_of_rows(shape, rows)
    split = tf.reshape(buffer, [*shape[:axis], rows, shape[axis] // rows, *shape[axis + 1 :]])
    return split if not axis else tf.transpose(split, [axis, *(at for at in range(len(shape) + 1) if at != axis)])


def _as_was(kept: Any, shape: list[int], rows: int) -> Any:
    axis = _axis_of_rows(shape, rows)
    if axis:
        others = list(range(1, len(shape) + 1))
        kept = tf.transpose(kept, [*others[:axis], 0, *others[axis:]])
    return tf.reshape(kept, shape)
