"""Generation: what a Keras model writes, as text continues its prompts token by token.

    generator = Generator(model)
    samples = generator([[5, 3, 8]], Sampling(temperatures=(0, 1), max_length=40))
    samples[0].ids

All prompts, temperatures and repeats run as one batch in one compiled loop, which is traced once and used for as long as the
prompts have the same lengths, with the weights that the model has at the time. The model runs without training, and nothing
of it changes: no weight, state or seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.context import Context, context_for
from tb_seqviz_plugin.callbacks.next_token import NextToken
from tb_seqviz_plugin.callbacks.sampling import Sampling, SamplingError
from tb_seqviz_plugin.callbacks.tensorflow_loop import Drawn, Loop
from tb_seqviz_plugin.callbacks.text_inputs import GenerationError

__all__ = ["Generated", "GenerationError", "Generator", "Sampling", "SamplingError"]

_SUPPORTED_BACKENDS = ("tensorflow",)


@dataclass(frozen=True, eq=False)
class Generated:
    """One sample.

    All probabilities are the model's own, at temperature 1 and without `top_k` and `top_p`, so that they compare between
    temperatures.

    Args:
        prompt: which prompt it continues, from 0.
        temperature: what the scores were divided by, 0 for greedy.
        repeat: which of the samples of this prompt and temperature it is, from 0.
        ids: int32 [tokens], what was generated; a stop token is the last of them.
        probabilities: float32 [tokens] in [0, 1], of each token; NaN where the model returned NaN, and token 0 was taken.
        ranks: int32 [tokens], of each token among all by probability, 1 for the most probable.
        alternative_ids: int32 [tokens, alternatives], the most probable tokens at each place, that taken or not.
        alternative_probabilities: float32 [tokens, alternatives] in [0, 1].
        notes: what a reader should know of this sample, as sentences.
    """

    prompt: int
    temperature: float
    repeat: int
    ids: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float32]
    ranks: npt.NDArray[np.int32]
    alternative_ids: npt.NDArray[np.int32]
    alternative_probabilities: npt.NDArray[np.float32]
    notes: tuple[str, ...] = ()


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
        self._loops: dict[tuple[Context, bool], Loop] = {}

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
        vocabulary = self._model.vocabulary
        if sampling.stop is not None and sampling.stop >= vocabulary:
            raise GenerationError(f"stop={sampling.stop}, and the model knows the tokens 0 to {vocabulary - 1} only.")
        full = _checked(prompts, vocabulary)
        sources = self._model.source_of(source, len(full))
        shown = [prompt[-self._window :] if self._window else prompt for prompt in full]
        each = sampling.rows
        # Rows of one length lie together; the order of the samples is restored below.
        order = sorted(range(len(full)), key=lambda prompt: len(shown[prompt]))
        lengths = [len(shown[prompt]) for prompt in order for _ in each]
        context = context_for(lengths, sampling.max_length, self._window, self._model)
        buffer = np.zeros((len(lengths), context.prompt_columns), np.int32)
        for row, length in enumerate(lengths):
            buffer[row, context.prompt_columns - length :] = shown[order[row // len(each)]]
        is_cut = sampling.top_k is not None or sampling.top_p is not None
        loop = self._loops.get((context, is_cut))
        if loop is None:
            loop = self._loops[context, is_cut] = Loop(self._model, context, self._alternatives, is_cut)
        try:
            drawn = loop(
                prompts=buffer,
                offsets=np.array([context.prompt_columns - length for length in lengths], np.int32),
                noise=np.concatenate([sampling.noise(prompt) for prompt in order]).T,
                temperatures=np.array([temperature for temperature, _ in each] * len(order), np.float32),
                top_k=min(sampling.top_k or vocabulary, vocabulary),
                top_p=1.0 if sampling.top_p is None else sampling.top_p,
                stop=-1 if sampling.stop is None else sampling.stop,
                source=None if sources is None else sources[order].repeat(len(each), axis=0),
            )
        except Exception as error:  # whatever the model raises
            raise GenerationError(
                f"The model failed at prompts of up to {lengths[-1]} tokens and {sampling.max_length} more "
                f"({type(error).__name__}: {error}); expected one that takes them all. If it takes some number of tokens only, "
                "pass that as window=."
            ) from error
        return [
            _sample(drawn, order.index(prompt) * len(each) + number, prompt, *each[number], sampling.stop, notes)
            for prompt, notes in enumerate(self._notes(full, context))
            for number in range(len(each))
        ]

    def _notes(self, prompts: Sequence[npt.NDArray[np.int32]], context: Context) -> list[tuple[str, ...]]:
        """Returns per prompt what the window did to it."""
        notes: list[tuple[str, ...]] = []
        for prompt in prompts:
            if self._window and len(prompt) > self._window:
                note = f"The prompt has {len(prompt)} tokens; the model was shown the last {self._window} of them."
            elif context.is_static and not context.to_left and len(prompt) < context.prompt_columns:
                note = f"The prompt has {len(prompt)} tokens and the model takes {context.width}; zeros were put before it."
            else:
                note = ""
            notes.append((note,) if note else ())
        return notes


def _checked(prompts: Any, vocabulary: int) -> list[npt.NDArray[np.int32]]:
    """Returns the prompts as arrays of ids that the model knows."""
    if isinstance(prompts, str) or not hasattr(prompts, "__len__") or len(prompts) == 0:
        raise GenerationError(f"The prompts are {prompts!r}; expected at least one list of ids.")
    arrays = []
    for number, prompt in enumerate(prompts):
        array = np.asarray(prompt)
        if array.size == 0:
            raise GenerationError(
                f"Prompt {number} is empty; expected at least one token to continue, such as that of the start."
            )
        if array.ndim != 1 or array.dtype.kind not in "iu":
            raise GenerationError(f"Prompt {number} is {repr(prompt)[:40]}; expected a list of ids, whole numbers.")
        unknown = array[(array < 0) | (array >= vocabulary)]
        if unknown.size:
            raise GenerationError(
                f"Prompt {number} has the unknown token {unknown[0]}; expected 0 to {vocabulary - 1}, as the model returns "
                f"{vocabulary} numbers per token. Does the tokenizer belong to this model?"
            )
        arrays.append(array.astype(np.int32))
    return arrays


def _sample(
    drawn: Drawn, row: int, prompt: int, temperature: float, repeat: int, stop: int | None, notes: tuple[str, ...]
) -> Generated:
    ends = np.flatnonzero(drawn.tokens[:, row] == stop) if stop is not None else np.empty(0, int)
    length = int(ends[0]) + 1 if ends.size else len(drawn.tokens)
    probabilities = drawn.probabilities[:length, row]
    broken = np.flatnonzero(np.isnan(probabilities))
    if broken.size:
        notes = (
            *notes,
            f"The model returned NaN at {broken.size} of {length} tokens, first at token {broken[0]}; token 0 was put there.",
        )
    return Generated(
        prompt=prompt,
        temperature=temperature,
        repeat=repeat,
        ids=drawn.tokens[:length, row],
        probabilities=probabilities,
        ranks=drawn.ranks[:length, row],
        alternative_ids=drawn.alternatives[:length, row],
        alternative_probabilities=drawn.alternative_probabilities[:length, row],
        notes=notes,
    )
