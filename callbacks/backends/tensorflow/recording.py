"""Every call of every layer: who called it, with which tensors, and what it returned.

What the tap keeps of the calls (`tap.py`) is enough for attention; here their tensors are kept, too.
"""

from __future__ import annotations

import contextlib
import inspect
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.capture import functions_inlined
from tb_seqviz_plugin.callbacks.errors import reason_of
from tb_seqviz_plugin.callbacks.model.calls import Call, hides_cell, is_tensor, tensors_in
from tb_seqviz_plugin.callbacks.model.layers import shadow
from tb_seqviz_plugin.callbacks.model.private_parts import children_of, give_mask, layers_of, mask_of, stored_value_of
from tb_seqviz_plugin.callbacks.model.reads import Holders, Read, ReadingScope
from tb_seqviz_plugin.callbacks.model.tap import Recorder, follow, listening

_SCOPE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\\>-]*")


def _is_no_part(layer: keras.layers.Layer, around: keras.layers.Layer) -> bool:
    """Returns whether a call inside another layer's is that layer's own affair.

    `RNN` calls each of several stacked cells once itself, only to learn the shape of a dropout mask.
    """
    stacked = isinstance(around, keras.layers.RNN) and layer in getattr(around.cell, "cells", ())
    return around is layer or hides_cell(around) or stacked


class CallRecorder(Recorder):
    """Keeps each call with its tensors."""

    def __init__(self) -> None:
        super().__init__(mark=lambda: 0)
        self.calls: list[Call] = []
        self.renewed: dict[int, Any] = {}
        self.reads: list[Read] = []
        self._holders = Holders()
        self._at_work: list[int] = []  # ids of the layers that run, those included whose calls are not kept
        self._stack: list[Call] = []
        self._returned: set[int] = set()
        self._last: dict[int, Call] = {}
        self._signatures: dict[int, inspect.Signature] = {}
        self._kept: list[Any] = []  # tensors are known by their ids

    def run(
        self, layer: keras.layers.Layer, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Runs a layer's call and keeps it."""
        self._at_work.append(id(layer))
        try:
            return self._run(layer, call, args, kwargs)
        finally:
            self._at_work.pop()

    def know(self, layer: keras.layers.Layer) -> None:
        """Notes which variables a layer holds."""
        self._holders.add(layer, with_inner=hides_cell(layer))

    def read(self, variable: keras.Variable) -> Any:
        """Returns what a call reads of another layer's weights, as a tensor that can be followed; None for its own ones."""
        holders = self._holders.of(variable)
        if not self._stack or not holders or not holders.isdisjoint(self._at_work):
            return None
        tensor = tf.identity(stored_value_of(variable))
        self.reads.append(Read(variable, tensor, self._stack[-1]))
        return tensor

    def _run(
        self, layer: keras.layers.Layer, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Runs a layer's call and keeps it.

        What it passes on untouched, and what it gives to the layers in it, gets an identity of its own, to be told apart.
        """
        parent = self._stack[-1] if self._stack else None
        if parent is not None and _is_no_part(layer, parent.layer):
            return call(*args, **kwargs)
        if parent is not None and children_of(layer) and not hides_cell(layer):
            args, kwargs = _map_tensors(self._renewed, args), _map_tensors(self._renewed, kwargs)
        entered = Call(layer, parent, list(self._arguments(layer, call, args, kwargs)))
        self.calls.append(entered)
        self._last[id(layer)] = entered
        if parent is not None:
            parent.children.append(entered)
        self._stack.append(entered)
        try:
            result = call(*args, **kwargs)
        except Exception as error:
            if not any(child.error for child in entered.children):
                entered.error = reason_of(error)
            raise
        finally:
            self._stack.pop()
        given, returned = {id(tensor) for _, tensor in entered.arguments}, self._returned

        def told_apart(tensor: Any) -> Any:
            return self._renewed(tensor) if id(tensor) in given or id(tensor) in returned else tensor

        result = _map_tensors(told_apart, result)
        entered.outputs = list(tensors_in(result))
        if not entered.children:
            masks = {id(mask_of(tensor)) for _, tensor in entered.arguments}
            found = (mask_of(tensor) for _, tensor in entered.outputs)
            entered.masks += [mask for mask in found if mask is not None and id(mask) not in masks]
        self._returned.update(id(tensor) for _, tensor in entered.outputs)
        return result

    def note_mask(self, layer: keras.layers.Layer, mask: Any, inherited: Any) -> None:
        """Keeps the masks that a layer made for what it has just returned."""
        before = {id(tensor) for _, tensor in tensors_in(inherited)}
        made = [tensor for _, tensor in tensors_in(mask) if id(tensor) not in before]
        last = self._last.get(id(layer))
        if made and last is not None:
            last.masks += made

    def _renewed(self, tensor: Any) -> Any:
        """Returns the tensor under an identity of its own."""
        renewed = tf.identity(tensor)
        mask = mask_of(tensor)
        if mask is not None:
            give_mask(renewed, mask)
        self.renewed[id(renewed)] = tensor
        self._kept.append(renewed)
        return renewed

    def _arguments(
        self, layer: keras.layers.Layer, call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Iterator[tuple[str, Any]]:
        signature = self._signatures.get(id(layer))
        if signature is None:
            signature = self._signatures[id(layer)] = inspect.signature(call)
        try:
            bound = signature.bind(*args, **kwargs).arguments
        except TypeError:  # the call will say so itself
            bound = {"args": args, **kwargs}
        for name, value in bound.items():
            named = signature.parameters.get(name)
            unnamed = named is not None and named.kind is inspect.Parameter.VAR_KEYWORD
            yield from tensors_in(value, "" if unnamed else name)


@contextlib.contextmanager
def recording(model: keras.Model, recorder: CallRecorder, *, losses: bool = False) -> Iterator[keras.StatelessScope]:
    """Records what runs in this thread; layers that the model does not know before they are called included.

    Args:
        model: the model.
        recorder: takes the calls.
        losses: whether losses that layers add are to be found in `model.losses`.

    Yields:
        the scope that what the model assigns goes to.
    """
    # The scope outermost: on leaving it variables of a model that was not built are made, for which no graph may be open.
    with (
        warnings.catch_warnings(),
        ReadingScope(recorder.read, losses) as scope,
        listening(model, recorder, unroll=False) as undo,
        functions_inlined(),
    ):
        warnings.simplefilter("ignore")  # what a model has to say it says when it is trained
        known = set()
        for number, layer in enumerate(layers_of(model)):
            known.add(id(layer))
            recorder.know(layer)
            _note_masks(undo, layer, recorder)
            if not _SCOPE.fullmatch(layer.name):  # TensorFlow or Keras would refuse it, and Keras take damage
                shadow(undo, layer, "name", f"layer_{number}")
        _follow_new_layers(undo, known, recorder)
        yield scope


def _note_masks(undo: contextlib.ExitStack, layer: keras.layers.Layer, recorder: CallRecorder) -> None:
    compute = layer.compute_mask

    def noting(inputs: Any, previous_mask: Any = None) -> Any:
        mask = compute(inputs, previous_mask)
        recorder.note_mask(layer, mask, previous_mask)
        return mask

    if layer.supports_masking:
        shadow(undo, layer, "compute_mask", noting)


def _follow_new_layers(undo: contextlib.ExitStack, known: set[int], recorder: CallRecorder) -> None:
    """Follows layers that are made inside a call, or kept where Keras does not see them."""
    base, thread = keras.layers.Layer, threading.get_ident()
    original, kept = base.__call__, []

    def following(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
        if id(layer) not in known and threading.get_ident() == thread:
            known.add(id(layer))
            kept.append(layer)  # so that no other takes its id
            follow(undo, layer)
            recorder.know(layer)
            _note_masks(undo, layer, recorder)
        return original(layer, *args, **kwargs)

    undo.callback(setattr, base, "__call__", original)
    base.__call__ = following


def _map_tensors(change: Callable[[Any], Any], structure: Any) -> Any:
    if type(structure) is dict:
        return {key: _map_tensors(change, value) for key, value in structure.items()}
    if type(structure) in (tuple, list):
        return type(structure)(_map_tensors(change, value) for value in structure)
    return change(structure) if is_tensor(structure) else structure
