"""Where a tensor of a forward pass comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tb_seqviz_plugin.callbacks.model.calls import Call, Read

_PRODUCTS = {"MatMul", "Einsum"}
_MOST_OPERATIONS = 4


@dataclass(frozen=True, eq=False)
class Tensor:
    """A tensor that a call was given or returned.

    Args:
        value: the tensor.
        name: name of the argument, of what was returned "" or its place.
        call: the call; None for an input of the model.
    """

    value: Any
    name: str
    call: Call | None


@dataclass(frozen=True, eq=False)
class Source:
    """Where a tensor comes from.

    Args:
        tensor: what it comes from; of an input of the model the model's argument.
        place: which of the call's outputs, or of the model's inputs, it is.
        operations: what was computed on the way, in order.
        is_mask: whether it is a mask that the call made for its output.
        leaves: what it was on its way out of calls, the innermost first.
        enters: what it was on its way into calls, the outermost first.
        read: where it was read, of weights that another layer's call takes for itself.
        projects: whether something was multiplied by these weights, transposed or as they are.
    """

    tensor: Tensor
    place: int
    operations: tuple[str, ...] = ()
    is_mask: bool = False
    leaves: tuple[Tensor, ...] = ()
    enters: tuple[Tensor, ...] = ()
    read: Read | None = None
    projects: bool = False

    @property
    def call(self) -> Call | None:
        """The call that returned it, None for an input of the model."""
        return self.tensor.call

    def through(self, operation: str) -> Source:
        """Returns the source one op further on."""
        if not operation or self.operations[-1:] == (operation,):
            return self
        projects = self.projects or (
            self.read is not None and operation in _PRODUCTS and self.operations in ((), ("Transpose",))
        )
        return replace(self, operations=(*self.operations, operation)[-_MOST_OPERATIONS:], projects=projects)

    def is_from(self, group: Call) -> bool:
        """Returns whether it begins in a call: with a call inside that, or with weights that it, or one inside it, reads."""
        if self.read is None:
            return group.is_around(self.call)
        return group is self.read.call or group.is_around(self.read.call)

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it from other sources."""
        read = None if self.read is None else (id(self.read.variable), id(self.read.call))
        return id(self.call), self.place, self.is_mask, read
