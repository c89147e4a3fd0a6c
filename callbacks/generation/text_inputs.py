"""Where a model takes the text so far, and the source beside it if it is an encoder-decoder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import keras
from keras import ops

from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.callbacks.model.batch import Spec, names_of
from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.model.signature import declared, positional_of

Shape = tuple[int | None, ...]

_NAMES_OF_TEXT = ("target", "tgt", "dec", "output")
"""What the name of that holds which a decoder writes on, as against its source."""


@dataclass(frozen=True)
class TextInputs:
    """The inputs of a model by number, of which one is the text, another may be its source, and others masks of these.

    Args:
        names: of the inputs, "" where they have none.
        shapes: of the inputs; those of a subclassed model are those of the first batch that it saw.
        dtypes: of the inputs, empty for a subclassed model, which declares none.
        way: to call the model.
        text: the number of the text.
        source: the number of the source, None if there is none.
        masked: the number of what each mask tells the padding of, by the number of the mask.
        positions: the numbers of those that hold the position of each token of the text.
    """

    names: Sequence[str]
    shapes: Sequence[Shape]
    dtypes: Sequence[str]
    way: ModelCall
    text: int
    source: int | None
    masked: Mapping[int, int]
    positions: Sequence[int] = ()

    @classmethod
    def of(cls, model: keras.Model) -> TextInputs:
        """Finds out what a built model takes; of two sequences the text is that which is called so, or else the last.

        Raises:
            GenerationError: if these are more than a text, its source and their masks.
        """
        found = declared(model)
        if found is None:
            raise GenerationError(
                f"The model {model.name!r} does not say what it takes; expected ids or one-hot vectors of the text, and a source "
                "beside it for an encoder-decoder. Call it once on a batch."
            )
        args, kwargs = found
        needed = positional_of(model)
        way = ModelCall(args, {name: spec for name, spec in kwargs.items() if name in needed})
        specs: list[Spec] = way.leaves()
        keys = names_of(way.inputs) if isinstance(way.inputs, Mapping) else [""] * len(specs)
        names = [spec.name or key for spec, key in zip(specs, keys, strict=True)]
        shapes = [spec.shape for spec in specs]
        dtypes = [spec.dtype for spec in specs if spec.dtype is not None]
        if "string" in dtypes:
            raise GenerationError(
                f"The model {model.name!r} takes strings, of which it makes ids itself; expected ids. Pass the part behind its "
                "TextVectorization or StringLookup, made as a model of its own that shares the layers, and that layer as "
                "tokenizer=, or pass generate= to SampleLogger, a function that writes."
            )
        masks = [number for number, name in enumerate(names) if len(names) > 1 and name.lower().endswith("mask")]
        positions = [number for number, name in enumerate(names) if len(names) > 1 and "position" in name.lower()]
        sequences = [number for number in range(len(names)) if number not in (*masks, *positions)]
        if len(sequences) not in (1, 2):
            raise GenerationError(
                f"The model {model.name!r} has {len(shapes)} inputs ({', '.join(names)}); expected the text alone, or a "
                "source and the text, and masks of these."
            )
        masked = {mask: _masked_by(names[mask], [(number, names[number]) for number in sequences]) for mask in masks}
        for mask, of in masked.items():
            if of is None or len(shapes[mask]) != 2:
                raise GenerationError(
                    f"The model {model.name!r} takes {names[mask]!r} of the shape {shapes[mask]} beside {', '.join(names)}; "
                    "expected a mask (batch, time) of the text or the source, whose name begins as theirs does. Put a model "
                    "around it that makes the mask, such as keras.ops.ones_like(ids)."
                )
        text = _called_so(names, sequences)
        text = sequences[-1] if text is None else text
        source = next((number for number in sequences if number != text), None)
        known = {mask: of for mask, of in masked.items() if of is not None}
        return cls(names, shapes, dtypes, way, text, source, known, positions)

    def check(self, model: keras.Model) -> None:
        """Raises a GenerationError if what is taken for the text cannot be text."""
        shape = self.shapes[self.text]
        if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] is None):
            raise GenerationError(
                f"The model {model.name!r} takes text of the shape {shape}; expected ids (batch, time) or one-hot vectors "
                "(batch, time, vocabulary)."
            )
        if self.one_hot == 1:
            raise GenerationError(
                f"The model {model.name!r} takes text of the shape {shape}, one number per token, and nothing says how ids "
                "become such numbers. Put a model around it that takes ids, such as keras.Sequential([Input((length,)), "
                "Rescaling(1 / vocabulary), Reshape((length, 1)), model]), or pass generate= to SampleLogger, a function "
                "that writes."
            )

    @property
    def is_told(self) -> bool:
        """Whether there is no doubt about the text, or its name tells."""
        return self.source is None or _called_so(self.names, (self.text, self.source)) is not None

    @property
    def length(self) -> int | None:
        """The tokens of text that the model takes, None for any number."""
        return self.shapes[self.text][1]

    @property
    def one_hot(self) -> int | None:
        """The size of a token's vector, None if the text is ids."""
        shape = self.shapes[self.text]
        return shape[2] if len(shape) == 3 else None

    @property
    def source_shape(self) -> Shape | None:
        """The shape of the source, None if there is none."""
        return None if self.source is None else self.shapes[self.source]

    @property
    def source_length(self) -> int | None:
        """The tokens of source that the model takes, None for any number; a subclassed model's shape is that of one batch."""
        return self.source_shape[1] if self.source_shape and self.dtypes else None

    @property
    def source_dtype(self) -> str | None:
        """What the source is made of, None if there is none."""
        return None if self.source is None else self.dtype(self.source)

    def dtype(self, number: int) -> str:
        """Returns what an input is made of: vectors or features if it has more than two axes, else ids."""
        floats: str = keras.config.floatx()
        return self.dtypes[number] if self.dtypes else floats if len(self.shapes[number]) > 2 else "int32"

    def call(self, model: keras.Model, tokens: Any, source: Any) -> Any:
        """Calls the model, without training.

        Args:
            model: the model.
            tokens: int32 [rows, time], -1 for padding: id 0, or a vector of zeros.
            source: [rows, ...], padded with zeros, None if the model takes none.
        """
        dtype = self.dtype(self.text)
        text = ops.one_hot(tokens, self.one_hot, dtype=dtype) if self.one_hot else ops.maximum(tokens, 0)
        values, known = {self.text: ops.cast(text, dtype)}, {self.text: ops.greater_equal(tokens, 0)}
        if self.source is not None:
            values[self.source] = source = ops.convert_to_tensor(source)
            known[self.source] = ops.any(ops.not_equal(source, 0), axis=tuple(range(2, len(source.shape))))
        return self.call_with(model, values, known)

    def call_with(self, model: keras.Model, values: Mapping[int, Any], known: Mapping[int, Any]) -> Any:
        """Calls the model, without training.

        Args:
            model: the model.
            values: of the text and the source, by number.
            known: bool [rows, time], what of them is not padding, by number.
        """
        masks = {
            mask: ops.cast(known[of], self.dtypes[mask] if self.dtypes else "bool") for mask, of in self.masked.items()
        }
        places = ops.maximum(ops.cumsum(ops.cast(known[self.text], "int32"), axis=1) - 1, 0)
        placed = {number: ops.cast(places, self.dtype(number)) for number in self.positions}
        every = {**values, **masks, **placed}
        arguments = [every[number] for number in range(len(self.names))]
        return self.way.run(model, arguments)


def _called_so(names: Sequence[str], numbers: Iterable[int]) -> int | None:
    """Returns the one input whose name says that it is what a decoder writes, None if that is not one."""
    found = [number for number in numbers if any(part in names[number].lower() for part in _NAMES_OF_TEXT)]
    return found[0] if len(found) == 1 else None


def _masked_by(mask: str, sequences: Sequence[tuple[int, str]]) -> int | None:
    """Returns what a mask belongs to: the only sequence, or that whose name begins as its own does; None if none does."""
    if len(sequences) == 1:
        return sequences[0][0]
    shared = [
        len(list(takewhile(lambda pair: pair[0] == pair[1], zip(mask, name, strict=False)))) for _, name in sequences
    ]
    return None if shared[0] == shared[1] else sequences[shared[1] > shared[0]][0]
