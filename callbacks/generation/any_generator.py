"""What all generators have in common: prompts become the rows of one loop, and its results become samples."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from contextlib import nullcontext
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.arguments import of_kind, whole
from tb_seqviz_plugin.callbacks.backends.interface import CompiledLoop, Compiling
from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch
from tb_seqviz_plugin.callbacks.decoding.drawn import Ask, Drawn, Draws, Kept
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.errors import GenerationError, sentence_of
from tb_seqviz_plugin.callbacks.generation.batch import Batch, Reading, Source
from tb_seqviz_plugin.callbacks.generation.generated import Generated, Notes, best_of, samples_of
from tb_seqviz_plugin.callbacks.undisturbed import undisturbed

Loop = Callable[..., list[Any]]
"""(ask, carried, tokens, starts, ...) -> results, in a compiled function."""


Watch = Callable[[Callable[[Any, Any], Any], npt.NDArray[np.int32], Any], "npt.NDArray[np.float32] | None"]
"""(run, tokens, source) -> what `run` returns of them, None if it has to be run without being watched."""


class AnyGenerator(ABC):
    """Lets a model write.

    Args:
        model: the model.
        vocabulary: how many tokens the model writes.
        alternatives: how many of the most probable tokens to keep at each position.

    Attributes:
        watch: what runs the model on the finished texts, where these are checked by one pass; None if nobody looks on.
        compiling: gives leave to compile what writes in a slower and faster way, once that repays.

    Raises:
        BackendError: if Keras runs on a backend on which text cannot be generated.
    """

    def __init__(self, model: keras.Model, vocabulary: int, alternatives: int) -> None:
        self._keras_model = model
        self._backend = backends.generation(type(self).__name__)
        self._vocabulary = vocabulary
        self._alternatives = min(whole("alternatives", alternatives, 0, GenerationError), vocabulary)
        self._loops: dict[Hashable, CompiledLoop] = {}
        self._never_written: set[int] = set()
        self.watch: Watch | None = None
        self.compiling: Compiling = lambda seconds: nullcontext()

    @property
    def vocabulary(self) -> int:
        """How many tokens the model writes."""
        return self._vocabulary

    @property
    def traces(self) -> int:
        """How often a loop was made into a graph."""
        return sum(loop.traces for loop in self._compiled())

    @property
    def why_eager(self) -> str:
        """Why the model writes op by op and not as a graph, as a sentence; "" if it does not."""
        return next((loop.why_eager for loop in self._compiled() if loop.why_eager), "")

    @property
    def is_settled(self) -> bool:
        """Whether all that has run is compiled in the fastest way that it ever will be."""
        return not any(loop.waits for loop in self._compiled())

    @property
    def kept_bytes(self) -> int:
        """Bytes that this keeps from token to token, 0 where each is written from the whole text before it."""
        return 0

    def _compiled(self) -> list[CompiledLoop]:
        """Returns every loop that writes."""
        return list(self._loops.values())

    @property
    @abstractmethod
    def how(self) -> str:
        """How the last texts were written, and why so where it was not the fastest way, as a sentence."""

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
        sampling = of_kind("sampling", sampling, Sampling)
        self._check_stop(sampling.stop_id)
        prompts = [[*sampling.start_ids, *prompt] for prompt in prompts] if sampling.start_ids else prompts
        batch = self._batch(prompts, len(sampling.rows), sampling.max_length, source)
        draws = Draws(
            sampling.top_k is not None or sampling.top_p is not None,
            np.concatenate([sampling.noise(batch.origins[prompt]) for prompt in batch.order]),
            np.array([temperature for temperature, _ in sampling.rows] * len(batch.order), np.float32),
            np.int32(min(sampling.top_k or self._vocabulary, self._vocabulary)),
            np.float32(1.0 if sampling.top_p is None else sampling.top_p),
            np.int32(sampling.stop_id),
        )
        with undisturbed(self._keras_model):
            drawn, begins, notes = self._sampled(batch, draws)
        return samples_of(drawn, sampling, batch.rows, begins, notes)

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

        >>> import keras
        >>> from keras import layers
        >>> from tb_seqviz_plugin.callbacks.generation.generator import Generator
        >>> model = keras.Sequential([layers.Input((None,)), layers.Embedding(9, 4), layers.LSTM(4), layers.Dense(9)])
        >>> [found] = Generator(model).search([[1, 2]], BeamSearch(width=3, max_length=5))
        >>> found.tree.token_ids[found.tree.is_best].tolist() == found.ids.tolist()
        True
        """
        beams = of_kind("beams", beams, BeamSearch)
        self._check_stop(beams.stop_id)
        batch = self._batch(prompts, beams.width, beams.max_length, source)
        with undisturbed(self._keras_model):
            return self._searched(batch, beams)

    def packed(self, texts: Sequence[str], ids: Sequence[Sequence[int]]) -> tuple[Source, list[list[int]]] | None:
        """Returns the source and the prompts as the model itself makes them of texts; None if it does not, or of other ids.

        Args:
            texts: the prompts.
            ids: of each, without any that mark its start or end.
        """
        return None

    @property
    @abstractmethod
    def takes_source(self) -> bool:
        """Whether the model writes from a source beside the text."""

    @property
    @abstractmethod
    def source_length(self) -> int | None:
        """The tokens of source that the model takes, None for any number."""

    @property
    @abstractmethod
    def reading(self) -> Reading:
        """How the model reads whole texts."""

    @abstractmethod
    def _batch(self, prompts: Any, each: int, max_length: int, source: Any) -> Batch:
        """Returns the prompts as the rows of a loop, `each` for every one of them."""

    @abstractmethod
    def _asking(self, loop: Loop, key: Any, inputs: Any, *rest: Any) -> list[Any]:
        """Runs a loop on the model; inside compiled functions.

        Args:
            loop: what to run.
            key: of the batch.
            inputs: of the batch.
            rest: what the loop takes after `ask` and `carried`.
        """

    @abstractmethod
    def _advice(self) -> str:
        """Returns what helps where the model failed."""

    def _sampled(self, batch: Batch, draws: Draws) -> tuple[Drawn, Sequence[int], Sequence[Notes]]:
        """Returns what is drawn behind the prompts, the step at which each of them begins, and its notes."""
        return self._continued(batch, draws, batch.starts, np.zeros(len(batch.starts), bool)), batch.begins, batch.notes

    def _searched(self, batch: Batch, beams: BeamSearch) -> list[Generated]:
        """Returns the best that is found behind each prompt."""
        sizes = beams.width, beams.max_length, batch.first, self._alternatives

        def loop(ask: Ask, carried: Any, tokens: Any, starts: Any, length_penalty: Any, stop: Any) -> list[Any]:
            return self._backend.search(ask, carried, tokens, starts, length_penalty, stop, *sizes)

        *drawn, parents, scores = self._run(
            batch, loop, sizes, np.float32(beams.length_penalty), np.int32(beams.stop_id)
        )
        return best_of(Kept(Drawn(*drawn), parents, scores), beams, batch.rows, batch.begins, batch.notes)

    def _continued(self, batch: Batch, draws: Draws, known: Any, is_over: Any) -> Drawn:
        """Returns what is drawn from a column on in each row, bool [rows] is_over says where nothing is."""
        is_cut, first, alternatives = draws.is_cut, batch.first, self._alternatives

        def loop(
            ask: Ask, carried: Any, tokens: Any, starts: Any, known: Any, is_over: Any, begin: Any, *settings: Any
        ) -> list[Any]:
            own = Draws(is_cut, *settings)
            return self._backend.sample(ask, carried, tokens, starts, known, is_over, own, begin, first, alternatives)

        begin = np.int32(np.min(known[~is_over]))
        return Drawn(*self._run(batch, loop, is_cut, known, is_over, begin, *draws.settings))

    def _run(self, batch: Batch, loop: Loop, kind: Hashable, *settings: Any) -> list[npt.NDArray[Any]]:
        """Runs a loop, which is made into a graph on its first call."""
        compiled = self._loops.get((batch.key, kind))
        if compiled is None:
            key = batch.key
            # Op by op a loop would take as long as hundreds of runs, so that one of no fixed shape is a graph at once.
            compiling = (lambda seconds: self.compiling(seconds)) if batch.is_static else None
            compiled = self._backend.Compiled(
                lambda *inputs: self._asking(loop, key, *inputs), batch.is_static, compiling
            )
            self._loops[batch.key, kind] = compiled
        try:
            return compiled(batch.inputs, batch.tokens, batch.starts, *settings)
        except GenerationError:
            raise
        except Exception as error:  # whatever the model raises
            raise GenerationError(
                f"The model failed at prompts of up to {max(batch.lengths)} tokens and "
                f"{batch.tokens.shape[1] - int(batch.starts.max())} more; expected one that takes them all. {self._advice()} "
                f"What it said: {sentence_of(error)}"
            ) from error

    def _check_stop(self, stop: int) -> None:
        if stop >= self._vocabulary and stop not in self._never_written:
            self._never_written.add(stop)
            warnings.warn(
                f"stop={stop}, and the model writes the tokens 0 to {self._vocabulary - 1} only, so that nothing ends before "
                "max_length; expected one of these, or none. Does the tokenizer belong to this model?",
                stacklevel=3,
            )
