"""Arguments that several callbacks take, checked in one place."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from tb_seqviz_plugin.callbacks.errors import SamplingError


def whole(name: str, value: Any, least: int, error: type[ValueError] = SamplingError) -> int:
    """Returns a setting as an int; raises an error if it is no whole number, of numpy or Python, of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise error(f"{name}={value!r}; expected a whole number of at least {least}.")
    return int(value)


def matches(path: str, pattern: str) -> bool:
    """Returns whether a pattern of the user's is that of a layer, by its path or its name alone."""
    return fnmatchcase(path, pattern) or fnmatchcase(path.rsplit("/", 1)[-1], pattern)


def checked_patterns(layers: Any) -> list[str]:
    """Returns patterns of layers as a list, "*" for None; raises a ValueError if they are none."""
    patterns = ["*"] if layers is None else [layers] if isinstance(layers, str) else layers
    if not isinstance(patterns, Sequence) or not patterns or not all(isinstance(pattern, str) for pattern in patterns):
        raise ValueError(
            f"The layers are {layers!r}; expected patterns of paths such as ['encoder/*'], or None for all."
        )
    return list(patterns)
