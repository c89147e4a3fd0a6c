"""Generation: what a Keras model writes, as text continues its prompts token by token.

    generator = Generator(model)
    samples = generator([[5, 3, 8]], Sampling(temperatures=(0, 1), max_length=40))
    samples[0].ids

All prompts, temperatures and repeats run as one batch in one compiled loop, which is traced once and used for as long as the
prompts have the same lengths, with the weights that the model has at the time. The model runs without training, and nothing
of it changes: no weight, state or seed.
"""

from __future__ import annotations

import sys
from typing import Any

import keras
import numpy as np
from keras import ops

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.arguments import whole
from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.callbacks.generation.any_generator import AnyGenerator, Loop
from tb_seqviz_plugin.callbacks.generation.batch import Batch, Reading
from tb_seqviz_plugin.callbacks.generation.context import Context, context_for
from tb_seqviz_plugin.callbacks.generation.generated import checked_prompts, origins_of
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.callbacks.old_names import Moved, takes_old_names


class Generator(AnyGenerator):
    """Lets a model write.

    Args:
        model: a built model that takes ids or one-hot vectors, (batch, time) or (batch, time, vocabulary), of a fixed or any
            length, and returns (batch, vocabulary) or (batch, time, vocabulary); or an encoder-decoder, with a source before.
        window: the most tokens that the model is shown, None for all, or for as many as it takes.
        outputs: "logits" or "probabilities", None to find out.
        alternatives: how many of the most probable tokens to keep at each position.

    Raises:
        GenerationError: if the model is not built, or takes or returns something else.

    >>> from keras import layers
    >>> model = keras.Sequential([layers.Input((None,)), layers.Embedding(9, 4), layers.LSTM(4), layers.Dense(9)])
    >>> from tb_seqviz_plugin.callbacks import Sampling
    >>> samples = Generator(model)([[1, 2], [3]], Sampling(temperatures=(0, 1), max_length=5))
    >>> [(sample.prompt, sample.temperature, len(sample.ids)) for sample in samples]
    [(0, 0.0, 5), (0, 1.0, 5), (1, 0.0, 5), (1, 1.0, 5)]
    """

    @takes_old_names(Moved.renamed("top_alternatives", "alternatives"))
    def __init__(
        self, model: keras.Model, *, window: int | None = None, outputs: str | None = None, alternatives: int = 5
    ) -> None:
        backends.check("generation", type(self).__name__)
        if window is not None:
            window = whole("window", window, 1, GenerationError)
        self._keras_model, self._outputs = model, outputs
        self._model = NextToken(model, outputs)
        super().__init__(self._model.vocabulary, alternatives)
        length = self._model.length
        if window is not None and length is not None and window != length:
            raise GenerationError(
                f"window={window}, and the model {model.name!r} takes {length} tokens, no more and no less; leave window out."
            )
        if window is not None and self._model.is_stepwise:
            raise GenerationError(
                f"window={window}, and the model {model.name!r} is stateful and takes one token at a time, so that it remembers "
                "all before; leave window out."
            )
        self._given_window = window

    @property
    def takes_source(self) -> bool:
        """Whether the model writes from a source beside the text."""
        return self._model.source.is_there

    @property
    def source_length(self) -> int | None:
        """The tokens of source that the model takes, None for any number."""
        return self._model.source.length

    @property
    def reading(self) -> Reading:
        """How the model reads whole texts."""
        model = self._model
        return Reading(
            lambda tokens, source: model(tokens, source=source),
            model.length,
            self._window,
            model.batch,
            model.is_causal,
            model.source.padding,
        )

    def _batch(self, prompts: Any, each: int, max_length: int, source: Any) -> Batch:
        self._find_out_again()
        readable, writes = self._model.readable, f"the model returns {self._vocabulary} numbers per token"
        why = writes if readable == self._vocabulary else f"the model's embedding has {readable} rows"
        full = checked_prompts(prompts, readable, why)
        sources = self._model.source.checked(source, len(full))
        window = self._window
        shown = [prompt[-window:] if window else prompt for prompt in full]
        # Rows of one length lie together.
        order = sorted(range(len(full)), key=lambda prompt: len(shown[prompt]))
        lengths = [len(shown[prompt]) for prompt in order for _ in range(each)]
        context = context_for(lengths, max_length, window, self._model)
        columns = context.prompt_columns
        tokens = np.full((len(lengths), columns + max_length), -1, np.int32)
        for row, length in enumerate(lengths):
            tokens[row, columns - length : columns] = shown[order[row // each]]
        offsets = np.array([columns - length for length in lengths], np.int32)
        return Batch(
            key=context,
            is_static=context.is_static or self._model.is_stepwise,
            order=order,
            each=each,
            tokens=tokens,
            lengths=[len(prompt) for prompt in shown],
            starts=np.full(len(lengths), columns, np.int32),
            inputs=(offsets, None if sources is None else sources[order].repeat(each, axis=0)),
            notes=[self._notes(len(prompt), max_length, context) for prompt in full],
            origins=origins_of(full, sources, 0 if sources is None or sources.ndim > 2 else self._model.source.padding),
        )

    def _asking(self, loop: Loop, key: Any, inputs: Any, *rest: Any) -> list[Any]:
        model, (offsets, source), (tokens, *_) = self._model, inputs, rest
        if not model.is_stepwise:
            return loop(self._backend.asking(model, key, offsets, source), (), *rest)

        def ask(tokens: Any, end: Any, states: Any) -> tuple[Any, Any]:
            return model.step(ops.take(tokens, end - 1, axis=1), states, source)

        return loop(ask, model.states_after(tokens[:, : key.prompt_columns - 1], source), *rest)

    def _advice(self) -> str:
        return "If it takes some number of tokens only, pass that as window=."

    @property
    def _window(self) -> int | None:
        """The most tokens that the model is shown, None for all."""
        limits = [self._given_window, self._model.length, self._model.positions]
        least = min(limit or sys.maxsize for limit in limits)
        return None if least == sys.maxsize else least

    def _find_out_again(self) -> None:
        """Finds out what could not be told as the model returned NaN, if it does so no longer."""
        if not self._model.is_sure:
            found = NextToken(self._keras_model, self._outputs)
            if found.is_sure:
                self._model = found
                self._loops.clear()

    def _notes(self, length: int, max_length: int, context: Context) -> tuple[str, ...]:
        """Returns what was not shown to the model, or besides the prompt."""
        window, positions = self._window, self._model.positions
        if window and length > window:
            return (f"The prompt has {length} tokens; the model was shown the last {window} of them.",)
        is_found = window == positions and window not in (self._given_window, self._model.length)
        if is_found and length + max_length - 1 > positions:
            return (f"The model has positions for {positions} tokens; it was shown the last {positions} at a time.",)
        if self._model.is_stateful and self._model.length and length + max_length - 1 > self._model.length:
            return (
                f"The model is stateful, and was shown the last {window} tokens at a time, each time from states of zero.",
            )
        if context.is_static and not context.to_left and length < context.prompt_columns:
            return (f"The prompt has {length} tokens and the model takes {context.width}; zeros were put before it.",)
        return ()
