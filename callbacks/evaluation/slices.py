"""Slices: what examples or their tokens are told apart by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.errors import EvaluationError
from tb_seqviz_plugin.schema.evaluation import SLICE_CROSSING, SLICE_SEPARATOR

Array = npt.NDArray[Any]

LENGTHS = (0, 5, 10, 20, 40, 80, 160, 320, 640, 1280)
POSITIONS = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
FREQUENCIES = (0, 1, 10, 100, 1000, 10_000, 100_000)
OF_EXAMPLES = ("source_length", "target_length", "unknown_words", "class")
OF_TOKENS = ("position", "frequency")
MOST_KEYS = 50
"""Slices that one thing, or two crossed, make at most, those with the most examples."""


@dataclass(frozen=True)
class SliceExample:
    """One example, as a function that tells slices is given it.

    Args:
        inputs: what the model is given, an array by name, without the axis of examples.
        target: int, or int [time], the class that is right.
        weights: how much each counts, like the target.
        text: the inputs as text, where a vocabulary makes it.
        reference: the target as text, where a vocabulary makes it.
        index: its place in the data set.
    """

    inputs: Mapping[str, Array]
    target: Array
    weights: Array
    text: str
    reference: str
    index: int


SliceFunction = Callable[[SliceExample], Any]


@dataclass(frozen=True)
class Wanted:
    """Which slices are asked for.

    Args:
        names: those of `OF_EXAMPLES` and `OF_TOKENS`.
        functions: those of the user's, by name.
        crossed: pairs of names of which all combinations are slices, too.
        is_usual: whether nothing was asked for, so that what does not apply is left out without a word.
    """

    names: tuple[str, ...] = (*OF_EXAMPLES, *OF_TOKENS)
    functions: Mapping[str, SliceFunction] = field(default_factory=dict)
    crossed: tuple[tuple[str, str], ...] = ()
    is_usual: bool = True

    @classmethod
    def of(cls, slices: Any) -> Wanted:
        """Returns what was asked for.

        Args:
            slices: None for the usual ones; or a list of names, functions `example -> key`, and pairs of names to be crossed; or a
                dict from names to functions, besides the usual ones.

        Raises:
            EvaluationError: if it is something else.
        """
        if slices is None:
            return cls()
        if isinstance(slices, Mapping):
            for name, function in slices.items():
                if not isinstance(name, str) or not callable(function):
                    raise EvaluationError(
                        f"slices= holds {name!r}: {function!r}; expected names with functions example -> key."
                    )
            return cls(functions=dict(slices))
        if isinstance(slices, str | bytes) or not isinstance(slices, Sequence):
            raise EvaluationError(
                f"slices={slices!r}; expected a list of {', '.join((*OF_EXAMPLES, *OF_TOKENS))}, functions example -> key, or "
                "pairs."
            )
        functions: dict[str, SliceFunction] = {}
        names = tuple(each for each in slices if isinstance(each, str))
        crossed = tuple(tuple(map(_name_of, each)) for each in slices if isinstance(each, tuple))
        known = {*OF_EXAMPLES, *OF_TOKENS, *(_name_of(each) for each in slices if callable(each))}
        for each in slices:
            parts = each if isinstance(each, tuple) else (each,)
            if (isinstance(each, tuple) and len(each) != 2) or not all(
                callable(part) or part in known for part in parts
            ):
                raise EvaluationError(
                    f"slices= holds {each!r}; expected {', '.join(map(repr, (*OF_EXAMPLES, *OF_TOKENS)))}, a function example -> "
                    "key, or a pair of those."
                )
            for part in filter(callable, parts):
                if functions.setdefault(_name_of(part), part) is not part:
                    raise EvaluationError(
                        f"slices= holds two functions that are called {_name_of(part)!r}; expected names of their own. Pass a dict "
                        "from names to functions."
                    )
        for pair in crossed:
            for name in pair:
                if name in OF_TOKENS:
                    raise EvaluationError(
                        f"slices= crosses {name!r}, which tells tokens apart; expected what tells examples apart."
                    )
        inner = tuple(name for pair in crossed for name in pair if name not in functions)
        return cls(tuple(dict.fromkeys((*names, *inner))), functions, crossed, is_usual=False)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Keys:
    """What each example is told apart by.

    Args:
        names: of the slices.
        codes: int32 [examples], place of the slice that each is in, -1 for none.
        left_out: how many slices there would be besides.
    """

    names: Sequence[str]
    codes: Array
    left_out: int = 0

    @classmethod
    def of(cls, what: str, keys: Sequence[Any], order: Sequence[str] | None = None) -> Keys:
        """Returns the slices of keys, None for an example in none: in the given order, or the largest first."""
        texts = [None if key is None else _text_of(key) for key in keys]
        counts: dict[str, int] = {}
        for text in texts:
            if text is not None:
                counts[text] = counts.get(text, 0) + 1
        largest = dict.fromkeys(sorted(counts, key=lambda name: -counts[name])[:MOST_KEYS])
        found = [name for name in dict.fromkeys(order or largest) if name in largest]
        places = {name: place for place, name in enumerate(found)}
        codes = np.array([-1 if text is None else places.get(text, -1) for text in texts], np.int32)
        return cls([f"{what}{SLICE_SEPARATOR}{name}" for name in places], codes, len(counts) - len(places))

    @classmethod
    def in_buckets(cls, what: str, values: Array, edges: Sequence[int]) -> Keys:
        """Returns the slices of whole numbers."""
        return cls(
            [f"{what}{SLICE_SEPARATOR}{name}" for name in bucket_names(edges)],
            bucket_of(values, edges).astype(np.int32),
        )

    def crossed(self, other: Keys) -> Keys:
        """Returns the slices of both that there are examples in, those with the most."""
        both = np.where((self.codes < 0) | (other.codes < 0), -1, self.codes * len(other.names) + other.codes)
        counts = np.bincount(both[both >= 0], minlength=len(self.names) * len(other.names))
        there = np.sort(np.argsort(-counts, kind="stable")[: min(MOST_KEYS, np.count_nonzero(counts))])
        names = [
            f"{self.names[pair // len(other.names)]}{SLICE_CROSSING}{other.names[pair % len(other.names)]}"
            for pair in there.tolist()
        ]
        places = np.full(len(counts) + 1, -1, np.int32)  # the last one for examples that are in none
        places[there] = np.arange(len(there))
        return Keys(names, places[both], int(np.count_nonzero(counts)) - len(there))


def bucket_of(values: Array, edges: Sequence[int]) -> Array:
    """Returns which bucket each number is in; the last has no end."""
    return np.searchsorted(np.asarray(edges), values, side="right") - 1


def bucket_names(edges: Sequence[int]) -> list[str]:
    """Returns how buckets are called.

    >>> bucket_names((0, 1, 2, 4))
    ['0', '1', '2 to 3', '4 or more']
    """
    inner = [f"{low:,}" if high == low + 1 else f"{low:,} to {high - 1:,}" for low, high in pairwise(edges)]
    return [*inner, f"{edges[-1]:,} or more"]


def _text_of(key: Any) -> str:
    text = " ".join(str(key).split())
    return "".join(character if character.isprintable() else "�" for character in text) or "(empty)"


def _name_of(each: Any) -> str:
    return each if isinstance(each, str) else str(getattr(each, "__name__", type(each).__name__)).strip("<>")
