"""Generation: what a Keras model writes, as text continues its prompts token by token.

    generator = Generator(model)
    samples = generator([[5, 3, 8]], Sampling(temperatures=(0, 1), max_length=40))
    samples[0].ids

    model -> how it can be stepped, decided once -> a compiled loop -> one plain pass that checks the texts -> samples

All prompts, temperatures and repeats run as one batch in one compiled loop, which is traced once and used for as long as the
prompts have the same lengths, with the weights that the model has at the time. The model runs without training, and nothing
of it changes: no weight, state or seed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.arguments import whole
from tb_seqviz_plugin.callbacks.backends.interface import CompiledLoop
from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch
from tb_seqviz_plugin.callbacks.decoding.drawn import Drawn, Draws
from tb_seqviz_plugin.callbacks.errors import GenerationError, sentence_of
from tb_seqviz_plugin.callbacks.generation.any_generator import AnyGenerator, Loop
from tb_seqviz_plugin.callbacks.generation.batch import Batch, Reading
from tb_seqviz_plugin.callbacks.generation.context import Context, context_for
from tb_seqviz_plugin.callbacks.generation.generated import Generated, Notes, best_of, checked_prompts, origins_of
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.callbacks.generation.stepper_for import stepper_for
from tb_seqviz_plugin.callbacks.generation.stepping import Stepping, Texts, joined
from tb_seqviz_plugin.callbacks.old_names import Moved, takes_old_names
from tb_seqviz_plugin.records.remarks import remark

_CHANGED = remark("said otherwise")

Result = TypeVar("Result")


class Generator(AnyGenerator):
    """Lets a model write, each token from the one before it wherever the model looks back only.

    How it is run on its newest token alone is found out by itself, and `how` says it: recurrent layers go on from their states, and
    any other causal model is cut at the newest token, with buffers for what it reads along time, such as keys and values. That is
    trusted only once it says what the model says of growing prefixes, and after each call one plain pass over the finished texts
    draws every token again, with its own noise: the texts are those that the model writes when it is shown all that is before each
    token, and the probabilities are those of the pass. Only rounding may tell them apart, where a number drawn lies on the border
    between two tokens. Where the pass draws another token, the text is written on from there. What looks ahead, and a text that
    slides through a window, is shown to the model anew for every token.

    The loop runs as a graph until it has run for about as long as XLA takes to compile it, and then by XLA: so a few short texts
    are not waited for, and a long training gets the fastest loop.

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
        self._outputs = outputs
        self._model = NextToken(model, outputs)
        super().__init__(model, self._model.vocabulary, alternatives)
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
        self._stepping: Stepping | None = None
        self._why_whole = self._how = ""
        self._is_planned = False

    @property
    def how(self) -> str:
        """How the last texts were written, and why so where it was not the fastest way, as a sentence."""
        return self._how

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

    def _sampled(self, batch: Batch, draws: Draws) -> tuple[Drawn, Sequence[int], Sequence[Notes]]:
        texts = self._texts(batch, draws.noise.shape[1])
        stepped = texts and self._stepped(lambda stepping: stepping(texts, draws, self.watch))
        if not stepped:
            return super()._sampled(batch, draws)
        drawn, written, is_over = stepped.drawn, stepped.written, stepped.is_over
        notes = batch.notes
        if self._stepping and not self._stepping.is_trusted:
            self.give_up_stepping(_CHANGED)
            notes = [
                (*each, remark("from a token on", token=int(written[~is_over].min()), how=self._how)) for each in notes
            ]
        if not is_over.all():
            drawn = joined(drawn, self._continued_after(batch, draws, drawn, written, is_over), written)
        return drawn, [0] * len(batch.order), notes

    def _continued_after(
        self, batch: Batch, draws: Draws, drawn: Drawn, written: npt.NDArray[Any], is_over: npt.NDArray[np.bool_]
    ) -> Drawn:
        """Returns what is drawn behind what has been written step by step."""
        tokens = batch.tokens.copy()
        for row, count in enumerate(written):
            start = batch.starts[row]
            tokens[row, start : start + count] = drawn.tokens[:count, row]
        known = (batch.starts + written).astype(np.int32)
        return self._continued(replace(batch, tokens=tokens), draws, known, is_over)

    def _searched(self, batch: Batch, beams: BeamSearch) -> list[Generated]:
        texts = self._texts(batch, beams.max_length)
        if texts is None or texts.tokens.shape[1] < int(texts.starts.max()) + beams.max_length:
            return super()._searched(batch, beams)

        def search(stepping: Stepping) -> list[Generated] | None:
            begins = [int(texts.starts[row]) - 1 for row in batch.rows]
            found = best_of(stepping.search(texts, beams), beams, batch.rows, begins, batch.notes)
            return found if stepping.confirms(found, texts, batch.rows, beams) else None

        found = self._stepped(search)
        if found is None:
            self.give_up_stepping(self._why_whole or _CHANGED)
            return super()._searched(batch, beams)
        return found

    def _stepped(self, write: Callable[[Stepping], Result]) -> Result | None:
        """Returns what is written step by step, None where that fails, and is not tried again."""
        assert self._stepping is not None
        try:
            return write(self._stepping)
        except Exception as error:  # whatever the model raises when it is run in another way than usual
            if self._model.is_stepwise:
                raise
            self.give_up_stepping(remark("stepping failed", error=sentence_of(error).removesuffix(".")))
            return None

    def give_up_stepping(self, why: str) -> None:
        """Has each token written from the whole text before it from now on.

        Args:
            why: the reason, which `how` then tells, as a part of a sentence.
        """
        self._stepping, self._why_whole, self._is_planned = None, why, True
        self._how = remark("from the whole", why=why)

    def _texts(self, batch: Batch, time: int) -> Texts | None:
        """Returns the prompts as texts that begin at column 0, None if they are not written step by step."""
        lengths = np.array([batch.lengths[prompt] for prompt in batch.order], np.int32).repeat(batch.each)
        window = sys.maxsize if self._window is None or self._model.is_stepwise else self._window
        columns = min(int(lengths.max()) + time, window + 1)
        # Where the text slides through a window, nothing that was kept is of use.
        written = np.minimum(lengths + time, columns) - lengths
        slides = written.sum() * 2 < time * len(lengths)
        if not self._is_planned:
            self._plan((len(lengths), columns), batch.inputs[1])
        stepping = self._stepping
        has_padding = stepping is not None and not stepping.stepper.knows_padding and (batch.tokens == 0).any()
        if stepping is None or slides or has_padding:
            there = remark("padded prompt") if has_padding else remark("sliding window", window=window)
            why = self._why_whole or there
            self._how = remark("from the whole", why=why)
            return None
        self._how = remark("from the one before", way=stepping.stepper.way)
        tokens = np.full((len(lengths), columns), -1, np.int32)
        for row, length in enumerate(lengths):
            tokens[row, :length] = batch.tokens[row, batch.starts[row] - length : batch.starts[row]]
        return Texts(tokens, lengths, batch.inputs[1])

    def _plan(self, size: tuple[int, int], source: Any) -> None:
        """Finds out how the model can be stepped, with texts of the size that is asked for first."""
        stepper, self._why_whole = stepper_for(self._model, self._backend, size, source)
        self._stepping, self._is_planned = None, True
        if stepper is not None:
            self._stepping = Stepping(
                self._backend, self._model, stepper, self._alternatives, lambda seconds: self.compiling(seconds)
            )

    @property
    def is_settled(self) -> bool:
        """Whether all that has run is compiled in the fastest way that it ever will be."""
        passes = self._stepping.passes.values() if self._stepping else ()
        return super().is_settled and not any(each.waits for each in passes)

    @property
    def kept_bytes(self) -> int:
        """Bytes that this keeps from token to token, 0 where each is written from the whole text before it."""
        return self._stepping.kept_bytes if self._stepping else 0

    def _compiled(self) -> list[CompiledLoop]:
        return super()._compiled() + list(self._stepping.loops.values() if self._stepping else [])

    def _asking(self, loop: Loop, key: Any, inputs: Any, *rest: Any) -> list[Any]:
        return loop(self._backend.asking(self._model, key, *inputs), (), *rest)

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
                self._stepping, self._is_planned = None, False

    def _notes(self, length: int, max_length: int, context: Context) -> tuple[str, ...]:
        """Returns what was not shown to the model, or besides the prompt."""
        window, positions = self._window, self._model.positions
        if window and length > window:
            return (remark("prompt cut", tokens=length, window=window),)
        is_found = window == positions and window not in (self._given_window, self._model.length)
        if is_found and length + max_length - 1 > positions:
            return (remark("few positions", positions=positions),)
        if self._model.is_stateful and self._model.length and length + max_length - 1 > self._model.length:
            return (remark("states of zero", window=window or self._model.length),)
        if context.is_static and not context.to_left and length < context.prompt_columns:
            return (remark("zeros before", tokens=length, width=context.width or context.prompt_columns),)
        return ()
