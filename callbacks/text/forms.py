"""The forms in which vocabularies give ids and texts: lists, arrays and tensors of any framework, strings or bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_SHOWN_PARTS = 8


def ids_of(value: Any) -> list[int] | None:
    """Returns ids as a list, None if they are something else.

    Args:
        value: whole numbers [tokens] of one text, also as the only row of a batch; ragged ones may have words around the tokens;
            or an object with these as its `ids`.
    """
    value = getattr(value, "ids", value)
    value = getattr(value, "flat_values", value)
    try:
        array = np.asarray(value.to_list() if hasattr(value, "to_list") else value)
    except (TypeError, ValueError):
        return None
    if array.ndim == 2 and len(array) == 1:
        array = array[0]
    if array.ndim != 1:
        return None
    numbers = whole_numbers(array) if array.size else array.astype(np.int64)
    return None if numbers is None else list(map(int, numbers))


def whole_numbers(array: npt.NDArray[Any]) -> npt.NDArray[np.int64] | None:
    """Returns an array of whole numbers as integers, None if it holds any other; ids often come as floating-point numbers."""
    if array.dtype.kind == "f":
        with np.errstate(invalid="ignore"):
            is_whole = bool((np.abs(array) < 2**53).all() and (array == np.rint(array)).all())
        return array.astype(np.int64) if is_whole else None
    return array.astype(np.int64) if array.dtype.kind in "iu" else None


def text_of(value: Any) -> str | None:
    """Returns a text as a string, None if it is something else.

    Args:
        value: a string or bytes, by itself, as a tensor, or as the only one of a list or an array; or such a list of words as the
            only row of a batch.
    """
    value = _plain(value)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
        if isinstance(value, list) and all(isinstance(word, str | bytes) for word in value):
            return " ".join(map(_replaced, value))
    return _replaced(value) if isinstance(value, str | bytes) else None


def texts_of(value: Any) -> list[str] | None:
    """Returns texts as a list of strings, None if there is anything else among them.

    Args:
        value: any number of them in a list, an array or a tensor.
    """
    value = _plain(value)
    if not isinstance(value, list | tuple) or not all(isinstance(text, str | bytes) for text in value):
        return None
    return [as_text(text) for text in value]


def _plain(value: Any) -> Any:
    """Returns tensors and arrays as lists."""
    value = value.to_list() if hasattr(value, "to_list") else value
    value = value.numpy() if hasattr(value, "numpy") else value
    return value.tolist() if hasattr(value, "tolist") else value


def as_text(value: Any) -> str:
    """Returns a string as one, whether of bytes or None."""
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    return "" if value is None else str(value)


def _replaced(text: str | bytes) -> str:
    return text.decode("utf-8", errors="replace") if isinstance(text, bytes) else str(text)


def joined(tokens: Sequence[str]) -> str:
    """Returns tokens as a text to read, where nothing decodes them: words with a space between them, characters without."""
    shown = [token for token in tokens if token]
    bring_spaces = all(len(token) == 1 for token in shown) or any(token[0].isspace() for token in shown)
    return ("" if bring_spaces else " ").join(shown).strip()


def shortened(text: str, characters: int = 40) -> str:
    """Returns a text of at most so many characters, for messages."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


def listed(parts: Sequence[str]) -> str:
    """Returns parts of texts as a list to read."""
    shown = ", ".join(shortened(repr(part)) for part in parts[:_SHOWN_PARTS])
    return shown + (", …" if len(parts) > _SHOWN_PARTS else "")
