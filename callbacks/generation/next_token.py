"""What a model says of the next token, whatever it takes and returns.

A model may take ids or one-hot vectors, of a fixed length or of any, with or without a source sequence beside them, and may
return logits or probabilities, for the next token or at every position. All of this is found out by running it a few times.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.errors import GenerationError, sentence_of
from tb_seqviz_plugin.callbacks.generation.noted_embeddings import (
    Noted,
    embeddings_noted,
    positions_among,
    positions_of_layers,
    tokens_among,
)
from tb_seqviz_plugin.callbacks.generation.source_input import SourceInput
from tb_seqviz_plugin.callbacks.generation.text_model import TextModel
from tb_seqviz_plugin.callbacks.model.failure import may_be_of_one_batch_size
from tb_seqviz_plugin.callbacks.model.layers import outputs_of
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of, maker_of
from tb_seqviz_plugin.callbacks.model.signature import rows_built_for

_TRIED_LENGTHS = (6, 7)
"""For a model that takes any length; the second if it is known to take the first, or its source has that length."""

_TRIED_SOURCE = 5


class _Tried(NamedTuple):
    """What a model made of some tokens.

    Args:
        tokens: int32 [rows, time].
        result: float32 [rows, vocabulary] or [rows, time, vocabulary].
        noted: what its embeddings were asked for.
    """

    tokens: npt.NDArray[np.int32]
    result: npt.NDArray[np.float32]
    noted: Noted


class NextToken:
    """Asks a model for the next token.

    Args:
        model: a built model.
        outputs: "logits" or "probabilities", None to find out.

    Attributes:
        keras_model: the model.
        run: calls it.
        vocabulary: how many tokens the model writes.
        source: what it writes from beside the text.
        readable: how many tokens it reads, as far as can be told.
        length: the number of tokens that the model takes, None if it takes any number.
        positions: the most tokens that its position embeddings have room for, as far as can be told.
        per_position: whether it returns [batch, time, vocabulary] and not [batch, vocabulary].
        probabilities: whether it returns probabilities and not logits.
        is_causal: whether a token changes nothing before it, so that what follows may be padding.
        is_sure: whether the last two are known, which they are not while the model returns NaN.
        is_stepwise: whether it is shown one token at a time, and remembers those before in its states.
        masks_zero: whether token 0 is padding, wherever it is.
        has_recurrent_layers: whether running it takes a loop over the text.
        rounding: how far two computations of the same scores may differ, relative to the largest.
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
        self.keras_model = model
        self.run = TextModel(model)
        self._inputs = self.run.inputs
        self.source = SourceInput(model.name, self._inputs)
        self.needs_static_length = any(isinstance(layer, keras.layers.TimeDistributed) for layer in layers_of(model))
        self.masks_zero = any(isinstance(each, keras.layers.Embedding) and each.mask_zero for each in layers_of(model))
        self.has_recurrent_layers = any(isinstance(layer, keras.layers.RNN) for layer in layers_of(model))
        dtypes = {layer.compute_dtype for layer in layers_of(model)}
        self.rounding = 0.03 if dtypes & {"float16", "bfloat16"} else 1e-3
        self.positions = positions_of_layers(model)
        self.length = self._inputs.length
        if self.length is not None and not self._inputs.dtypes and self._takes_other_lengths():
            self.length = None
        tried = self._try()
        self.vocabulary = tried.result.shape[-1]
        self.per_position = tried.result.ndim == 3
        self._check_vocabulary()
        other = self._try(changed=2 if self.vocabulary > 2 else 0)
        self.probabilities = self._are_probabilities([tried.result, other.result], outputs)
        self.is_causal = self.per_position and _is_causal(tried.result, other.result)
        self.is_stepwise = self.run.is_stateful and self.length == 1
        if self.is_stepwise:
            self.length, self.is_causal = None, False
        self.is_sure = not np.isnan([tried.result, other.result]).any()
        known = tokens_among(other.noted, other.tokens)
        self.readable = self.vocabulary if known is None else known
        self._check_readable()

    def __call__(self, tokens: Any, positions: Any = None, source: Any = None) -> Any:
        """Returns scores of the next token, logits or logarithms of probabilities: float32 [rows, vocabulary].

        Args:
            tokens: int32 [rows, time], -1 for padding.
            positions: int32 [rows], the last token of each row before its padding, None for the last one of all.
            source: what the text is made from, [rows, ...], None if the model takes none.
        """
        return self.scores(self.run(tokens, self.source.as_taken(source)), positions)

    def everywhere(self, tokens: Any, source: Any = None) -> Any:
        """Returns scores of what follows every token, float32 [rows, time, vocabulary], of a model that gives them."""
        return self._as_scores(self.run(tokens, self.source.as_taken(source)))

    def twice(self, tokens: Any, source: Any = None) -> tuple[Any, Any]:
        """Returns what the model says of the same texts two times in a row; what it draws is not the same."""
        one, other = self.run.twice(tokens, self.source.as_taken(source))
        return self._as_scores(one), self._as_scores(other)

    def scores(self, result: Any, positions: Any = None) -> Any:
        """Returns scores of the next token from what the model returned; `positions` as for a call."""
        if self.per_position:
            last = positions is None
            result = result[:, -1] if last else ops.take_along_axis(result, positions[:, None, None], axis=1)[:, 0]
        return self._as_scores(result)

    def _as_scores(self, result: Any) -> Any:
        result = ops.cast(result, "float32")
        return ops.log(result) if self.probabilities else result

    @property
    def is_stateful(self) -> bool:
        """Whether layers keep states between batches."""
        return self.run.is_stateful

    @property
    def batch(self) -> int | None:
        """The only number of rows that the model takes, None for any number."""
        return self.run.batch

    def _takes_other_lengths(self) -> bool:
        """Returns whether a subclassed model takes other lengths than that of the first batch that it saw."""
        other = next(length for length in _TRIED_LENGTHS if length != self.length)
        try:
            self._try(other)
        except GenerationError:
            return False
        return self.positions >= other

    def _try(self, length: int | None = None, changed: int = 1) -> _Tried:
        """Calls the model on tokens that are 1, and `changed` in the second half; on as many as it takes, if any number."""
        shape = self._inputs.source_shape
        sizes = None if shape is None else [size or _TRIED_SOURCE for size in shape[1:]]
        # Another length than the source has, so that one can tell whose positions an embedding is asked for.
        free = next(tried for tried in _TRIED_LENGTHS if sizes is None or tried != sizes[0])
        tried_length = length or self.length or min(free, self.positions)
        row = np.where(np.arange(tried_length) < tried_length // 2, 1, changed).astype("int32")
        tokens = row[None].repeat(self.batch or 1, axis=0)
        source = None if sizes is None else np.ones((len(tokens), *sizes), self._inputs.source_dtype)
        result, failure = None, None
        with embeddings_noted(self.keras_model) as noted:
            try:
                result = self.run(
                    *(None if array is None else ops.convert_to_tensor(array) for array in (tokens, source))
                )
            except Exception as error:  # whatever the model raises
                failure = error
        self.positions = min(self.positions, positions_among(noted, tried_length))
        # On some devices a position too many is not an error, but nothing.
        if length is None and self.length is None and 0 < self.positions < tried_length:
            return self._try(changed=changed)
        if failure is not None and self.batch is None and rows_built_for(self.keras_model) not in (None, 1):
            # It may take no other number of rows, without saying so.
            self.run.batch = rows_built_for(self.keras_model)
            with contextlib.suppress(GenerationError):
                return self._try(length, changed)
            self.run.batch = None
        if isinstance(failure, GenerationError):
            raise failure
        if failure is not None:
            advice = ""
            if may_be_of_one_batch_size(self.keras_model, failure):
                advice = " If it takes one batch size only, pass generate= to SampleLogger, a function that writes."
            raise GenerationError(
                f"The model {self.keras_model.name!r} could not be called on {len(tokens)} x {tried_length} tokens; expected a "
                f"model of the text so far, ids (batch, time) or one-hot vectors. What it said: {sentence_of(failure)}{advice}"
            ) from failure
        return _Tried(tokens, np.asarray(ops.convert_to_numpy(ops.cast(result, "float32"))), noted)

    def _check_vocabulary(self) -> None:
        vector = self._inputs.one_hot
        if vector not in (None, self.vocabulary):
            raise GenerationError(
                f"The model {self.keras_model.name!r} takes vectors of {vector} and returns {self.vocabulary} numbers per token; "
                "expected the size of the vocabulary at both ends."
            )
        if self.vocabulary < 2:
            raise GenerationError(
                f"The model {self.keras_model.name!r} returns {self.vocabulary} number per token; expected one for every token "
                "of the vocabulary."
            )

    def _check_readable(self) -> None:
        sizes = (
            f"The model {self.keras_model.name!r} reads {self.readable} tokens, the size of its embedding, and writes "
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

    def _are_probabilities(self, results: Sequence[npt.NDArray[Any]], outputs: str | None) -> bool:
        add_up = all((each >= 0).all() and np.allclose(each.sum(axis=-1), 1, atol=0.02) for each in results)
        if outputs == "probabilities" and not add_up and np.isfinite(results[0]).all():
            raise GenerationError(
                f'outputs="probabilities", and the model {self.keras_model.name!r} returns numbers from {results[0].min():.3g} to '
                f'{results[0].max():.3g} that do not add up to 1; expected outputs="logits", or None to find out.'
            )
        return add_up and may_be_probabilities(self.keras_model) if outputs is None else outputs == "probabilities"


def may_be_probabilities(model: keras.Model) -> bool:
    """Returns whether numbers that add up to 1 are probabilities: logits of a model that knows nothing yet may do so, too."""
    makers = [maker_of(tensor) for tensor in outputs_of(model)]
    layers = [each.layer if isinstance(each, keras.layers.TimeDistributed) else each for each in makers]
    activations = [getattr(layer, "activation", None) for layer in layers]
    if activations and all(activations):
        return any(activation is not keras.activations.linear for activation in activations)
    return getattr(getattr(model, "loss", None), "from_logits", None) is not True


def _is_causal(result: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    """Returns whether other tokens in the second half changed nothing in the first; NaN is as good as NaN."""
    finite = np.isfinite(result) & np.isfinite(other)
    difference = np.abs(np.subtract(result, other, where=finite, out=np.zeros_like(result))).max(axis=(0, 2))
    same = (finite | (result == other) | (np.isnan(result) & np.isnan(other))).all(axis=(0, 2))
    half = len(difference) // 2
    looks_ahead = difference[:half].max(initial=0) > 1e-3 * difference[half:].max() + 1e-7
    return bool(same[:half].all() and not looks_ahead)
