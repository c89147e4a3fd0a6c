"""Which of two sequences that a model takes is its text: the one whose length, or whose order, its result follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.generation.text_inputs import TextInputs

_TRIED_LENGTHS = (5, 6, 7)

Call = Callable[[Mapping[int, npt.NDArray[Any]]], Any]
"""Arrays by the numbers of the inputs -> whatever the model returns."""


def which_is_text(inputs: TextInputs, rows: int, call: Call) -> int | None:
    """Returns the number of the text among the inputs, None if it cannot be told.

    Args:
        inputs: two sequences.
        rows: how many the model takes.
        call: calls the model.
    """
    numbers = [number for number in (inputs.text, inputs.source) if number is not None]
    own = [inputs.shapes[number][1] for number in numbers]
    free = [length for length in _TRIED_LENGTHS if length not in own]
    lengths = [length or free.pop() for length in own]
    # A subclassed model saw a batch of these lengths, and may take others.
    tried = lengths if inputs.dtypes or lengths[0] != lengths[1] else [lengths[0], max(lengths[0] - 1, 1)]

    def sequences(lengths: Sequence[int]) -> dict[int, npt.NDArray[Any]]:
        shapes = {number: inputs.shapes[number][2:] for number in numbers}
        return {
            number: np.ones((rows, length, *(size or 1 for size in shapes[number])), inputs.dtype(number))
            for number, length in zip(numbers, lengths, strict=True)
        }

    try:
        followed = _followed(call(sequences(tried)), tried)
    except Exception:  # whatever the model raises at lengths that it does not take
        followed = None
    if followed is not None:
        return numbers[followed]
    try:
        ordered = _ordered(sequences(lengths), numbers, call)
    except Exception:  # as above; the model is called again where its message is passed on
        return None
    return None if ordered is None else numbers[ordered]


def _followed(result: Any, lengths: Sequence[int]) -> int | None:
    """Returns which of two lengths, 0 or 1, results have at every position, None if both or none."""
    found = {length for array in _per_position(result) for length in lengths if array.shape[1] == length}
    return lengths.index(found.pop()) if len(found) == 1 and lengths[0] != lengths[1] else None


def _ordered(values: Mapping[int, npt.NDArray[Any]], numbers: Sequence[int], call: Call) -> int | None:
    """Returns which of two sequences, 0 or 1, changes nothing before its own changes, None if both or none do."""

    def first_of(values: Mapping[int, npt.NDArray[Any]]) -> npt.NDArray[Any]:
        arrays = _per_position(call(values))
        return np.concatenate([ops.convert_to_numpy(ops.cast(array[:, 0], "float32")) for array in arrays], axis=-1)

    first, silent = first_of(values), []
    for index, number in enumerate(numbers):
        changed = values[number].copy()
        changed[:, -1] = 0
        other = first_of({**values, number: changed})
        if np.allclose(first, other, rtol=1e-3, atol=1e-6, equal_nan=True):
            silent.append(index)
    return silent[0] if len(silent) == 1 else None


def _per_position(result: Any) -> list[Any]:
    return [array for array in keras.tree.flatten(result) if len(getattr(array, "shape", ())) == 3]
