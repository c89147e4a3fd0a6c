"""A model as a function of a text and its source to one array, whatever it takes and returns besides."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import keras
from keras import ops

from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.callbacks.generation.text_inputs import TextInputs
from tb_seqviz_plugin.callbacks.generation.text_or_source import which_is_text
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of
from tb_seqviz_plugin.callbacks.model.signature import rows_of, states_of

_KEYS = ("logits", "outputs")
"""Of what a model says of the next token, where it returns a dict."""


class TextModel:
    """Calls a model, which stays as it is.

    Args:
        model: a built model.

    Attributes:
        inputs: what it takes.
        batch: the only number of rows that it takes, None for any number.

    Raises:
        GenerationError: if it takes something else than a text, with or without a source.
    """

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._states = states_of(model)
        self.inputs = TextInputs.of(model)
        self.batch = rows_of(model)
        if self.inputs.source is not None:
            self._tell_text_from_source()
        self.inputs.check(model)
        self._place: int | None = None

    @property
    def is_stateful(self) -> bool:
        """Whether layers keep states between batches."""
        return bool(self._states)

    def __call__(self, tokens: Any, source: Any) -> Any:
        """Returns what the model says of the next token, [rows, vocabulary], or at every position, [rows, time, vocabulary].

        Stateful layers begin at zero every time. If the model was made for one batch size, it is called as often as it takes.

        Args:
            tokens: int32 [rows, time], -1 for padding.
            source: [rows, ...], None if the model takes none.
        """
        result, _ = self.step(tokens, self.first_states(tokens.shape[0]), source)
        return result

    def first_states(self, rows: int) -> list[Any]:
        """Returns the states that stateful layers begin with, [rows, ...] each."""
        return [ops.zeros((rows, *state.shape[1:]), state.dtype) for state in self._states]

    def step(self, tokens: Any, states: Sequence[Any], source: Any) -> tuple[Any, list[Any]]:
        """Returns what the model says after tokens that come after others, and the states that it has then.

        Args:
            tokens: int32 [rows, time], -1 for padding.
            states: [rows, ...] each, of the stateful layers before these tokens.
            source: [rows, ...], None if the model takes none.
        """
        result, after = self.in_parts(self._call, tokens, source, list(states))
        return result, list(after)

    def twice(self, tokens: Any, source: Any) -> tuple[Any, Any]:
        """Returns what the model says of the same texts two times in a row, as many as it takes at once, from states of zero."""
        states = self.first_states(tokens.shape[0])
        with self._scope(states) as scope:  # one for both: generators of seeds go on in it
            one = self.inputs.call(self._model, tokens, source)
            for state, first in zip(self._states, states, strict=True):
                scope.add_update((state, first))
            other = self.inputs.call(self._model, tokens, source)
        return self._of_tokens(one, *tokens.shape), self._of_tokens(other, *tokens.shape)

    def in_parts(self, call: Callable[..., Any], *arrays: Any) -> Any:
        """Returns what a function makes of arrays, called as often as the model takes so many rows.

        Args:
            call: makes nested arrays [batch, ...] of `arrays`.
            arrays: nested, [rows, ...] each; None for nothing.
        """
        rows, batch = keras.tree.flatten(arrays)[0].shape[0], self.batch
        if batch is None or batch == rows:
            return call(*arrays)
        parts = []
        for start in range(0, rows, batch):
            missing = max(0, start + batch - rows)

            def part(whole: Any, start: int = start, missing: int = missing) -> Any:
                if whole is None:
                    return None
                padding = [(0, missing)] + [(0, 0)] * (len(whole.shape) - 1)
                return ops.pad(whole[start : start + batch], padding)

            kept = batch - missing
            made = call(*keras.tree.map_structure(part, arrays))
            parts.append(keras.tree.map_structure(lambda each, kept=kept: each[:kept], made))
        return keras.tree.map_structure(lambda *each: ops.concatenate(each, axis=0), *parts)

    def _call(self, tokens: Any, source: Any, states: Sequence[Any]) -> tuple[Any, list[Any]]:
        # A scope for each call: a stateful layer goes on as it was in training.
        with self._scope(states) as scope:
            result = self.inputs.call(self._model, tokens, source)
        return self._of_tokens(result, *tokens.shape), [scope.get_current_value(state) for state in self._states]

    def _of_tokens(self, result: Any, rows: int, length: int) -> Any:
        """Returns that array of a result which speaks of tokens."""
        arrays = keras.tree.flatten(result)
        if self._place is None:  # on the first call, whose shapes are known
            self._place = self._place_among(arrays, result, rows, length)
        return arrays[self._place]

    def _scope(self, states: Sequence[Any]) -> keras.StatelessScope:
        return keras.StatelessScope(state_mapping=list(zip(self._states, states, strict=True)))

    def _place_among(self, arrays: Sequence[Any], result: Any, rows: int, length: int) -> int:
        """Returns which of the arrays that a model returns speaks of tokens.

        Raises:
            GenerationError: if none does, or several do.
        """
        fitting = [index for index, array in enumerate(arrays) if _fits(array, rows, length)]
        if isinstance(result, Mapping):
            named = [index for index in fitting for key in _KEYS if arrays[index] is result.get(key)]
            fitting = named[:1] or fitting
        if len(fitting) > 1:
            sizes = {self.inputs.one_hot} if self.inputs.one_hot else _embedded(self._model)
            fitting = [index for index in fitting if arrays[index].shape[-1] in sizes] or fitting
        if len(fitting) == 1:
            return fitting[0]
        more = ""
        if all(len(getattr(array, "shape", ())) and array.shape[0] != rows for array in arrays):
            more = " If it takes one batch size only, pass generate= to SampleLogger, a function that writes."
        shapes = ", ".join(str(tuple(getattr(array, "shape", ()))) for array in arrays)
        what = (
            f"the shape {shapes}"
            if len(arrays) == 1 and hasattr(result, "shape")
            else f"{len(arrays)} outputs, {shapes},"
        )
        raise GenerationError(
            f"The model {self._model.name!r} returns {what} for {rows} x {length} tokens; expected one output, (batch, "
            "vocabulary) for the next token or (batch, time, vocabulary) for every position, or a dict where it is called "
            f"'logits'.{more}"
        )

    def _tell_text_from_source(self) -> None:
        rows = self.batch or 1

        def call(values: Mapping[int, Any]) -> Any:
            known = {number: ops.ones(value.shape[:2], "bool") for number, value in values.items()}
            tensors = {number: ops.convert_to_tensor(value) for number, value in values.items()}
            with self._scope(self.first_states(rows)):
                return self.inputs.call_with(self._model, tensors, known)

        text = which_is_text(self.inputs, rows, call)
        if text is None and not self.inputs.is_told:
            warnings.warn(
                f"The model {self._model.name!r} takes two sequences, and nothing tells which is the text that it writes on "
                f"and which its source; the last is taken for the text. If it is not, call the text 'target' or 'decoder'.",
                stacklevel=6,
            )
        if text is not None and text == self.inputs.source:
            self.inputs = replace(self.inputs, text=text, source=self.inputs.text)


def _fits(array: Any, rows: int, length: int) -> bool:
    shape = tuple(getattr(array, "shape", ()))
    return len(shape) in (2, 3) and shape[0] == rows and (len(shape) == 2 or shape[1] == length)


def _embedded(model: keras.Model) -> set[int]:
    """Returns how many tokens the embeddings of a model know."""
    return {layer.input_dim for layer in layers_of(model) if isinstance(layer, keras.layers.Embedding)}
