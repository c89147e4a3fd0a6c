"""Tokens that the user gives themselves: a list of strings per example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import TokenError
from tb_seqviz_plugin.callbacks.text.forms import as_text

Texts = list[list[str]]


def is_text_lists(source: Any) -> bool:
    """Returns whether something is a list of lists of strings."""
    return (
        isinstance(source, list | tuple)
        and len(source) > 0
        and all(isinstance(row, list | tuple) and all(isinstance(text, str) for text in row) for row in source)
    )


def fitted(texts: Sequence[Sequence[str]], values: npt.NDArray[Any], axis: str) -> Texts:
    """Returns lists of strings that fit an input; lists that are short by padding are filled with "".

    Args:
        texts: one list of strings per example.
        values: the input [batch, time] or [batch, time, features].
        axis: name of the input, for messages.

    Raises:
        TokenError: if their number or length does not fit.
    """
    batch, time = values.shape[:2]
    if len(texts) != batch:
        raise TokenError(
            f"Input {axis!r} has {batch} examples and {len(texts)} lists of tokens; expected one list per example."
        )
    result: Texts = []
    for number, (strings, row) in enumerate(zip(texts, values, strict=True)):
        rest_is_padding = values.ndim == 2 and len(strings) < time and not np.any(row[len(strings) :])
        if len(strings) != time and not rest_is_padding:
            raise TokenError(
                f"Example {number} of input {axis!r} has {len(strings)} tokens for {time} positions; expected one token per "
                "position, or fewer where the rest is padding (id 0)."
            )
        result.append([as_text(string) for string in strings] + [""] * (time - len(strings)))
    return result


def of_one_length(texts: Sequence[Sequence[str]]) -> Texts:
    """Returns lists of strings, one per example, filled with "" to the length of the longest."""
    length = max(len(row) for row in texts)
    return [[*row, *[""] * (length - len(row))] for row in texts]
