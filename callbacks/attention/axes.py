"""The axes that weights may run along, with their tokens, as the inputs and the user tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import TokenError
from tb_seqviz_plugin.callbacks.text.tokens import (
    Texts,
    as_text,
    fitted,
    is_text_lists,
    of_one_length,
    tokens_of_ids,
    tokens_of_texts,
)

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Axis:
    """A sequence of positions that weights may run along.

    Args:
        name: name of the input, or of an axis that the user added.
        length: number of positions.
        tokens: per example, one string per position.
        numbered: whether the tokens are mere positions.
    """

    name: str
    length: int
    tokens: Texts
    numbered: bool = False


def axes_of(arrays: Mapping[str, Array], tokens: Any, examples: int) -> list[Axis]:
    """Returns the axes that a probe's inputs have, and those that the user added.

    Args:
        arrays: the inputs by name, each with the examples along its first axis.
        tokens: as given to `Probe`.
        examples: number of examples.

    Raises:
        TokenError: if the tokens do not fit.
    """
    sources = _token_sources(arrays, tokens)
    named = set(tokens) if isinstance(tokens, Mapping) else set()
    axes = []
    for name, array in arrays.items():
        source = sources.get(name)
        if holds_texts(array):
            if source is not None and not is_text_lists(source):
                texts = tokens_of_texts([as_text(text) for text in array.flat], sources.pop(name), name)
                axes.append(Axis(name, len(texts[0]), texts))
        # Images and the like are cut into tokens by the model; lists of strings for them make an axis below.
        elif array.ndim in (2, 3):
            sources.pop(name, None)
            if name in named or not _describes_tokens(array, arrays):
                axes.append(_axis_of(name, array, source))
    for name, source in sources.items():
        if source is not None and (name not in arrays or is_text_lists(source)):
            axes.append(_added_axis(name, source, arrays, examples))
    return axes


def holds_texts(array: Array) -> bool:
    """Returns whether each example is one text, which the model makes tokens of itself."""
    return _is_text(array) and array.size == len(array)


def _is_text(array: Array) -> bool:
    return array.dtype.kind in "SUO"


def _axis_of(name: str, array: Array, source: Any) -> Axis:
    """Returns the axis along the positions of one input, [batch, time] or [batch, time, features]."""
    batch, length = array.shape[:2]
    if array.ndim == 2 and array.dtype.kind in "iu":
        return Axis(name, length, tokens_of_ids(array, source, name))
    if is_text_lists(source):
        return Axis(name, length, fitted(source, array, name))
    if array.ndim == 2 and _is_text(array):
        return Axis(name, length, [[as_text(token) for token in row] for row in array])
    return Axis(name, length, [[str(position) for position in range(length)]] * batch, numbered=True)


def _added_axis(name: str, texts: Any, arrays: Mapping[str, Array], examples: int) -> Axis:
    """Returns an axis that the user added by its tokens."""
    if not is_text_lists(texts) or len(texts) != examples:
        raise TokenError(
            f"Tokens were given for {name!r}, which is no input ({', '.join(map(repr, arrays))}); expected the name "
            f"of an input, or {examples} lists of strings for an axis that the model makes by itself."
        )
    filled = of_one_length(texts)
    return Axis(name, len(filled[0]), filled)


def _describes_tokens(array: Array, arrays: Mapping[str, Array]) -> bool:
    """Returns whether an input is a mask, segments or positions beside the ids of another input, and no tokens itself."""
    beside_ids = any(
        other.shape == array.shape and other.dtype.kind in "iu" and not _is_description(other)
        for other in arrays.values()
    )
    return array.ndim == 2 and beside_ids and _is_description(array)


def _is_description(array: Array) -> bool:
    return bool(np.isin(array, (0, 1)).all() or (array == np.arange(array.shape[1])).all())


def _token_sources(arrays: Mapping[str, Array], tokens: Any) -> dict[str, Any]:
    """Returns by axis name what its tokens come from."""
    names = list(arrays)
    if isinstance(tokens, Mapping) and all(isinstance(key, str) for key in tokens):
        return dict(tokens)
    if len(names) == 1:
        row = isinstance(tokens, list | tuple) and is_text_lists([tokens]) and _is_row(tokens, arrays[names[0]])
        return {names[0]: [list(tokens)] if row else tokens}
    if isinstance(tokens, tuple):
        if len(tokens) != len(names):
            raise TokenError(
                f"A tuple of {len(tokens)} tokens was given for {len(names)} inputs; expected one for each: "
                f"{', '.join(names)}."
            )
        return dict(zip(names, tokens, strict=True))
    if is_text_lists(tokens):
        raise TokenError(
            f"One list of tokens was given for {len(names)} inputs; expected a dict by input name: "
            f"tokens={{{', '.join(f'{name!r}: ...' for name in names)}}}."
        )
    return dict.fromkeys(names, tokens)


def _is_row(texts: Sequence[str], array: Array) -> bool:
    """Returns whether a flat list of strings is the only example's tokens, rather than a vocabulary."""
    if len(array) != 1 or array.ndim < 2:
        return len(array) == 1
    rest = array[0, len(texts) :]
    return len(texts) == array.shape[1] or (array.ndim == 2 and len(rest) > 0 and not rest.any())
