"""Many weights at once, as words of the processor: what LLVM offers and Numba has no name for.

Weights are the whole numbers that their bits are: those of magnitudes rise as the magnitudes do, with NaN at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

Bits = npt.NDArray[np.uint32]

LANES = 64
"""Weights that are compared at once. Loops of exactly so many are done without counting."""
MAGNITUDE = 0x7FFFFFFF
"""The bits of a weight without its sign."""
_NUMBER, _BIT, _POINTER = ir.IntType(32), ir.IntType(1), ir.IntType(8).as_pointer()
_VECTOR = ir.VectorType(_NUMBER, LANES)
_ANYTHING = ir.Constant(_VECTOR, ir.Undefined)
_TO_READ, _NEAREST, _OF_DATA = (ir.Constant(_NUMBER, each) for each in (0, 3, 1))
Signature = tuple[Any, Callable[[Any, Any, Any, Sequence[Any]], Any]]


def _everywhere(builder: Any, number: Any) -> Any:
    """Returns a vector of one number."""
    first = builder.insert_element(_ANYTHING, number, ir.Constant(_NUMBER, 0))
    return builder.shuffle_vector(first, _ANYTHING, ir.Constant(_VECTOR, [0] * LANES))


def _address(context: Any, builder: Any, kind: Any, array: Any, place: Any) -> Any:
    return builder.gep(context.make_array(kind)(context, builder, array).data, [place])


def _instruction(function: Callable[..., Signature]) -> Callable[..., Any]:
    """Returns what compiled loops call without the first argument, which is Numba's own."""
    made: Callable[..., Any] = intrinsic(function)
    return made


@_instruction
def reaching(_: Any, own: Bits, first: int, bound: np.uint32) -> Signature:
    """Returns which of `LANES` magnitudes from a place on reach a bound, as bits, the first one lowest."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Sequence[Any]) -> Any:
        array, place, least = arguments
        address = _address(context, builder, signature.args[0], array, place)
        weights = builder.load(builder.bitcast(address, _VECTOR.as_pointer()), align=4)
        sizes = builder.and_(weights, _everywhere(builder, ir.Constant(_NUMBER, MAGNITUDE)))
        reach = builder.icmp_unsigned(">=", sizes, _everywhere(builder, least))
        return builder.bitcast(reach, ir.IntType(LANES))

    return types.uint64(own, types.int64, types.uint32), generate


@_instruction
def ones(_: Any, word: np.uint64) -> Signature:
    """Returns how many bits are 1."""

    def generate(_: Any, builder: Any, __: Any, arguments: Sequence[Any]) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@_instruction
def lowest(_: Any, word: np.uint64) -> Signature:
    """Returns the place of the lowest bit that is 1, of which there must be one."""

    def generate(_: Any, builder: Any, __: Any, arguments: Sequence[Any]) -> Any:
        return builder.cttz(arguments[0], ir.Constant(_BIT, 1))

    return types.int64(types.uint64), generate


@_instruction
def fetch(_: Any, array: Bits, place: int) -> Signature:
    """Asks for what lies at a place of an array's memory, which may lie behind its end, to be in the cache soon; does not wait."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Sequence[Any]) -> Any:
        address = builder.bitcast(_address(context, builder, signature.args[0], *arguments), _POINTER)
        kind = ir.FunctionType(ir.VoidType(), [_POINTER, _NUMBER, _NUMBER, _NUMBER])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [_POINTER], kind)
        builder.call(prefetch, [address, _TO_READ, _NEAREST, _OF_DATA])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate
