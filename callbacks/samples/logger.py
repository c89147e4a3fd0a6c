"""SampleLogger: what a model writes while it trains."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.arguments import whole
from tb_seqviz_plugin.callbacks.base import SeqVizCallback
from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch
from tb_seqviz_plugin.callbacks.errors import CaptureError, VocabularyError, sentence_of, without_numbers
from tb_seqviz_plugin.callbacks.generation.generator import AnyGenerator
from tb_seqviz_plugin.callbacks.generation.generator_for import generator_for
from tb_seqviz_plugin.callbacks.generation.keras_generator import Generated, Sampling
from tb_seqviz_plugin.callbacks.samples.attention import Attended, SampleAttention
from tb_seqviz_plugin.callbacks.samples.prompts import Prompts
from tb_seqviz_plugin.callbacks.samples.transcript import Transcript
from tb_seqviz_plugin.callbacks.samples.user_function import OwnGeneration
from tb_seqviz_plugin.callbacks.schedule import Schedule
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.schema import make_tag

_ALTERNATIVES = 5


class SampleLogger(SeqVizCallback):
    """Logs what a model writes: every prompt at every temperature, with the same randomness at every step.

    The model stays as it is: one that predicts the next token from a window, or at every position, of ids or one-hot
    vectors, or an encoder-decoder. All samples are drawn as one batch in one compiled loop. Training is not changed by it,
    to the last bit.

    Args:
        log_dir: the run's folder, the same as for `keras.callbacks.TensorBoard`; records go to `seqviz` in it.
        prompts: texts to continue, each once; for an encoder-decoder the texts to write from.
        tokenizer: a vocabulary that makes ids of texts and texts of ids: a tokenizer of any kind with `encode` and `decode`, or
            `tokenize` and `detokenize`, a `TextVectorization` or `StringLookup` layer, two such functions, or the characters in the
            order of their ids; None for that of a task of KerasHub.
        temperatures: what the scores are divided by; 0 always takes the most probable token.
        max_length: tokens to generate at most.
        repeats: samples per prompt and temperature, each with randomness of its own.
        stop: the token that ends a sample, as text or id; None for the tokenizer's own end, False for none.
        top_k: draw from this many most probable tokens only.
        top_p: draw from the fewest tokens only that hold this share of the probability.
        beams: width of a beam search beside the samples, 0 for none.
        seed: of the randomness.
        references: what was expected of each prompt, to compare with.
        corpus: the texts that the model is trained on, to tell what it copied.
        start: text or id put before every prompt, or what the text of an encoder-decoder begins with; None for what the tokenizer
            puts before texts or, for an encoder-decoder, its own start, and for a task of KerasHub what its own `generate` puts
            there; False for none.
        source_tokenizer: of the texts that an encoder-decoder writes from, if it is another one.
        window: the most tokens that the model is shown.
        outputs: "logits" or "probabilities", None to find out.
        alternatives: how many of the most probable tokens to keep at each place.
        generate: a function that writes in the model's stead: `generate(prompts, temperature=, max_length=, seed=)` returns
            one text per prompt; of the named ones it is given those that it takes. Without a temperature it is called for the
            only one given, or for 1. With a tokenizer its texts are told apart into tokens.
        attention: whether to log what each token looked at, too.
        schedule: "epoch" (step = epoch), a number of batches or "geometric" (step = batches trained), or a schedule.
        name: of the group of samples; the tag is "samples/<name>".
        model: the model to look at in a loop of one's own, where `log(step)` logs; None for the one that is fitted.

    Raises:
        ValueError: if a prompt holds what nothing in the vocabulary stands for, or an argument is none of the above.
        TypeError: if the corpus holds something else than texts.
        OSError: if nothing can be written to `log_dir`.
        BackendError: if Keras runs on a backend on which text cannot be generated yet, and there is no `generate`.

    >>> import tempfile
    >>> from keras import layers
    >>> model = keras.Sequential([layers.Input((None,)), layers.Embedding(3, 4), layers.GRU(4), layers.Dense(3)])
    >>> model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    >>> logger = SampleLogger(tempfile.mkdtemp(), ["ab"], tokenizer="abc", temperatures=(0, 1), max_length=5, model=model)
    >>> logger.log(step=0)
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        prompts: Sequence[str],
        *,
        tokenizer: Any = None,
        temperatures: Sequence[float] = (0.2, 0.5, 1.0, 1.2),
        max_length: int = 200,
        repeats: int = 1,
        stop: str | int | bool | None = None,
        top_k: int | None = None,
        top_p: float | None = None,
        beams: int = 0,
        seed: int = 0,
        references: Sequence[str] | None = None,
        corpus: Corpus | str | Iterable[str] | None = None,
        start: str | int | bool | None = None,
        source_tokenizer: Any = None,
        window: int | None = None,
        outputs: str | None = None,
        alternatives: int = _ALTERNATIVES,
        generate: Callable[..., Sequence[str]] | None = None,
        attention: bool = False,
        schedule: str | int | Schedule = "epoch",
        name: str = "probe",
        model: keras.Model | None = None,
    ) -> None:
        super().__init__(log_dir, schedule, make_tag("samples", name), model)
        self._name = name
        self._corpus = corpus if isinstance(corpus, Corpus) or corpus is None else Corpus(corpus)
        sampling = Sampling(temperatures, repeats, max_length, None, top_k, top_p, seed)
        beams, alternatives = whole("beams", beams, 0), whole("alternatives", alternatives, 0)
        window = None if window is None else whole("window", window, 1)
        if outputs not in (None, "logits", "probabilities"):
            raise ValueError(f'outputs={outputs!r}; expected "logits", "probabilities", or None to find out.')
        self._own: OwnGeneration | None = None
        if generate is not None:
            of_the_model = {
                "stop": (stop, None),
                "top_k": (top_k, None),
                "top_p": (top_p, None),
                "beams": (beams, 0),
                "start": (start, None),
                "source_tokenizer": (source_tokenizer, None),
                "window": (window, None),
                "outputs": (outputs, None),
                "alternatives": (alternatives, _ALTERNATIVES),
                "attention": (attention, False),
            }
            for argument, (value, default) in of_the_model.items():
                if value != default:
                    raise ValueError(
                        f"generate= writes in the model's stead, and {argument}= is about how the model itself writes; leave one "
                        "of them out."
                    )
            of_texts = None if tokenizer is None else Vocabulary.of(tokenizer).for_texts()
            self._own = OwnGeneration(generate, prompts, references, sampling, of_texts)
            return
        backends.check("generation", type(self).__name__)
        self._sampling = sampling
        self._settle: Callable[[Any], None] | None = partial(
            self._settle_tokens, prompts, references, source_tokenizer, start, stop, beams
        )
        if tokenizer is not None:
            self._settle(tokenizer)
        self._options: dict[str, Any] = {"window": window, "outputs": outputs, "top_alternatives": alternatives}
        self._generator: AnyGenerator | None = None
        self._generator_state: tuple[keras.Model | None, list[int]] = (None, [])
        self._logs_attention = attention
        self._attention: SampleAttention | None = None

    def _settle_tokens(
        self,
        prompts: Sequence[str],
        references: Sequence[str] | None,
        source_tokenizer: Any,
        start: str | int | bool | None,
        stop: str | int | bool | None,
        beams: int,
        tokenizer: Any,
    ) -> None:
        """Makes ids of all that was given as texts."""
        self._tokenizer = known = Vocabulary.of(tokenizer).for_texts()
        end = known.id_named(stop, "stop", known.end)
        self._prompts = Prompts(prompts, references, known, source_tokenizer, start)
        for note in self._prompts.notes:
            self.warn(note)
        self._sampling = replace(self._sampling, stop=end)
        self._search = BeamSearch(beams, self._sampling.max_length, end) if beams else None
        self._transcript = Transcript(
            known, self._prompts, end, lambda message: self.warn(message, about=without_numbers(message))
        )
        self._settle = None

    def _settle_with_model(self) -> None:
        """Takes the model's own tokenizer where none was given."""
        preprocessor = getattr(self.model, "preprocessor", None)
        if getattr(preprocessor, "tokenizer", None) is None:
            raise VocabularyError(
                f"tokenizer= is missing, and the model {self.model.name!r} brings none, as tasks of KerasHub with a preprocessor "
                "do; expected what makes ids of text and text of ids, such as an object with encode and decode."
            )
        if self._settle is not None:
            self._settle(preprocessor)

    def collect(self, step: int) -> None:
        """Lets the model write as it is now and hands that to the writer."""
        if self._own is not None:
            self.writer.samples(self._name, self._own(), step=step, corpus=self._corpus)
            return
        if self._settle is not None:
            self._settle_with_model()
        generator = self._current_generator()
        source, prompts = self._prompts.for_model(generator)
        generated = generator(prompts, self._sampling, source=source)
        if self._search is not None:
            found = generator.search(prompts, self._search, source=source)
            generated = sorted([*generated, *found], key=lambda one: one.prompt)
        attended: list[Attended] = []
        if self._logs_attention:
            attended = self._log_attention(step, generator, generated, prompts, source)
        if generator.why_eager:
            self.warn(
                "The samples are written op by op, many times as slowly as by a compiled loop, since the model fits no graph: "
                f"{generator.why_eager}"
            )
        self._warn_of(step, generated, generator.vocabulary, attended)
        beams = 0 if self._search is None else self._search.width
        self.writer.samples(
            self._name,
            partial(self._transcript, generated, beams, attended),
            step=step,
            corpus=self._corpus,
            size=sum(one.nbytes for one in generated),
        )

    def _warn_of(
        self, step: int, generated: Sequence[Generated], vocabulary: int, attended: Sequence[Attended]
    ) -> None:
        for one, where in zip(generated, attended or [Attended("")] * len(generated), strict=True):
            for note in (*one.notes, *where.notes):
                self.warn(
                    f"Samples of prompt {one.prompt} at step {step}: {note}",
                    about=f"samples of prompt {one.prompt}: {without_numbers(note)}",
                )
        known, size = self._tokenizer, self._tokenizer.size
        if size is not None and size > vocabulary:
            self.warn(
                f"The tokenizer, {known.name}, has {size} tokens and the model returns {vocabulary} numbers per token, so that "
                f"those from {vocabulary} on never come; expected as many of both. Does the tokenizer belong to this model?"
            )
        elif size is not None and any((one.ids >= size).any() for one in generated):
            self.warn(
                f"The tokenizer, {known.name}, has {size} tokens and the model, which returns {vocabulary} numbers per token, "
                f"wrote others, which are shown as [{size}]; expected as many of both. Does the tokenizer belong to this model?"
            )

    def _current_generator(self) -> AnyGenerator:
        model = self.model
        # Variables tell a model that was changed since, such as one quantised or given low-rank weights.
        state = (model, [id(variable) for variable in model.weights])
        if self._generator is None or self._generator_state != state:
            self._generator, self._generator_state = generator_for(model, **self._options), state
            self._attention = None
        return self._generator

    def _log_attention(
        self,
        step: int,
        generator: AnyGenerator,
        generated: Sequence[Generated],
        prompts: Sequence[Sequence[int]],
        source: npt.NDArray[np.int32] | None,
    ) -> list[Attended]:
        """Logs the attention of each sample; where that cannot be done, the samples are logged without."""
        try:
            if self._attention is None:
                longest = max(map(len, prompts)) + self._sampling.max_length - 1
                self._attention = SampleAttention(self.model, generator.reading, longest, source)
            tokenizers = (self._prompts.tokenizer, self._tokenizer)
            return self._attention.log(self.writer, f"samples/{self._name}", step, generated, prompts, tokenizers)
        except Exception as error:  # whatever the model raises when it is run in another way
            known = isinstance(error, CaptureError)
            self.warn(str(error) if known else f"The attention of samples cannot be logged: {sentence_of(error)}")
            self._logs_attention = False
            return []
