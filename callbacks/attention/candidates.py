"""What may sum to 1 without a softmax that is an op of its own: to be found out by its values."""

from __future__ import annotations

from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.model.program import Elementwise, Lookup, Product, Program, Window


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
