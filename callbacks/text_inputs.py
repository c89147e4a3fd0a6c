"""Where a model takes the text so far, and the source beside it if it is an encoder-decoder."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.tap import layers_of

Shape = tuple[int | None, ...]

_ANY: Shape = (None, None)


class GenerationError(ValueError):
    """A model, or what it is to continue, with which no text can be generated."""


@dataclass(frozen=True)
class TextInputs:
    """The inputs of a model by number, of which one is the text and another may be its source.

    Args:
        names: of the inputs, "" where they have none.
        shapes: of the inputs; those of a subclassed model are those of the first batch that it saw.
        dtypes: of the inputs, empty for a subclassed model, which declares none.
        structure: what the model takes as its first argument, with anything in the inputs' places; None if it takes the
            inputs as arguments one by one.
        text: the number of the text.
    """

    names: Sequence[str]
    shapes: Sequence[Shape]
    dtypes: Sequence[str]
    structure: Any
    text: int

    @classmethod
    def of(cls, model: keras.Model) -> TextInputs:
        """Finds out what a built model takes.

        Raises:
            GenerationError: if that is no text, with or without a source.
        """
        if getattr(model, "inputs", None):
            structure = model.inputs[0] if len(model.inputs) == 1 else model._inputs_struct
            tensors = keras.tree.flatten(structure)
            names, shapes = [tensor.name for tensor in tensors], [tuple(tensor.shape) for tensor in tensors]
            dtypes = [str(tensor.dtype) for tensor in tensors]
        else:
            names, shapes, structure = _inputs_of_subclassed(model)
            dtypes = []
        if len(shapes) > 2:
            raise GenerationError(
                f"The model {model.name!r} has {len(shapes)} inputs ({', '.join(names)}); expected the text alone, or a "
                "source and the text."
            )
        masks = [name for name in names if len(names) == 2 and name.lower().endswith("mask")]
        if masks:
            raise GenerationError(
                f"The model {model.name!r} takes {masks[0]!r} beside the text; expected the text alone, or a source and the text. "
                "Put a model around it that makes the mask of the text, such as keras.ops.ones_like(ids)."
            )
        called_so = [
            number for number, name in enumerate(names) if "target" in name.lower() or "decoder" in name.lower()
        ]
        text = called_so[0] if len(called_so) == 1 else len(shapes) - 1
        shape = shapes[text]
        if len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] is None):
            raise GenerationError(
                f"The model {model.name!r} takes text of the shape {shape}; expected ids (batch, time) or one-hot vectors "
                "(batch, time, vocabulary)."
            )
        return cls(names, shapes, dtypes, structure, text)

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
        return self.shapes[1 - self.text] if len(self.shapes) == 2 else None

    @property
    def source_length(self) -> int | None:
        """The tokens of source that the model takes, None for any number; a subclassed model's shape is that of one batch."""
        return self.source_shape[1] if self.source_shape and self.dtypes else None

    @property
    def source_dtype(self) -> str:
        """What the source is made of: features if it has more than two axes, else ids."""
        return self._dtype(1 - self.text, len(self.source_shape or ()) > 2)

    @property
    def batch(self) -> int | None:
        """The only number of rows that the model takes, None for any number."""
        return self.shapes[self.text][0] if self.dtypes else None

    def call(self, model: keras.Model, tokens: Any, source: Any) -> Any:
        """Calls the model, without training.

        Args:
            model: the model.
            tokens: int32 [rows, time].
            source: [rows, ...], None if the model takes none.
        """
        dtype = self._dtype(self.text, self.one_hot is not None)
        text = ops.one_hot(tokens, self.one_hot, dtype=dtype) if self.one_hot else ops.cast(tokens, dtype)
        values = [text] if source is None else [source, text] if self.text else [text, source]
        if self.structure is None:
            return model(*values, training=False)
        return model(keras.tree.pack_sequence_as(self.structure, values), training=False)

    def _dtype(self, number: int, is_float: bool) -> str:
        floats: str = keras.config.floatx()
        return self.dtypes[number] if self.dtypes else floats if is_float else "int32"


@contextlib.contextmanager
def embeddings_noted(model: keras.Model) -> Iterator[list[tuple[keras.layers.Embedding, npt.NDArray[Any]]]]:
    """Notes every embedding layer with the ids that it is given, as far as they are known, while the context lasts."""
    noted: list[tuple[keras.layers.Embedding, npt.NDArray[Any]]] = []

    def noting(layer: keras.layers.Embedding, call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def entering(inputs: Any, *args: Any, **kwargs: Any) -> Any:
            if hasattr(inputs, "numpy"):  # in a graph there are no values
                noted.append((layer, np.asarray(inputs.numpy())))
            return call(inputs, *args, **kwargs)

        return entering

    with contextlib.ExitStack() as undo:
        for layer in layers_of(model):
            if isinstance(layer, keras.layers.Embedding) and "call" not in vars(layer):
                # Past Keras' own tracking, and without a trace afterwards.
                vars(layer)["call"] = noting(layer, layer.call)
                undo.callback(vars(layer).pop, "call")
        yield noted


def _inputs_of_subclassed(model: keras.Model) -> tuple[list[str], list[Shape], Any]:
    """Returns names, shapes and structure, from the first call of the model."""
    config = model.get_build_config() or {}
    shape: Any = config.get("input_shape")
    arguments = _required_arguments(model)
    if len(arguments) > 1:
        # Keras may have noted the shape of the first only.
        noted: Mapping[str, Any] = config.get("shapes_dict") or {f"{arguments[0]}_shape": shape}
        return arguments, [tuple(noted.get(f"{name}_shape") or _ANY) for name in arguments], None
    if _is_shape(shape):
        return ["inputs"], [tuple(shape)], None
    if isinstance(shape, Mapping) and all(map(_is_shape, shape.values())):
        names = sorted(shape)
        return names, [tuple(shape[name]) for name in names], dict.fromkeys(names, 0)
    if isinstance(shape, list | tuple) and all(map(_is_shape, shape)):
        structure = [0] * len(shape)
        return (
            [""] * len(shape),
            [tuple(each) for each in shape],
            structure if isinstance(shape, list) else tuple(structure),
        )
    raise GenerationError(
        f"What the model {model.name!r} takes cannot be told from the shapes {shape}; expected ids or one-hot vectors of "
        "the text, and a source beside it for an encoder-decoder."
    )


def _required_arguments(model: keras.Model) -> list[str]:
    """Returns the names of what `call` needs, as in `call(self, source, target)`."""
    parameters = inspect.signature(model.call).parameters.values()
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    required = [p.name for p in parameters if p.kind in kinds and p.default is p.empty]
    return [name for name in required if name not in ("training", "mask")]


def _is_shape(shape: Any) -> bool:
    return (
        isinstance(shape, list | tuple) and bool(shape) and all(size is None or isinstance(size, int) for size in shape)
    )
