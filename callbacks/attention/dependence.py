"""Which inputs each tensor of a program is computed from, and whether by numbers or by mere choices."""

from __future__ import annotations

from tb_seqviz_plugin.callbacks.model.program import Lookup, Opaque, Program


class Dependence:
    """What the tensors of a program depend on.

    Args:
        program: the ops.
    """

    def __init__(self, program: Program) -> None:
        self._names = list(program.inputs)
        self._bits = {number: 1 << bit for bit, number in enumerate(program.inputs.values())}
        self._soft = {number for number in program.inputs.values() if number in program.floats}
        for op in program.ops:
            bits, soft = self._bits.get(op.output, 0), False
            for number in op.inputs:
                bits |= self._bits.get(number, 0)
                soft = soft or number in self._soft
            if isinstance(op, Lookup | Opaque) and bits and not soft:
                soft = any(number in program.floats or number in program.parameters for number in op.inputs)
            if bits:
                self._bits[op.output] = bits
            if soft and op.output in program.floats:
                self._soft.add(op.output)

    def is_data(self, tensor: int) -> bool:
        """Returns whether a tensor is computed from any input, rather than from parameters alone."""
        return tensor in self._bits

    def is_soft(self, tensor: int) -> bool:
        """Returns whether a tensor holds numbers computed from numbers of the inputs, rather than a mask made of conditions."""
        return tensor in self._soft

    def inputs_of(self, tensor: int) -> frozenset[str]:
        """Returns the names of the inputs that a tensor is computed from."""
        bits = self._bits.get(tensor, 0)
        return frozenset(name for bit, name in enumerate(self._names) if bits >> bit & 1)
