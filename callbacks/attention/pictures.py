"""The images of a probe: which there are, and into which patches the model cuts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.arguments import whole_number
from tb_seqviz_plugin.records.attention.images import Image, grid_of

Array = npt.NDArray[Any]

_EXPECTED = (
    "expected numbers [examples, height, width] or [examples, height, width, 1 or 3], or a pair of those and (rows, columns) of "
    "their patches"
)


class Pictures:
    """The images of the examples.

    Args:
        images: [examples, height, width] or [examples, height, width, 1 or 3]; or such with the rows and columns of their patches,
            `(images, (rows, columns))`; None for the input that is images, if there is one.
        examples: how many examples there are; None if that is not known.

    Raises:
        ValueError: if they are something else, or not one for each example.
    """

    def __init__(self, images: Any, examples: int | None = None) -> None:
        grid: Any = None
        is_pair = isinstance(images, tuple) and len(images) == 2 and isinstance(images[1], tuple | list)
        if is_pair:
            images, grid = images
        try:
            self._given = None if images is None else np.asarray(images)
        except ValueError:  # of several shapes
            raise ValueError(f"images= is {_kinds_in(images)}; {_EXPECTED}.") from None
        if self._given is not None and not _are_images(self._given):
            raise ValueError(f"images= is of {self._given.dtype} and shape {list(self._given.shape)}; {_EXPECTED}.")
        if self._given is not None and not np.isfinite(self._given).any():
            raise ValueError("images= holds no finite number, only NaN and infinite ones; expected pixels.")
        if self._given is not None and examples is not None and len(self._given) != examples:
            raise ValueError(
                f"images= holds {len(self._given)} images for {examples} examples; expected an image of each example."
            )
        numbers = None if grid is None else [whole_number(value) for value in grid]
        if numbers is not None and (len(numbers) != 2 or any(number is None or number < 1 for number in numbers)):
            raise ValueError(
                f"images= has {grid!r} for the rows and columns of patches; expected two whole numbers, such as (14, 14)."
            )
        self._grid = None if numbers is None else (int(numbers[0] or 0), int(numbers[1] or 0))
        self._made: tuple[Array, tuple[int, int, int], list[Image]] | None = None

    @property
    def are_given(self) -> bool:
        """Whether they are others than an input of the model."""
        return self._given is not None

    def of_examples(self, arrays: Mapping[str, Array], lengths: Sequence[int]) -> list[Image] | None:
        """Returns the images of all examples, None where there are none.

        Args:
            arrays: the inputs of the model.
            lengths: of the axes that attention runs along.

        Raises:
            ValueError: if images were given, and no axis is that of their patches, or there are not as many as examples.
        """
        found = self._given if self._given is not None else next(filter(_are_pictures, arrays.values()), None)
        if found is None:
            return None
        height, width = found.shape[1:3]
        count = len(next(iter(arrays.values())))
        grid = self._placed(lengths, height, width)
        if grid is None or len(found) != count:
            if self._given is None:
                return None
            wanted = "" if self._grid is None else f" of {self._grid[0]} x {self._grid[1]} patches"
            raise ValueError(
                f"images= holds {len(found)} images of {height} x {width} pixels{wanted} for {count} examples, and attention runs "
                f"along {', '.join(map(str, sorted(set(lengths))))} tokens; expected an image of each example, and an axis of its "
                "patches. Give the rows and columns of patches: images=(images, (rows, columns))."
            )
        if self._made is None or self._made[0] is not found or self._made[1] != grid:
            self._made = found, grid, [Image.of(each, *grid) for each in found]
        return self._made[2]

    def _placed(self, lengths: Sequence[int], height: int, width: int) -> tuple[int, int, int] | None:
        """Returns rows and columns of patches and the place of the first, as most axes have it."""
        for length, _ in Counter(lengths).most_common():
            if self._grid is None:
                grid = grid_of(length, height, width)
                if grid is not None:
                    return grid
            elif 0 <= length - self._grid[0] * self._grid[1] <= length // 2:
                return *self._grid, length - self._grid[0] * self._grid[1]
        return None


def _kinds_in(given: Any) -> str:
    """Returns what kinds of things somebody gave."""
    return f"a {type(given).__name__} of {', '.join(type(each).__name__ for each in given)}"


def _are_images(array: Array) -> bool:
    return (
        array.ndim in (3, 4) and array.shape[3:] in ((), (1,), (3,)) and array.dtype.kind in "biuf" and array.size > 0
    )


def _are_pictures(array: Array) -> bool:
    """Returns whether an input is images: of one with three axes it is not known."""
    return array.ndim == 4 and _are_images(array)
