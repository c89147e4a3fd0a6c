"""The recorder: what a model runs in one forward pass, as a tree of calls, where asked with their tensors, and every softmax."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import keras

from tb_seqviz_plugin.callbacks.errors import reason_of
from tb_seqviz_plugin.callbacks.model.calls import Call, Note, Read, hides_cell, is_tensor, kind_of, tensors_in
from tb_seqviz_plugin.callbacks.model.private_parts import children_of, give_mask, mask_of, stored_value_of
from tb_seqviz_plugin.callbacks.model.reads import Holders

Tensor = TypeVar("Tensor")
Run = Callable[..., Any]


class Recorder:
    """Keeps what runs.

    Args:
        mark: returns a number that rises with every op that the backend adds.
        renew: returns a tensor under an identity of its own; None to keep no tensors of calls.

    Attributes:
        calls: every call in the order in which they began.
        notes: every softmax and whatever is sown, in order.
        reads: weights that calls read of other layers, where tensors are kept.
    """

    def __init__(self, mark: Callable[[], int] = lambda: 0, renew: Callable[[Any], Any] | None = None) -> None:
        self.calls: list[Call] = []
        self.notes: list[Note] = []
        self.reads: list[Read] = []
        self._mark, self._renew = mark, renew
        self._running: list[Call] = []
        self._muted = False
        self._holders = Holders()
        self._at_work = Counter[int]()  # ids of the layers that run, those included whose calls are not kept
        self._returned: set[int] = set()
        self._last: dict[int, Call] = {}
        self._signatures: dict[int, inspect.Signature] = {}
        # By the id of a tensor that is but another under an identity of its own, it and that other.
        self._renewals: dict[int, tuple[Any, Any]] = {}

    @property
    def keeps_tensors(self) -> bool:
        """Whether calls come with their tensors."""
        return self._renew is not None

    def run(self, layer: keras.layers.Layer, call: Run, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Runs a layer's call and keeps it."""
        parent = self._running[-1] if self._running else None
        self._at_work[id(layer)] += 1
        try:
            if parent is not None and _is_no_part(layer, parent.layer):
                return call(*args, **kwargs)
            return self._run(Call(layer, parent, self._mark()), call, args, kwargs)
        finally:
            self._at_work[id(layer)] -= 1

    def add(self, compute: Callable[[], Tensor], axis: Any, name: str = "", keys: tuple[str, ...] = ()) -> Tensor:
        """Runs a primitive and notes its result; primitives that it calls itself are not noted."""
        if self._muted:
            return compute()
        self._muted, before = True, self._mark()
        try:
            result = compute()
        finally:
            self._muted = False
        axes = tuple(axis) if isinstance(axis, Sequence) else (-1 if axis is None else int(axis),)
        call = self._running[-1] if self._running else None
        self.notes.append(Note(result, call, axes, name, (before, self._mark()), keys))
        return result

    def first_identity(self, tensor: Any) -> int:
        """Returns the id of a tensor, the same for it under identities of its own."""
        while id(tensor) in self._renewals:
            tensor = self._renewals[id(tensor)][1]
        return id(tensor)

    def forget_all_but_last(self) -> None:
        """Forgets what came before the last call of the model itself, which was made to build it."""
        begins = [number for number, call in enumerate(self.calls) if call.parent is None]
        del self.calls[: begins[-1] if begins else 0]
        kept = set(self.calls)
        self.reads = [read for read in self.reads if read.call in kept]

    def forget_tensors(self) -> None:
        """Forgets the tensors, and with them the graph or the values, but not the calls."""
        for call in self.calls:
            for tensors in (call.arguments, call.outputs, call.masks):
                tensors.clear()
        self.notes, self.reads, self._last, self._renewals = [], [], {}, {}

    def know(self, layer: keras.layers.Layer) -> None:
        """Notes which variables a layer holds."""
        if self.keeps_tensors:
            self._holders.add(layer, with_inner=hides_cell(layer))

    def read(self, variable: keras.Variable) -> Any:
        """Returns what a call reads of another layer's weights, as a tensor that can be followed; None for its own ones."""
        holders = self._holders.of(variable)
        if self._renew is None or not self._running or not holders or any(self._at_work[key] for key in holders):
            return None
        tensor = self._renew(stored_value_of(variable))
        self.reads.append(Read(variable, tensor, self._running[-1]))
        return tensor

    def note_mask(self, layer: keras.layers.Layer, mask: Any, inherited: Any) -> None:
        """Keeps the masks that a layer made for what it has just returned."""
        before = {id(tensor) for _, tensor in tensors_in(inherited)}
        made = [tensor for _, tensor in tensors_in(mask) if id(tensor) not in before]
        last = self._last.get(id(layer))
        if made and last is not None:
            last.masks += made

    def _run(self, entered: Call, call: Run, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self.keeps_tensors:
            args, kwargs = self._enter(entered, call, args, kwargs)
        entered.takes = kind_of((args, kwargs))
        self.calls.append(entered)
        if entered.parent is not None:
            entered.parent.children.append(entered)
        self._running.append(entered)
        try:
            result = call(*args, **kwargs)
        except Exception as error:
            if not any(child.error for child in entered.children):
                entered.error = reason_of(error)
            raise
        finally:
            entered.closed = self._mark()
            self._running.pop()
        entered.returns = kind_of(result)
        return self._leave(entered, result) if self.keeps_tensors else result

    def _enter(
        self, entered: Call, call: Run, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Keeps what a call is given; what it gives on to the layers in it gets an identity of its own, to be told apart."""
        layer = entered.layer
        if entered.parent is not None and children_of(layer) and not hides_cell(layer):
            args, kwargs = _map_tensors(self._renewed, args), _map_tensors(self._renewed, kwargs)
        entered.arguments = list(self._arguments(layer, call, args, kwargs))
        self._last[id(layer)] = entered
        return args, kwargs

    def _leave(self, entered: Call, result: Any) -> Any:
        """Keeps what a call returned; what it passes on untouched gets an identity of its own, to be told apart."""
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

    def _renewed(self, tensor: Any) -> Any:
        """Returns the tensor under an identity of its own."""
        assert self._renew is not None
        renewed = self._renew(tensor)
        mask = mask_of(tensor)
        if mask is not None:
            give_mask(renewed, mask)
        self._renewals[id(renewed)] = renewed, tensor
        return renewed

    def _arguments(
        self, layer: keras.layers.Layer, call: Run, args: tuple[Any, ...], kwargs: dict[str, Any]
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


def _is_no_part(layer: keras.layers.Layer, around: keras.layers.Layer) -> bool:
    """Returns whether a call inside another layer's is that layer's own affair.

    `RNN` calls each of several stacked cells once itself, only to learn the shape of a dropout mask.
    """
    stacked = isinstance(around, keras.layers.RNN) and layer in getattr(around.cell, "cells", ())
    return around is layer or hides_cell(around) or stacked


def _map_tensors(change: Callable[[Any], Any], structure: Any) -> Any:
    if type(structure) is dict:
        return {key: _map_tensors(change, value) for key, value in structure.items()}
    if type(structure) in (tuple, list):
        return type(structure)(_map_tensors(change, value) for value in structure)
    return change(structure) if is_tensor(structure) else structure
