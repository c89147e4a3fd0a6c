"""A forward pass as a list of ops of few kinds, whatever the framework: what is computed from what, and which entries go where.

Tensors are numbers. Every framework's ops come down to these: entries that move, entries that are computed one by one, products
that sum over axes, sums, lookups, windows; and whatever else there is, of which only the inputs are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]
How = Literal["same", "multiply", "divide", "add", "subtract", "select", "clip", "exp", "other"]


@dataclass(frozen=True, eq=False)
class Op:
    """One op.

    Args:
        inputs: numbers of the tensors that it reads.
        output: number of the tensor that it makes.
        place: the backend's mark when it was made, see `Recorder`.
    """

    inputs: tuple[int, ...]
    output: int
    place: int


@dataclass(frozen=True, eq=False)
class Reshape(Op):
    """The same entries in the same order, in other axes."""


@dataclass(frozen=True, eq=False)
class Transpose(Op):
    """Axes in another order: axis k of the output is axis `order[k]` of the input."""

    order: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Take(Op):
    """Entries chosen along axes, as by a slice, a reversal, padding or repetition.

    Args:
        indices: by axis, for each place of the output the place in the input, -1 for none.
    """

    indices: Mapping[int, Indices]


@dataclass(frozen=True, eq=False)
class Concat(Op):
    """Tensors one after the other along an axis."""

    axis: int


@dataclass(frozen=True, eq=False)
class Elementwise(Op):
    """Entries computed one by one from those of the inputs at the same place, which are broadcast.

    Args:
        how: "same" changes nothing but the type, "select" takes from the second or the third input by the first, "clip" takes the
            larger or the smaller, "other" is any function.
    """

    how: How


@dataclass(frozen=True, eq=False)
class Product(Op):
    """Products of two tensors, summed over the axes that the output lacks, as an einsum of a letter per axis."""

    left: str
    right: str
    result: str


@dataclass(frozen=True, eq=False)
class Reduce(Op):
    """Entries summed or otherwise made one along axes.

    Args:
        axes: of the input.
        keeps: whether they stay, with size 1.
        is_sum: whether it is a sum or a mean.
    """

    axes: tuple[int, ...]
    keeps: bool
    is_sum: bool


@dataclass(frozen=True, eq=False)
class Lookup(Op):
    """Entries of the first input along an axis, by the numbers in the second, as of an embedding.

    The axes of the numbers, but for those shared, stand in the place of that axis.

    Args:
        axis: of the first input.
        shared: how many first axes both inputs have in common.
    """

    axis: int = 0
    shared: int = 0


@dataclass(frozen=True, eq=False)
class Window(Op):
    """What is computed from windows along some axes and, of a convolution, all features.

    Args:
        indices: by axis, the place of the input in the middle of each window.
        features: the axis whose entries are mixed, -1 for none.
        has_kernel: whether the last input is a kernel.
    """

    indices: Mapping[int, Indices]
    features: int
    has_kernel: bool


@dataclass(frozen=True, eq=False)
class Opaque(Op):
    """Anything else."""

    name: str


@dataclass(eq=False)
class Program:
    """The ops of a forward pass in an order in which they can run.

    Args:
        inputs: number of the tensor of each input of the model, by name.
        ops: in order; where one computes several tensors, there is one of each.
        shapes: by the number of a tensor.
        floats: numbers of the tensors of floats.
        parameters: numbers of the tensors that are read from variables or were there before.
        variables: those of them that are read from variables.
        softmaxes: number of what each softmax that is an op of its own returns, with the axes along which it sums to 1.
        outputs: numbers of what the model returns.
        numbers: by what the backend knows a tensor by, its number.
        makers: by the number of a tensor, the op that makes it.
        moving: numbers of the tensors that are computed from inputs, whose values a graph does not hold.
    """

    inputs: dict[str, int] = field(default_factory=dict)
    ops: list[Op] = field(default_factory=list)
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    floats: set[int] = field(default_factory=set)
    parameters: set[int] = field(default_factory=set)
    variables: set[int] = field(default_factory=set)
    softmaxes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    outputs: list[int] = field(default_factory=list)
    numbers: dict[object, int] = field(default_factory=dict)
    makers: dict[int, Op] = field(default_factory=dict)
    moving: set[int] = field(default_factory=set)

    def new(self, shape: Sequence[int], is_float: bool) -> int:
        """Returns the number of a new tensor."""
        self.shapes.append(tuple(shape))
        if is_float:
            self.floats.add(len(self.shapes) - 1)
        return len(self.shapes) - 1

    def add(self, op: Op) -> int:
        """Adds an op; returns the number of what it makes."""
        self.ops.append(op)
        self.makers[op.output] = op
        if not self.moving.isdisjoint(op.inputs):
            self.moving.add(op.output)
        return op.output

    def used(self) -> set[int]:
        """Returns the numbers of the tensors that the outputs are computed from."""
        found, waiting = set(self.outputs), list(self.outputs)
        while waiting:
            maker = self.makers.get(waiting.pop())
            new = set(maker.inputs if maker else ()) - found
            found |= new
            waiting += new
        return found

    def place_of(self, tensor: int) -> int:
        """Returns the mark when a tensor was made, -1 where it was there before."""
        maker = self.makers.get(tensor)
        return -1 if maker is None else maker.place
