"""Arguments that several callbacks take, checked in one place."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import numpy as np

from tb_seqviz_plugin.callbacks.errors import SamplingError

Kind = TypeVar("Kind")


def whole_number(value: Any) -> int | None:
    """Returns an integer of Python, numpy, Keras or a framework as an int; None if it is something else, such as True.

    >>> whole_number(np.uint8(3)), whole_number(True), whole_number(3.0), whole_number("3")
    (3, None, None, None)
    """
    if isinstance(value, bool | np.bool_):
        return None
    try:
        return operator.index(value)
    except (AttributeError, TypeError):
        # Variables, such as the iterations of an optimizer, are not an index.
        is_integer = "int" in str(getattr(value, "dtype", "")) and len(value.shape) == 0
        return int(value) if is_integer else None


def whole(name: str, value: Any, least: int, error: type[ValueError] = SamplingError) -> int:
    """Returns a setting as an int; raises an error if it is not a whole number of at least `least`."""
    number = whole_number(value)
    if number is None or number < least:
        raise error(f"{name}={value!r}; expected a whole number of at least {least}.")
    return number


def check_no_class(argument: str, value: Any, error: type[ValueError] = ValueError) -> None:
    """Raises an error if an argument is a class, of which an object was meant."""
    if isinstance(value, type):
        raise error(f"{argument} is the class {value.__name__}; expected an object of it: write {value.__name__}(...).")


def of_kind(name: str, value: Any, kind: type[Kind]) -> Kind:
    """Returns a group of settings, the usual ones for None; raises a ValueError if it is something else."""
    if value is None:
        return kind()
    check_no_class(f"{name}=", value)
    if not isinstance(value, kind):
        raise ValueError(f"{name}={value!r}; expected {kind.__name__}(...), or None for {kind.__name__}().")
    return value


def named_token(name: str, value: Any) -> str | int | bool | None:
    """Returns how a token was named: as text, or by its id; None for the usual one, and False for none.

    Raises:
        SamplingError: if it is something else.
    """
    if value is None or value is False or isinstance(value, str):
        return value
    number = whole_number(value)
    if number is None or number < 0:
        raise SamplingError(f"{name}={value!r}; expected a token as text, or its id from 0 on, or False for none.")
    return number


def id_of_named(name: str, value: str | int | bool | None) -> int:
    """Returns the id of a token that was named where there is no tokenizer, -1 for none.

    Raises:
        SamplingError: if it was named as text.
    """
    if isinstance(value, str):
        raise SamplingError(f"{name}={value!r}, and a generator knows ids only; expected the id of the token.")
    return -1 if value is None or value is False else value


def matches(path: str, pattern: str) -> bool:
    """Returns whether a pattern of the user's is that of a layer, by its path or its name alone."""
    return fnmatchcase(path, pattern) or fnmatchcase(path.rsplit("/", 1)[-1], pattern)


def checked_patterns(layers: Any) -> list[str]:
    """Returns patterns of layers as a list, "*" for None; raises a ValueError for anything else."""
    patterns = ["*"] if layers is None else [layers] if isinstance(layers, str) else layers
    if not isinstance(patterns, Sequence) or not patterns or not all(isinstance(pattern, str) for pattern in patterns):
        raise ValueError(
            f"The layers are {layers!r}; expected patterns of paths such as ['encoder/*'], or None for all."
        )
    return list(patterns)
