"""What sums to 1 without a softmax that is an op of its own: as its ops tell, or to be found out by its values."""

from __future__ import annotations

from collections.abc import Iterator

from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.model.program import Elementwise, How, Lookup, Product, Program, Reduce, Reshape, Window

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

    These are factors of products with the axes that are summed, factors that are spread over others, quotients and exponentials.
    """
    found: dict[tuple[int, int], None] = {}
    scored = set[int]()  # what is computed from scores of some kind, rather than from inputs by division alone

    def add(tensor: int, axis: int) -> None:
        if tensor in scored and program.shapes[tensor][axis] > 1 and dependence.is_soft(tensor):
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
