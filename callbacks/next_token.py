"""What a model says of the next token, whatever it takes and returns.

A model may take ids or one-hot vectors, of a fixed length or of any, with or without a source sequence beside them, and may
return logits or probabilities, for the next token or at every position. All of this is found out by running it twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.tap import layers_of

Shape = tuple[int | None, ...]

_TRIED_LENGTH = 6
"""For a model that takes any length."""


class GenerationError(ValueError):
    """A model, or what it is to continue, with which no text can be generated."""


class NextToken:
    """Asks a model for the next token.

    Args:
        model: a built model.
        outputs: "logits" or "probabilities", None to find out.

    Attributes:
        vocabulary: how many tokens the model tells apart.
        length: the number of tokens that the model takes, None if it takes any number.
        per_position: whether it returns [batch, time, vocabulary] and not [batch, vocabulary].
        probabilities: whether it returns probabilities and not logits.
        is_causal: whether a token changes nothing before it, so that what follows may be padding.
        takes_source: whether it has a second input, the sequence that the text is made from.
        needs_static_length: whether a graph must know the length, for the sake of `TimeDistributed`.

    Raises:
        GenerationError: if the model is not built, or takes or returns something else.
    """

    def __init__(self, model: keras.Model, outputs: str | None = None) -> None:
        if not model.built:
            raise GenerationError(
                f"The model {model.name!r} is not built, so it has no weights to write with. Call it once on a batch, or "
                "train one step, before generating."
            )
        if outputs not in (None, "logits", "probabilities"):
            raise GenerationError(f'outputs={outputs!r}; expected "logits", "probabilities", or None to find out.')
        self._model = model
        names, shapes, self._is_positional, self._structure = _inputs_of(model)
        self._target = _target_of(names, shapes, model)
        self.takes_source = len(shapes) == 2
        self._source_shape = shapes[1 - self._target] if self.takes_source else ()
        shape = shapes[self._target]
        self._one_hot = shape[2] if len(shape) == 3 else None
        self._dtypes = [tensor.dtype for tensor in getattr(model, "inputs", None) or ()]
        self._states = [
            state
            for layer in layers_of(model)
            if isinstance(layer, keras.layers.RNN) and layer.stateful
            for state in keras.tree.flatten(layer.states)
        ]
        self._batch: int | None = self._states[0].shape[0] if self._states else shape[0] if self._dtypes else None
        self.needs_static_length = any(isinstance(layer, keras.layers.TimeDistributed) for layer in layers_of(model))
        self.length: int | None = shape[1]
        result = self._tried_at_any_length()
        self._look_at(result, outputs)

    def __call__(self, tokens: Any, positions: Any = None, source: Any = None) -> Any:
        """Returns scores of the next token, logits or logarithms of probabilities: float32 [rows, vocabulary].

        Args:
            tokens: int32 [rows, time].
            positions: int32 [rows], the last token of each row before its padding, None for the last one of all.
            source: what the text is made from, [rows, ...], None if the model takes none.
        """
        result = self._run(tokens, source)
        if self.per_position:
            last = positions is None
            result = result[:, -1] if last else ops.take_along_axis(result, positions[:, None, None], axis=1)[:, 0]
        result = ops.cast(result, "float32")
        return ops.log(result) if self.probabilities else result

    def source_of(self, source: Any, prompts: int) -> npt.NDArray[Any] | None:
        """Returns the source as an array with one row per prompt.

        Raises:
            GenerationError: if it is missing, not wanted, or does not fit.
        """
        if not self.takes_source:
            if source is not None:
                raise GenerationError(
                    "A source was given, and the model has one input only, the text; leave source out."
                )
            return None
        if source is None:
            raise GenerationError(
                f"The model {self._model.name!r} has two inputs, a source and the text; expected source=, an array with "
                "one row per prompt, padded as in training."
            )
        try:
            array = np.asarray(source)
        except ValueError:
            array = np.empty(0, object)
        if array.dtype.kind not in "biuf":
            raise GenerationError(
                "The source is no array of numbers; expected rows of one length, padded as in training."
            )
        wanted = (prompts, *self._source_shape[1:])
        if array.ndim != len(wanted) or any(
            size not in (None, given) for size, given in zip(wanted, array.shape, strict=True)
        ):
            expected = f"({', '.join('any' if size is None else str(size) for size in wanted)})"
            raise GenerationError(
                f"The source has the shape {array.shape}; expected {expected}, one row per prompt, padded as in training."
            )
        return array.astype(self._dtype(1 - self._target, array.dtype.kind == "f"))

    def _tried_at_any_length(self) -> npt.NDArray[Any]:
        """Returns the model's result on a few tokens, and finds out whether it takes any length."""
        if self.length is not None and not self._dtypes:
            # A subclassed model has the length of the first batch that it saw, which need not be the only one it takes.
            other, fixed = _TRIED_LENGTH + (self.length == _TRIED_LENGTH), self.length
            try:
                result = self._try(other)
            except Exception:  # whatever the model raises at a length that it does not take
                return self._try(fixed)
            self.length = None
            self._source_shape = (self._source_shape[0], None, *self._source_shape[2:]) if self._source_shape else ()
            return result
        return self._try(self.length or _TRIED_LENGTH)

    def _try(self, length: int, changed: int = 1) -> npt.NDArray[Any]:
        """Returns the result on tokens that are 1, and `changed` in the second half."""
        rows = self._batch or 1
        tokens = np.where(np.arange(length) < length // 2, 1, changed).astype("int32")[None].repeat(rows, axis=0)
        source = None
        if self.takes_source:
            sizes = [size or _TRIED_LENGTH for size in self._source_shape[1:]]
            source = ops.convert_to_tensor(np.ones((rows, *sizes), self._dtype(1 - self._target, len(sizes) > 1)))
        result = self._run(ops.convert_to_tensor(tokens), source)
        shape = getattr(result, "shape", None)
        if shape is None or len(shape) not in (2, 3) or (len(shape) == 3 and shape[1] != length):
            what = type(result).__name__ if shape is None else f"the shape {tuple(shape)}"
            raise GenerationError(
                f"The model {self._model.name!r} returns {what} for {rows} x {length} tokens; expected one output, (batch, "
                "vocabulary) for the next token or (batch, time, vocabulary) for every position."
            )
        return np.asarray(ops.convert_to_numpy(ops.cast(result, "float32")))

    def _look_at(self, result: npt.NDArray[Any], outputs: str | None) -> None:
        self.vocabulary = result.shape[-1]
        self.per_position = result.ndim == 3
        if self.vocabulary < 2 or self._one_hot not in (None, self.vocabulary):
            raise GenerationError(
                f"The model {self._model.name!r} takes vectors of {self._one_hot} and returns {self.vocabulary} numbers; "
                "expected as many as there are tokens, at both ends."
                if self._one_hot
                else f"The model {self._model.name!r} returns {self.vocabulary} number per token; expected one for every "
                "token of the vocabulary."
            )
        sums_to_one = bool((result >= 0).all() and np.allclose(result.sum(axis=-1), 1, atol=0.02))
        self.probabilities = sums_to_one if outputs is None else outputs == "probabilities"
        if self.probabilities and not sums_to_one and np.isfinite(result).all():
            raise GenerationError(
                f'outputs="probabilities", and the model {self._model.name!r} returns numbers from {result.min():.3g} to '
                f'{result.max():.3g} that do not add up to 1; expected outputs="logits" or None for it.'
            )
        self.is_causal = self.per_position and self._is_causal(result)

    def _is_causal(self, result: npt.NDArray[Any]) -> bool:
        time = result.shape[1]
        difference = np.abs(result - self._try(time, changed=2 if self.vocabulary > 2 else 0)).max(axis=(0, 2))
        if not np.isfinite(difference).all():
            return True
        half = time // 2
        return bool(difference[:half].max(initial=0) <= 1e-3 * difference[half:].max(initial=0) + 1e-7)

    def _run(self, tokens: Any, source: Any) -> Any:
        """Calls the model; if it was made for one batch size, as often as it takes."""
        rows = tokens.shape[0]
        if self._batch in (None, rows):
            return self._call(tokens, source)
        parts = []
        for start in range(0, rows, self._batch):
            part = slice(start, start + self._batch)
            missing = max(0, start + self._batch - rows)
            taken = [
                None if whole is None else ops.pad(whole[part], [(0, missing)] + [(0, 0)] * (len(whole.shape) - 1))
                for whole in (tokens, source)
            ]
            parts.append(self._call(*taken)[: self._batch - missing])
        return ops.concatenate(parts, axis=0)

    def _call(self, tokens: Any, source: Any) -> Any:
        dtype = self._dtype(self._target, self._one_hot is not None)
        text = ops.one_hot(tokens, self._one_hot, dtype=dtype) if self._one_hot else ops.cast(tokens, dtype)
        values = [text] if source is None else [source, text] if self._target else [text, source]
        # A scope of its own for each call: a stateful layer begins at zero every time, and goes on as it was in training.
        with keras.StatelessScope(state_mapping=[(state, ops.zeros_like(state.value)) for state in self._states]):
            if self._is_positional:
                return self._model(*values, training=False)
            return self._model(keras.tree.pack_sequence_as(self._structure, values), training=False)

    def _dtype(self, number: int, is_float: bool) -> str:
        declared = self._dtypes[number] if self._dtypes else None
        return declared or (keras.config.floatx() if is_float else "int32")


def _inputs_of(model: keras.Model) -> tuple[list[str], list[Shape], bool, Any]:
    """Returns names and shapes of the inputs, whether they are arguments one by one, and the structure they come in."""
    if getattr(model, "inputs", None):
        structure = model.inputs[0] if len(model.inputs) == 1 else model._inputs_struct
        tensors = keras.tree.flatten(structure)
        return [tensor.name for tensor in tensors], [tuple(tensor.shape) for tensor in tensors], False, structure
    config = model.get_build_config() or {}
    if "shapes_dict" in config:
        arguments: Mapping[str, Any] = config["shapes_dict"]
        return list(arguments), [tuple(shape) for shape in arguments.values()], True, None
    shape: Any = config.get("input_shape")
    if _is_shape(shape):
        return ["inputs"], [tuple(shape)], True, None
    if isinstance(shape, Mapping) and all(map(_is_shape, shape.values())):
        names = sorted(shape)
        return names, [tuple(shape[name]) for name in names], False, dict.fromkeys(names, 0)
    if isinstance(shape, Sequence) and all(map(_is_shape, shape)):
        return (
            [""] * len(shape),
            [tuple(each) for each in shape],
            False,
            [0] * len(shape) if isinstance(shape, list) else (0,) * len(shape),
        )
    raise GenerationError(
        f"What the model {model.name!r} takes cannot be told from the shapes {shape}; expected ids or one-hot vectors of "
        "the text, and a source beside it for an encoder-decoder."
    )


def _is_shape(shape: Any) -> bool:
    return (
        isinstance(shape, list | tuple)
        and len(shape) > 0
        and all(size is None or isinstance(size, int) for size in shape)
    )


def _target_of(names: Sequence[str], shapes: Sequence[Shape], model: keras.Model) -> int:
    """Returns which input takes the text so far: the last one, unless another is called so."""
    named = [number for number, name in enumerate(names) if "target" in name.lower() or "decoder" in name.lower()]
    target = named[0] if len(named) == 1 else len(shapes) - 1
    if len(shapes) > 2:
        raise GenerationError(
            f"The model {model.name!r} has {len(shapes)} inputs ({', '.join(names)}); expected the text alone, or a source "
            "and the text."
        )
    if len(shapes[target]) not in (2, 3) or (len(shapes[target]) == 3 and shapes[target][2] is None):
        raise GenerationError(
            f"The model {model.name!r} takes text of the shape {shapes[target]}; expected ids (batch, time) or one-hot "
            "vectors (batch, time, vocabulary)."
        )
    return target
