"""Weights of one layer that the call of another reads, such as the table of an embedding that a model multiplies by at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

from tb_seqviz_plugin.callbacks.model.private_parts import variables_of


class ReadingScope(keras.StatelessScope):
    """A scope in which what is read of a variable may be another tensor than the variable's own.

    Args:
        read: returns the tensor for a variable, None for the variable's own.
        losses: whether losses that layers add are to be found in `model.losses`.
    """

    def __init__(self, read: Callable[[keras.Variable], Any], losses: bool) -> None:
        super().__init__(collect_losses=losses)
        self._read = read

    def get_current_value(self, variable: keras.Variable) -> Any:
        """Returns what was assigned to a variable in this scope, else what is read of it."""
        value = super().get_current_value(variable)
        return self._read(variable) if value is None else value


class Holders:
    """Which layers hold each variable."""

    def __init__(self) -> None:
        self._of: dict[int, set[int]] = {}

    def add(self, layer: keras.layers.Layer, *, with_inner: bool) -> None:
        """Adds a layer with its variables, if asked with those of the layers in it."""
        for variable in layer.weights if with_inner else variables_of(layer):
            self._of.setdefault(id(variable), set()).add(id(layer))

    def of(self, variable: keras.Variable) -> set[int]:
        """Returns the ids of the layers that hold a variable, none if it is not known."""
        return self._of.get(id(variable), set())
