"""What a record may be given: numbers of any framework, and lists of texts; all else is refused before it is stored wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]

_ROUNDING = 1e-3
"""What a model that computes in half precision may add to a probability of 1."""


def as_float32(what: str, given: Any, axes: str) -> Float:
    """Returns numbers as float32, without a copy where they are that already.

    Args:
        what: what they are, such as "weights of layer 'a'".
        given: numbers of any real dtype, bfloat16 included: an array, nested lists, or a tensor on any device.
        axes: what is expected, such as "[heads, queries, keys]".

    Raises:
        ValueError: if they are not an array of real numbers.

    >>> as_float32("weights", [[1, 2]], "[queries, keys]")
    array([[1., 2.]], dtype=float32)
    """
    try:
        array = as_array(given)
        if array.dtype.kind not in "biufVO" or (array.dtype.kind == "O" and _holds_text(array)):
            raise TypeError(f"their dtype is {array.dtype}")
        return array.astype(np.float32, copy=False)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"The {what} are not an array of numbers ({error}); expected {axes}.") from error


def check_probabilities(whose: str, given: Any) -> None:
    """Raises a ValueError, "<whose> has the probability ...", unless all numbers are between 0 and 1, or NaN."""
    probabilities = as_float32(f"probabilities of {whose}", given, "numbers from 0 to 1")
    wrong = probabilities[(probabilities < 0) | (probabilities > 1 + _ROUNDING)]
    if wrong.size:
        said = f"{whose[:1].upper()}{whose[1:]} has the probability {wrong.flat[0]:g}"
        raise ValueError(f"{said}; expected 0 to 1, or NaN. Of logarithms give exp().")


def check_whole(whose: str, what: str, given: Any, least: int = 0) -> None:
    """Raises a ValueError unless all numbers, if any, are whole and not below the least."""
    try:
        numbers = as_array(given)
        wrong = numbers[~((numbers == np.floor(numbers)) & (numbers >= least))]
        found = repr(wrong.flat[0].item()) if wrong.size else ""
    except (TypeError, ValueError, RuntimeError):
        found = repr(given)[:60]
    if found:
        raise ValueError(f"{whose} has {found} among its {what}; expected whole numbers of at least {least}.")


def check_texts(what: str, given: Any, example: str) -> None:
    """Raises a ValueError, "The <what> are ...", unless it is a sequence of texts, and not a text."""
    if isinstance(given, str | bytes) or not all(isinstance(text, str) for text in given):
        raise ValueError(f"The {what} are {_short(given)}; expected a list of {example}.")


def check_no_text(what: str, given: Any, example: str) -> None:
    """Raises a ValueError, "The <what> are ...", if it is one text where a sequence of them is expected."""
    if isinstance(given, str | bytes):
        raise ValueError(f"The {what} are {_short(given)}; expected a list of {example}.")


def _short(given: Any) -> str:
    said = repr(given)
    return said if len(said) <= 80 else f"{said[:77]}..."


def as_array(given: Any) -> npt.NDArray[Any]:
    """Returns numbers of any framework as numpy has them.

    Raises:
        ValueError: if they are a masked array.
    """
    if isinstance(given, np.ma.MaskedArray):
        raise ValueError(
            "they are a masked array, whose mask would be lost; give array.filled(0), or NaN for what is hidden"
        )
    if callable(getattr(given, "detach", None)) and callable(getattr(given, "cpu", None)):
        # A tensor of PyTorch, known by what it can do: it may need a gradient, lie on an accelerator, or be of bfloat16.
        tensor = given.detach().cpu()
        given = (tensor.float() if "bfloat16" in str(tensor.dtype) else tensor).numpy()
    return np.asarray(given)


def _holds_text(array: npt.NDArray[Any]) -> bool:
    return any(isinstance(value, str | bytes) for value in array.flat)
