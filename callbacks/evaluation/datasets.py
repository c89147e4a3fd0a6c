"""What is evaluated: arrays, or anything that yields batches, walked through as often as need be, a batch at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import keras
import numpy as np

from tb_seqviz_plugin.callbacks.arguments import whole
from tb_seqviz_plugin.callbacks.errors import EvaluationError, ModelCallError
from tb_seqviz_plugin.callbacks.model.batch import Structure, leaves_of, parse_batch, rows_of_leaves
from tb_seqviz_plugin.records.remarks import remark

_INFINITE = -1
"""The cardinality of a `tf.data.Dataset` without end."""
_MOST = 1_000_000
"""Examples of something that does not say how many it has, if it is not told."""


class Dataset:
    """Batches of inputs, labels and weights, as numpy's arrays.

    Args:
        given: `(x, y)` or `(x, y, sample_weight)` of arrays; or what yields such batches: a `tf.data.Dataset`, a `PyDataset`, a
            list, a function that returns a generator, or a generator, whose batches are kept.
        max_examples: how many are looked at, None for all.
        tell: is told what is left out.

    Raises:
        EvaluationError: if it is something else, or has no end and `max_examples` is missing.
    """

    def __init__(self, given: Any, max_examples: int | None, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._most = None if max_examples is None else whole("max_examples", max_examples, 1, EvaluationError)
        self._arrays: tuple[Structure, ...] | None = None
        is_alone = isinstance(given, tuple) and len(given) not in (2, 3)
        if isinstance(given, tuple) and all(
            hasattr(each, "shape") if is_alone else _is_of_arrays(each) for each in given[:2]
        ):
            if _is_empty(given):
                raise EvaluationError("The data set holds no example; expected at least one.")
            try:
                self._arrays = _parsed(given, "The data set")
            except ModelCallError as error:
                raise EvaluationError(str(error)) from error
            return
        if callable(given) and not isinstance(given, keras.utils.PyDataset) and not isinstance(given, Iterable):
            self._yielding = given
        elif isinstance(given, keras.utils.PyDataset):
            self._yielding = lambda: (given[place] for place in range(given.num_batches or 0))
            self._check_end(given.num_batches is None, "PyDataset that has no number of batches")
        elif (
            isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping) and not hasattr(given, "shape")
        ):
            cardinality = getattr(given, "cardinality", None)
            self._check_end(cardinality is not None and int(cardinality()) == _INFINITE, "data set without an end")
            if isinstance(given, Iterator):
                given = list(self._cut(given))
            self._yielding = lambda: given
        else:
            raise EvaluationError(
                f"The data set is of type {type(given).__name__}; expected (x, y) or (x, y, sample_weight) of arrays, or what "
                "yields such batches: a tf.data.Dataset, a PyDataset, a list of batches, or a function that returns a generator."
            )

    def __iter__(self) -> Iterator[tuple[Structure, ...]]:
        """Yields `(x, y)` or `(x, y, sample_weight)`, arrays as one batch; those that cannot be used are left out, and told."""
        if self._arrays is not None:
            yield rows_of_leaves(self._arrays, slice(self._most))
            return
        for number, batch in enumerate(self._cut(self._yielding())):
            if _is_empty(batch):
                continue
            try:
                yield _parsed(batch, f"Batch {number} of the data set")
            except ModelCallError as error:
                self._tell(remark("batch left out", batch=number, error=str(error)))

    def _cut(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yields batches up to the most examples, the last one cut."""
        seen = 0
        most = self._most or _MOST
        for batch in batches:
            if seen >= most:
                if self._most is None:
                    self._tell(remark("cut data set", count=seen))
                return
            size = _size_of(batch)
            yield batch if seen + size <= most else _first(batch, most - seen)
            seen += size

    def _check_end(self, is_endless: bool, what: str) -> None:
        if is_endless and self._most is None:
            raise EvaluationError(f"The data set is a {what}; expected max_examples=, how many to look at.")


_PARTS = {"x": 0, "y": -1, "sample_weight": 0}
"""What a batch holds, and what rows that are shorter than others are filled up with."""


def _parsed(batch: Any, what: str) -> tuple[Structure, ...]:
    """Returns a batch as arrays whose rows are as long as each other.

    Raises:
        EvaluationError: if it is no `(x, y)` or `(x, y, sample_weight)`.
        ModelCallError: if something in it is no array, or there are not as many examples of each.
    """
    if not isinstance(batch, tuple | list) or len(batch) not in (2, 3):
        is_several = isinstance(batch, tuple | list)
        found = f"{type(batch).__name__}{f' of {len(batch)}' if is_several else ''}"
        raise EvaluationError(
            f"{what} is a {found}; expected (x, y) or (x, y, sample_weight): without y nothing says what is right. For a language "
            "model pass (ids[:, :-1], ids[:, 1:])."
        )
    dense = {
        name: keras.tree.map_structure(
            lambda leaf, with_=with_: leaf.to_tensor(with_) if _is_ragged(leaf) else _known(leaf, with_), part
        )
        for (name, with_), part in zip(_PARTS.items(), batch, strict=False)
    }
    return tuple(parse_batch(dense, f"The arrays of {what[0].lower()}{what[1:]}").values())


def _known(leaf: Any, missing: int) -> Any:
    """Returns an array of Python's objects, such as a column of a table, as one of numbers: what is None as what is missing."""
    if missing >= 0 or getattr(getattr(leaf, "dtype", None), "kind", "") != "O":
        return leaf
    array = np.asarray(leaf)
    return np.array([missing if one is None else one for one in array.ravel().tolist()]).reshape(array.shape)


def _is_empty(batch: Any) -> bool:
    first = next(iter(leaves_of(batch)), None)
    shape: Any = getattr(first, "shape", None) or (1,)
    return bool(shape[0] == 0)


def _is_ragged(leaf: Any) -> bool:
    return hasattr(leaf, "row_splits") and hasattr(leaf, "to_tensor")


def _is_of_arrays(given: Any) -> bool:
    leaves = list(leaves_of(given))
    return bool(leaves) and all(
        hasattr(leaf, "shape") or hasattr(leaf, "__array__") or isinstance(leaf, int | float | str) for leaf in leaves
    )


def _size_of(batch: Any) -> int:
    leaf: Any = next(iter(leaves_of(batch)), None)
    try:
        return int(leaf.shape[0]) if hasattr(leaf, "shape") else len(leaf)
    except (TypeError, IndexError, ValueError):
        return 0


def _first(batch: Any, count: int) -> Any:
    return keras.tree.map_structure(lambda leaf: leaf[:count] if hasattr(leaf, "shape") else leaf, batch)


def concatenated(parts: Iterable[np.ndarray]) -> np.ndarray:
    """Returns arrays [examples, ...] one after the other, those that are wider cut nowhere: others are filled up with zeros."""
    listed = list(parts)
    widths = [max(sizes) for sizes in itertools.zip_longest(*(part.shape[1:] for part in listed), fillvalue=0)]
    if all(list(part.shape[1:]) == widths for part in listed):
        return np.concatenate(listed)
    filled = [
        np.pad(part, [(0, 0), *((0, width - size) for width, size in zip(widths, part.shape[1:], strict=True))])
        for part in listed
    ]
    return np.concatenate(filled)
