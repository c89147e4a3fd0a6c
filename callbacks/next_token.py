"""What a model says of the next token, whatever it takes and returns.

A model may take ids or one-hot vectors, of a fixed length or of any, with or without a source sequence beside them, and may
return logits or probabilities, for the next token or at every position. All of this is found out by running it twice.
"""

from __future__ import annotations

import warnings
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.base import sentence_of
from tb_seqviz_plugin.callbacks.tap import layers_of
from tb_seqviz_plugin.callbacks.text_inputs import GenerationError, TextInputs, embeddings_noted

_TRIED_LENGTHS = (6, 7)
"""For a model that takes any length; the second if it is known to take the first."""


class NextToken:
    """Asks a model for the next token.

    Args:
        model: a built model.
        outputs: "logits" or "probabilities", None to find out.

    Attributes:
        vocabulary: how many tokens the model writes.
        readable: how many tokens it reads, as far as can be told.
        length: the number of tokens that the model takes, None if it takes any number.
        per_position: whether it returns [batch, time, vocabulary] and not [batch, vocabulary].
        probabilities: whether it returns probabilities and not logits.
        is_causal: whether a token changes nothing before it, so that what follows may be padding.
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
        self._inputs = TextInputs.of(model)
        self._states = [
            state
            for layer in layers_of(model)
            if isinstance(layer, keras.layers.RNN) and layer.stateful
            for state in keras.tree.flatten(layer.states)
        ]
        self._batch: int | None = self._states[0].shape[0] if self._states else self._inputs.batch
        self.needs_static_length = any(isinstance(layer, keras.layers.TimeDistributed) for layer in layers_of(model))
        self.length = self._inputs.length
        if self.length is not None and not self._inputs.dtypes and self._takes_other_lengths():
            self.length = None
        result = self._try()
        self.vocabulary = result.shape[-1]
        self.per_position = result.ndim == 3
        self._check_vocabulary()
        self.probabilities = self._are_probabilities(result, outputs)
        changed = 2 if self.vocabulary > 2 else 0
        with embeddings_noted(model) as noted:
            other = self._try(changed=changed)
        self.is_causal = self.per_position and _is_causal(result, other)
        text = self._tokens(self._first_length, changed)
        self.readable = min(
            (layer.input_dim for layer, ids in noted if np.array_equal(ids, text)), default=self.vocabulary
        )
        self._check_readable()

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

    @property
    def batch(self) -> int | None:
        """The only number of rows that the model takes, None for any number."""
        return self._batch

    @property
    def takes_source(self) -> bool:
        """Whether there is a source beside the text."""
        return self._inputs.source_shape is not None

    @property
    def source_length(self) -> int | None:
        """The tokens of source that the model takes, None for any number."""
        return self._inputs.source_length

    def source_of(self, source: Any, prompts: int) -> npt.NDArray[Any] | None:
        """Returns the source as an array with one row per prompt, None if the model takes none.

        Raises:
            GenerationError: if it is missing, not wanted, or does not fit.
        """
        shape = self._inputs.source_shape
        if shape is None:
            if source is not None:
                raise GenerationError(
                    f"A source was given, and the model {self._model.name!r} has one input only, the text; leave source out."
                )
            return None
        if source is None:
            raise GenerationError(
                f"The model {self._model.name!r} has two inputs, a source and the text; expected source=, an array with "
                "one row per prompt, padded as in training."
            )
        try:
            array = np.asarray(source)
        except ValueError:  # rows of different lengths
            array = np.empty(0, object)
        if array.dtype.kind not in "biuf":
            raise GenerationError(
                "The source is no array of numbers; expected rows of one length, padded as in training."
            )
        # A subclassed model's shape is that of one batch: only its axes are sure.
        wanted = (prompts, *(shape[1:] if self._inputs.dtypes else (None,) * (len(shape) - 1)))
        fits = array.ndim == len(wanted) and all(
            size in (None, given) for size, given in zip(wanted, array.shape, strict=True)
        )
        if not fits:
            expected = ", ".join("any" if size is None else str(size) for size in wanted)
            raise GenerationError(
                f"The source has the shape {array.shape}; expected ({expected}), one row per prompt, padded as in training."
            )
        return array.astype(self._inputs.source_dtype)

    def _takes_other_lengths(self) -> bool:
        """Returns whether a subclassed model takes other lengths than that of the first batch that it saw."""
        other = next(length for length in _TRIED_LENGTHS if length != self.length)
        try:
            self._try(other)
        except GenerationError:
            return False
        return True

    def _try(self, length: int | None = None, changed: int = 1) -> npt.NDArray[Any]:
        """Returns the result on tokens that are 1, and `changed` in the second half: float32 [rows, ...]."""
        length = length or self._first_length
        tokens = self._tokens(length, changed)
        rows = len(tokens)
        source, shape = None, self._inputs.source_shape
        if shape is not None:
            sizes = [size or _TRIED_LENGTHS[0] for size in shape[1:]]
            source = ops.convert_to_tensor(np.ones((rows, *sizes), self._inputs.source_dtype))
        try:
            result = self._run(ops.convert_to_tensor(tokens), source)
        except Exception as error:  # whatever the model raises
            raise GenerationError(
                f"The model {self._model.name!r} could not be called on {rows} x {length} tokens; expected a model of the text so "
                f"far, ids (batch, time) or one-hot vectors. What it said: {sentence_of(error)}"
            ) from error
        shape = getattr(result, "shape", None)
        if shape is None or len(shape) not in (2, 3) or (len(shape) == 3 and shape[1] != length):
            what = f"a {type(result).__name__}" if shape is None else f"the shape {tuple(shape)}"
            raise GenerationError(
                f"The model {self._model.name!r} returns {what} for {rows} x {length} tokens; expected one output, (batch, "
                "vocabulary) for the next token or (batch, time, vocabulary) for every position."
            )
        return np.asarray(ops.convert_to_numpy(ops.cast(result, "float32")))

    @property
    def _first_length(self) -> int:
        return self.length or _TRIED_LENGTHS[0]

    def _tokens(self, length: int, changed: int) -> npt.NDArray[np.int32]:
        tokens = np.where(np.arange(length) < length // 2, 1, changed).astype("int32")
        return tokens[None].repeat(self._batch or 1, axis=0)

    def _check_vocabulary(self) -> None:
        vector = self._inputs.one_hot
        if vector not in (None, self.vocabulary):
            raise GenerationError(
                f"The model {self._model.name!r} takes vectors of {vector} and returns {self.vocabulary} numbers per token; "
                "expected the size of the vocabulary at both ends."
            )
        if self.vocabulary < 2:
            raise GenerationError(
                f"The model {self._model.name!r} returns {self.vocabulary} number per token; expected one for every token "
                "of the vocabulary."
            )

    def _check_readable(self) -> None:
        sizes = (
            f"The model {self._model.name!r} reads {self.readable} tokens, the size of its embedding, and writes "
            f"{self.vocabulary}, the size of its output"
        )
        if self.readable < self.vocabulary:
            raise GenerationError(
                f"{sizes}, so it may write tokens that it cannot read; expected an embedding of {self.vocabulary}."
            )
        if self.readable > self.vocabulary:
            warnings.warn(
                f"{sizes}, so it never writes the tokens from {self.vocabulary} on; expected one vocabulary at both ends, "
                "unless these are for padding or the start only.",
                stacklevel=3,
            )

    def _are_probabilities(self, result: npt.NDArray[Any], outputs: str | None) -> bool:
        add_up = bool((result >= 0).all() and np.allclose(result.sum(axis=-1), 1, atol=0.02))
        if outputs == "probabilities" and not add_up and np.isfinite(result).all():
            raise GenerationError(
                f'outputs="probabilities", and the model {self._model.name!r} returns numbers from {result.min():.3g} to '
                f'{result.max():.3g} that do not add up to 1; expected outputs="logits", or None to find out.'
            )
        return add_up if outputs is None else outputs == "probabilities"

    def _run(self, tokens: Any, source: Any) -> Any:
        """Calls the model; if it was made for one batch size, as often as it takes."""
        rows = tokens.shape[0]
        if self._batch in (None, rows):
            return self._call(tokens, source)
        parts = []
        for start in range(0, rows, self._batch):
            missing = max(0, start + self._batch - rows)
            part = [
                None
                if whole is None
                else ops.pad(whole[start : start + self._batch], [(0, missing)] + [(0, 0)] * (len(whole.shape) - 1))
                for whole in (tokens, source)
            ]
            parts.append(self._call(*part)[: self._batch - missing])
        return ops.concatenate(parts, axis=0)

    def _call(self, tokens: Any, source: Any) -> Any:
        # A scope of its own for each call: a stateful layer begins at zero every time, and goes on as it was in training.
        with keras.StatelessScope(state_mapping=[(state, ops.zeros_like(state.value)) for state in self._states]):
            return self._inputs.call(self._model, tokens, source)


def _is_causal(result: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    """Returns whether other tokens in the second half changed nothing in the first."""
    difference = np.abs(result - other).max(axis=(0, 2))
    half = len(difference) // 2
    looks_ahead = difference[:half].max(initial=0) > 1e-3 * difference[half:].max() + 1e-7
    return not looks_ahead
