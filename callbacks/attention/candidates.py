"""What sums to 1 without a softmax that is an op of its own: as its ops tell, or to be found out by its values."""

from __future__ import annotations

from collections.abc import Iterator

from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.model.program import (
    Concat,
    Elementwise,
    How,
    Lookup,
    Op,
    Product,
    Program,
    Reduce,
    Reshape,
    Take,
    Transpose,
    Window,
)

_REACH = 6
"""Ops from a quotient to the sum that it is divided by, at most."""


def spelled_out_in(program: Program, dependence: Dependence) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yields exponentials divided by their own sum, with the axes of that sum; what is added to it makes them sum to less."""
    for op in program.ops:
        if not isinstance(op, Elementwise) or op.how != "divide" or not dependence.is_soft(op.inputs[0]):
            continue
        terms = _behind(program, op.inputs[0], ("same",))
        if not any(_is_exponential(program, term) for term in terms):
            continue
        for number in _behind(program, op.inputs[1], ("same", "add", "clip")):
            maker = program.makers.get(number)
            if (
                isinstance(maker, Reduce)
                and maker.is_sum
                and not terms.isdisjoint(_behind(program, maker.inputs[0], ("same",)))
            ):
                yield op.output, maker.axes
                break


def _is_exponential(program: Program, tensor: int) -> bool:
    makers = (program.makers.get(number) for number in _behind(program, tensor, ("same", "multiply", "select")))
    return any(isinstance(maker, Elementwise) and maker.how == "exp" for maker in makers)


def _behind(program: Program, tensor: int, through: tuple[How, ...]) -> set[int]:
    """Returns a tensor and those that it is made of by ops of some kinds, and by setting entries in other axes."""
    found, reached = {tensor}, [tensor]
    for _ in range(_REACH):
        makers = [program.makers.get(number) for number in reached]
        reached = [
            number
            for maker in makers
            if isinstance(maker, Reshape) or (isinstance(maker, Elementwise) and maker.how in through)
            for number in maker.inputs
            if number not in found
        ]
        found.update(reached)
    return found


def candidates_in(program: Program, dependence: Dependence) -> list[tuple[int, int]]:
    """Returns tensors with an axis each along which they may sum to 1.

    These are factors of products with the axes that are summed, factors that are spread over others, quotients and exponentials;
    but none that a projection made: it sums to whatever its kernel makes of it.
    """
    projected = _projected_in(program, dependence)
    found: dict[tuple[int, int], None] = {}
    scored = set[int]()  # what is computed from scores of some kind, rather than from inputs by division alone

    def add(tensor: int, axis: int) -> None:
        if (
            tensor in scored
            and tensor not in projected
            and program.shapes[tensor][axis] > 1
            and dependence.is_soft(tensor)
        ):
            found[tensor, axis] = None

    for op in program.ops:
        is_score = isinstance(op, Product | Window | Lookup) or (isinstance(op, Elementwise) and op.how == "exp")
        if is_score or not scored.isdisjoint(op.inputs):
            scored.add(op.output)
        if isinstance(op, Product):
            for place, labels in enumerate((op.left, op.right)):
                if dependence.is_soft(op.inputs[1 - place]):
                    for axis, label in enumerate(labels):
                        if label not in op.result:
                            add(op.inputs[place], axis)
        elif isinstance(op, Elementwise) and op.how in ("divide", "exp"):
            for axis in range(1, len(program.shapes[op.output])):
                add(op.output, axis)
        elif isinstance(op, Elementwise) and op.how == "multiply" and all(map(dependence.is_soft, op.inputs)):
            shape = program.shapes[op.output]
            for number in op.inputs:
                own = program.shapes[number]
                if len(own) == len(shape) and any(mine < size for mine, size in zip(own, shape, strict=True)):
                    for axis in range(1, len(own)):
                        add(number, axis)
    return list(found)


def _projected_in(program: Program, dependence: Dependence) -> set[int]:
    """Returns what is made of data by a kernel or a table that is learnt, also moved, scaled, summed, or added to other data."""
    learnt, projected = set(program.variables), set[int]()
    for op in program.ops:
        is_data = dependence.is_data(op.output)
        if isinstance(op, Product | Lookup | Window):
            if is_data and not learnt.isdisjoint(op.inputs):
                projected.add(op.output)
        elif _is_linear(op, dependence):
            known = projected if is_data else learnt
            if not known.isdisjoint(op.inputs):
                known.add(op.output)
    return projected


def _is_linear(op: Op, dependence: Dependence) -> bool:
    if isinstance(op, Elementwise):
        is_scaled = op.how in ("multiply", "divide") and sum(map(dependence.is_data, op.inputs)) <= 1
        return is_scaled or op.how in ("same", "add", "subtract")
    return isinstance(op, Reshape | Transpose | Take | Concat) or (isinstance(op, Reduce) and op.is_sum)
