"""How a tokenizer of any kind turns texts into ids and back, and the forms in which it gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Codec:
    """The functions of a tokenizer, each of which may raise.

    Args:
        name: what it is, for messages.
        encode: a text to ids, in a form that `ids_of` knows.
        decode: ids to a text, in a form that `text_of` knows.
        raw_token: an id to what the vocabulary calls it, None if it has no such id; None where there are no such names.
        unknown: the parts of a text that are not in the vocabulary, as far as the tokenizer tells.
        vocabulary_size: how many ids there are.
        start: the id that texts begin with.
        end: the id that texts end with.
    """

    name: str
    encode: Callable[[str], Any]
    decode: Callable[[list[int]], Any]
    raw_token: Callable[[int], str | bytes | None] | None = None
    unknown: Callable[[str], Iterable[str]] = lambda text: ()
    vocabulary_size: int | None = None
    start: int | None = None
    end: int | None = None


def ids_of(value: Any) -> list[int] | None:
    """Returns ids as a list, None if they are none.

    Args:
        value: a list, an array or tensor of any framework, ragged or not, of one text; or an object with these as its `ids`.
    """
    value = getattr(value, "ids", value)
    try:
        array = np.asarray(value.to_list() if hasattr(value, "to_list") else value)
    except (TypeError, ValueError):
        return None
    if array.ndim == 2 and len(array) == 1:
        array = array[0]
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        return None
    ids: list[int] = array.tolist()
    return ids


def text_of(value: Any) -> str | None:
    """Returns a text as a string, None if it is none.

    Args:
        value: a string or bytes, by itself, as a tensor, or as the only one of a list or an array.
    """
    value = value.numpy() if hasattr(value, "numpy") else value
    value = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value) if isinstance(value, str) else None
