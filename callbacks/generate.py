"""Generation: what a Keras model writes, as text continues its prompts token by token.

    generator = Generator(model)
    samples = generator([[5, 3, 8]], Sampling(temperatures=(0, 1), max_length=40))
    samples[0].ids

All prompts, temperatures and repeats run as one batch in one compiled loop, which is traced once and used for as long as the
prompts have the same lengths, with the weights that the model has at the time. The model runs without training, and nothing
of it changes: no weight, state or seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.beam_search import BeamSearch, BeamTree
from tb_seqviz_plugin.callbacks.context import Context, context_for
from tb_seqviz_plugin.callbacks.generated import Generated, best_of, check_stop, checked_prompts, samples_of
from tb_seqviz_plugin.callbacks.next_token import NextToken
from tb_seqviz_plugin.callbacks.sampling import Sampling, SamplingError
from tb_seqviz_plugin.callbacks.tensorflow_beams import Kept, search
from tb_seqviz_plugin.callbacks.tensorflow_loop import Ask, Compiled, Drawn, asking, sample
from tb_seqviz_plugin.callbacks.text_inputs import GenerationError

__all__ = ["BeamSearch", "BeamTree", "Generated", "GenerationError", "Generator", "Sampling", "SamplingError"]

_SUPPORTED_BACKENDS = ("tensorflow",)


class Generator:
    """Lets a model write.

    Args:
        model: a built model that takes ids or one-hot vectors, (batch, time) or (batch, time, vocabulary), of a fixed or any
            length, and returns (batch, vocabulary) or (batch, time, vocabulary); or an encoder-decoder, with a source before.
        window: the most tokens that the model is shown, None for all, or for as many as it takes.
        outputs: "logits" or "probabilities", None to find out.
        top_alternatives: how many of the most probable tokens to keep at each place.

    Raises:
        GenerationError: if the model is not built, or takes or returns something else.

    >>> from keras import layers
    >>> model = keras.Sequential([layers.Input((None,)), layers.Embedding(9, 4), layers.LSTM(4), layers.Dense(9)])
    >>> samples = Generator(model)([[1, 2], [3]], Sampling(temperatures=(0, 1), max_length=5))
    >>> [(sample.prompt, sample.temperature, len(sample.ids)) for sample in samples]
    [(0, 0.0, 5), (0, 1.0, 5), (1, 0.0, 5), (1, 1.0, 5)]
    """

    def __init__(
        self, model: keras.Model, *, window: int | None = None, outputs: str | None = None, top_alternatives: int = 5
    ) -> None:
        backend = keras.backend.backend()
        if backend not in _SUPPORTED_BACKENDS:
            raise GenerationError(
                f"Keras runs on {backend}; generation is supported on {', '.join(_SUPPORTED_BACKENDS)}. Set KERAS_BACKEND."
            )
        for name, value, least in (("window", window, 1), ("top_alternatives", top_alternatives, 0)):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < least):
                raise GenerationError(f"{name}={value!r}; expected a whole number of at least {least}.")
        self._model = NextToken(model, outputs)
        length = self._model.length
        if window is not None and length is not None and window != length:
            raise GenerationError(
                f"window={window}, and the model {model.name!r} takes {length} tokens, no more and no less; leave window out."
            )
        self._window = window or length
        self._alternatives = min(top_alternatives, self._model.vocabulary)
        self._loops: dict[tuple[Any, ...], Compiled] = {}

    @property
    def takes_source(self) -> bool:
        """Whether the model writes from a source, as encoder-decoders do."""
        return self._model.takes_source

    @property
    def source_length(self) -> int | None:
        """The tokens of source that the model takes, None for any number."""
        return self._model.source_length

    @property
    def traces(self) -> int:
        """How often a loop was made into a graph."""
        return sum(loop.traces for loop in self._loops.values())

    def __call__(
        self, prompts: Sequence[Sequence[int]], sampling: Sampling | None = None, *, source: Any = None
    ) -> list[Generated]:
        """Returns the samples, by prompt, temperature and repeat.

        Args:
            prompts: ids, one list or array for each prompt, of any lengths.
            sampling: how to sample, None for `Sampling()`.
            source: what an encoder-decoder writes from, one row per prompt, padded as in training.

        Raises:
            GenerationError: if a prompt is empty or has ids that the model does not know, the source does not fit, or the
                model fails.
        """
        sampling = sampling or Sampling()
        batch = self._batch(prompts, len(sampling.rows), sampling.max_length, sampling.stop, source)
        is_cut = sampling.top_k is not None or sampling.top_p is not None

        def loop(ask: Ask, columns: int, tokens: Any, *rest: Any) -> list[Any]:
            *rest, top_k, top_p, stop = rest
            cut = (top_k, top_p) if is_cut else ()
            return sample(ask, (), tokens, *rest, cut, stop, columns, self._alternatives)

        drawn = self._run(
            (batch.context, is_cut),
            loop,
            batch,
            np.concatenate([sampling.noise(prompt) for prompt in batch.order]),
            np.array([temperature for temperature, _ in sampling.rows] * len(batch.order), np.float32),
            np.int32(min(sampling.top_k or self._model.vocabulary, self._model.vocabulary)),
            np.float32(1.0 if sampling.top_p is None else sampling.top_p),
            np.int32(-1 if sampling.stop is None else sampling.stop),
        )
        return samples_of(Drawn(*drawn), sampling, batch.rows, [0] * len(batch.rows), batch.notes)

    def search(
        self, prompts: Sequence[Sequence[int]], beams: BeamSearch | None = None, *, source: Any = None
    ) -> list[Generated]:
        """Returns what beam search finds, one text per prompt, each with the tree of all hypotheses that were kept.

        Args:
            prompts: ids, one list or array for each prompt, of any lengths.
            beams: how to search, None for `BeamSearch()`.
            source: what an encoder-decoder writes from, one row per prompt, padded as in training.

        Raises:
            GenerationError: as for samples.

        >>> from keras import layers
        >>> model = keras.Sequential([layers.Input((None,)), layers.Embedding(9, 4), layers.LSTM(4), layers.Dense(9)])
        >>> [found] = Generator(model).search([[1, 2]], BeamSearch(width=3, max_length=5))
        >>> found.tree.token_ids[found.tree.is_best].tolist() == found.ids.tolist()
        True
        """
        beams = beams or BeamSearch()
        batch = self._batch(prompts, beams.width, beams.max_length, beams.stop, source)

        def loop(ask: Ask, columns: int, tokens: Any, *rest: Any) -> list[Any]:
            time = tokens.shape[1] - columns
            return search(ask, (), tokens, *rest, beams.width, time, columns, self._alternatives)

        *drawn, parents, scores = self._run(
            (batch.context, "beams", beams.width),
            loop,
            batch,
            np.float32(beams.length_penalty),
            np.int32(-1 if beams.stop is None else beams.stop),
        )
        kept = Kept(Drawn(*drawn), parents, scores)
        return best_of(kept, beams, batch.rows, [0] * len(batch.rows), batch.notes)

    def _batch(self, prompts: Any, each: int, max_length: int, stop: int | None, source: Any) -> _Batch:
        """Returns the prompts as the rows of a loop, `each` for every one of them."""
        vocabulary = self._model.vocabulary
        check_stop(stop, vocabulary)
        full = checked_prompts(prompts, vocabulary, f"the model returns {vocabulary} numbers per token")
        sources = self._model.source_of(source, len(full))
        shown = [prompt[-self._window :] if self._window else prompt for prompt in full]
        # Rows of one length lie together; the order of the samples is restored by `rows`.
        order = sorted(range(len(full)), key=lambda prompt: len(shown[prompt]))
        lengths = [len(shown[prompt]) for prompt in order for _ in range(each)]
        context = context_for(lengths, max_length, self._window, self._model)
        tokens = np.zeros((len(lengths), context.prompt_columns + max_length), np.int32)
        for row, length in enumerate(lengths):
            tokens[row, context.prompt_columns - length : context.prompt_columns] = shown[order[row // each]]
        return _Batch(
            context=context,
            order=order,
            rows=[order.index(prompt) * each for prompt in range(len(full))],
            tokens=tokens,
            offsets=np.array([context.prompt_columns - length for length in lengths], np.int32),
            source=None if sources is None else sources[order].repeat(each, axis=0),
            notes=[self._notes(len(prompt), context) for prompt in full],
        )

    def _run(
        self, key: tuple[Any, ...], function: Callable[..., list[Any]], batch: _Batch, *settings: Any
    ) -> list[npt.NDArray[Any]]:
        """Runs a loop, which is made on its first call."""
        loop = self._loops.get(key)
        if loop is None:
            loop = self._loops[key] = self._compiled(function, batch.context)
        columns = batch.context.prompt_columns
        starts = np.full(len(batch.tokens), columns, np.int32)
        try:
            return loop(batch.offsets, batch.source, batch.tokens, starts, *settings)
        except Exception as error:  # whatever the model raises
            raise GenerationError(
                f"The model failed at prompts of up to {columns - batch.offsets[-1]} tokens and "
                f"{batch.tokens.shape[1] - columns} more ({type(error).__name__}: {error}); expected one that takes them all. "
                "If it takes some number of tokens only, pass that as window=."
            ) from error

    def _compiled(self, function: Callable[..., list[Any]], context: Context) -> Compiled:
        def run(offsets: Any, source: Any, *rest: Any) -> list[Any]:
            return function(asking(self._model, context, offsets, source), context.prompt_columns, *rest)

        return Compiled(run, context.is_static)

    def _notes(self, length: int, context: Context) -> tuple[str, ...]:
        """Returns what the window did to a prompt."""
        if self._window and length > self._window:
            return (f"The prompt has {length} tokens; the model was shown the last {self._window} of them.",)
        if context.is_static and not context.to_left and length < context.prompt_columns:
            return (f"The prompt has {length} tokens and the model takes {context.width}; zeros were put before it.",)
        return ()


@dataclass(frozen=True, eq=False)
class _Batch:
    """Prompts as the rows of a loop.

    Args:
        context: what the model is shown of them.
        order: the prompts as they lie in the batch, by length.
        rows: of each prompt's first row.
        tokens: int32 [rows, columns], the prompts and room for what follows.
        offsets: int32 [rows], the column at which each prompt begins.
        source: [rows, ...], None if the model takes none.
        notes: of each prompt.
    """

    context: Context
    order: Sequence[int]
    rows: Sequence[int]
    tokens: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int32]
    source: npt.NDArray[Any] | None
    notes: Sequence[tuple[str, ...]]
