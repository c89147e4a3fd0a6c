"""What a model writes at one step of training: its prompts as ids, its generator, the attention of its samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import keras

from tb_seqviz_plugin.callbacks.backends.interface import Compiling
from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.errors import CaptureError, VocabularyError, sentence_of, without_numbers
from tb_seqviz_plugin.callbacks.generation.any_generator import AnyGenerator
from tb_seqviz_plugin.callbacks.generation.batch import Source
from tb_seqviz_plugin.callbacks.generation.generated import Generated
from tb_seqviz_plugin.callbacks.generation.generator_for import generator_for
from tb_seqviz_plugin.callbacks.model.layers import state_of
from tb_seqviz_plugin.callbacks.samples.attention import Attended, SampleAttention
from tb_seqviz_plugin.callbacks.samples.options import SampleOptions, SourceTexts
from tb_seqviz_plugin.callbacks.samples.prompts import Prompts
from tb_seqviz_plugin.callbacks.samples.transcript import Transcript
from tb_seqviz_plugin.callbacks.text.named_token import id_named
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary
from tb_seqviz_plugin.callbacks.warn_once import WarnOnce
from tb_seqviz_plugin.log.writer import Writer
from tb_seqviz_plugin.records.samples.record import Sample


class Written(NamedTuple):
    """What was written at one step.

    Args:
        samples: by prompt, temperature and repeat.
        notes: what a reader should know about all of them, as sentences.
    """

    samples: Sequence[Sample]
    notes: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Wish:
    """What a model is to write, in texts.

    Args:
        texts: the prompts.
        references: what was expected of each, None for none.
        source: how those that an encoder-decoder writes from are handed to it.
        sampling: how to sample.
        beams: how to search beside, or the width of a search alike, 0 for none.
        options: what else is to be logged.
    """

    texts: Sequence[str]
    references: Sequence[str] | None
    source: SourceTexts
    sampling: Sampling
    beams: int | BeamSearch
    options: SampleOptions


class _Encoded:
    """A wish in the ids of one tokenizer.

    Args:
        wish: in texts.
        tokenizer: of what is written.
        warn: is told what became of the texts.

    Raises:
        ValueError: if the tokenizer is something else, or does not know a prompt or a token.
    """

    def __init__(self, wish: Wish, tokenizer: Any, warn: WarnOnce) -> None:
        self.tokenizer = known = Vocabulary.of(tokenizer).for_texts()
        sampling, beams = wish.sampling, wish.beams
        end = id_named(known, sampling.stop, "stop", known.end)
        self.prompts = Prompts(wish.texts, wish.references, known, wish.source, sampling.start)
        self.sampling = replace(sampling, start=None, stop=end)
        self.search: BeamSearch | None = None
        if isinstance(beams, BeamSearch):
            self.search = replace(beams, stop=id_named(known, beams.stop, "stop", end))
        elif beams:
            self.search = BeamSearch(beams, sampling.max_length, end)
        end_name = sampling.stop if isinstance(sampling.stop, str) else f"[{end}]"
        self.transcript = Transcript(known, self.prompts, end, warn, end_name)
        for note in self.prompts.notes:
            warn(note)


class ModelWriting:
    """Lets a model write what was wished for.

    Args:
        wish: in texts.
        tokenizer: of what is written, None for that of the model, a task of KerasHub.
        name: of the group of samples.
        warn: is told what a reader should know.
        compiling: gives leave to compile what writes in a slower and faster way, once that repays.

    Raises:
        ValueError: if the tokenizer is something else, or does not know a prompt or a token.
    """

    def __init__(self, wish: Wish, tokenizer: Any, name: str, warn: WarnOnce, compiling: Compiling) -> None:
        self._wish, self._name, self._warn, self._compiling = wish, name, warn, compiling
        self._given = None if tokenizer is None else _Encoded(wish, tokenizer, warn)
        self._of_task: tuple[keras.Model, _Encoded] | None = None
        self._generator: AnyGenerator | None = None
        self._generator_state: tuple[keras.Model | None, list[int]] = (None, [])
        self._attention: SampleAttention | None = None
        self._logs_attention = wish.options.attention

    def check(self, model: keras.Model) -> None:
        """Raises a ValueError if no tokenizer was given and the model brings none, or one that does not know a prompt."""
        self._encoded(model)

    def prepare(self, model: keras.Model) -> None:
        """Finds out how the model writes, and raises a ValueError if it does not, or not from these prompts."""
        self._encoded(model).prompts.for_model(self._current_generator(model))

    def __call__(self, model: keras.Model, writer: Writer, step: int) -> Written:
        """Returns what the model writes as it is now, and hands its attention to the writer, if that is wished for."""
        encoded, generator = self._encoded(model), self._current_generator(model)
        source, prompts = encoded.prompts.for_model(generator)
        attention = self._prepared_attention(model, encoded, prompts, source)
        generator.watch = None if attention is None else attention.begin()
        generated = generator(prompts, encoded.sampling, source=source)
        if encoded.search is not None:
            found = generator.search(prompts, encoded.search, source=source)
            generated = sorted([*generated, *found], key=lambda one: one.prompt)
        attended: list[Attended] = []
        if attention is not None:
            attended = self._log_attention(attention, writer, step, generated, encoded, prompts)
        self._tell(step, generated, encoded.tokenizer, generator, attended)
        beams = 0 if encoded.search is None else encoded.search.width
        return Written(encoded.transcript(generated, beams, attended), [generator.how])

    def _encoded(self, model: keras.Model) -> _Encoded:
        if self._given is not None:
            return self._given
        if self._of_task is None or self._of_task[0] is not model:
            preprocessor = getattr(model, "preprocessor", None)
            if getattr(preprocessor, "tokenizer", None) is None:
                raise VocabularyError(
                    f"tokenizer= is missing, and the model {model.name!r} brings none, as tasks of KerasHub with a preprocessor "
                    "do; expected what makes ids of text and text of ids, such as an object with encode and decode."
                )
            self._of_task = model, _Encoded(self._wish, preprocessor, self._warn)
        return self._of_task[1]

    def _current_generator(self, model: keras.Model) -> AnyGenerator:
        state = state_of(model)
        if self._generator is None or self._generator_state != state:
            options = self._wish.options
            self._generator = generator_for(
                model, window=options.window, outputs=options.outputs, alternatives=options.alternatives
            )
            self._generator.compiling = self._compiling
            self._generator_state, self._attention = state, None
        return self._generator

    def _prepared_attention(
        self, model: keras.Model, encoded: _Encoded, prompts: Sequence[Sequence[int]], source: Source
    ) -> SampleAttention | None:
        """Returns what logs the attention of samples, None if that is not wished for, or cannot be done."""
        if self._logs_attention and self._attention is None:
            longest = max(map(len, prompts)) + encoded.sampling.max_length - 1
            reading = encoded.prompts.padded(self._current_generator(model).reading)
            try:
                self._attention = SampleAttention(model, reading, longest, source)
            except CaptureError as error:
                self._warn(str(error))
                self._logs_attention = False
        return self._attention if self._logs_attention else None

    def _log_attention(
        self,
        attention: SampleAttention,
        writer: Writer,
        step: int,
        generated: Sequence[Generated],
        encoded: _Encoded,
        prompts: Sequence[Sequence[int]],
    ) -> list[Attended]:
        """Logs the attention of each sample; where that cannot be done, the samples are logged without."""
        try:
            tokenizers = (encoded.prompts.tokenizer, encoded.tokenizer)
            return attention.log(writer, f"samples/{self._name}", step, generated, prompts, tokenizers)
        except Exception as error:  # whatever the model raises when it is run in another way
            known = isinstance(error, CaptureError)
            self._warn(str(error) if known else f"The attention of samples cannot be logged: {sentence_of(error)}")
            self._logs_attention = False
            return []

    def _tell(
        self,
        step: int,
        generated: Sequence[Generated],
        known: Vocabulary,
        generator: AnyGenerator,
        attended: Sequence[Attended],
    ) -> None:
        """Warns of what a reader of the samples should know."""
        if generator.why_eager:
            self._warn(
                "The samples are written op by op, many times as slowly as by a compiled loop, since the model fits no graph: "
                f"{generator.why_eager}"
            )
        for one, where in zip(generated, attended or [Attended("")] * len(generated), strict=True):
            for note in (*one.notes, *where.notes):
                self._warn(
                    f"Samples of prompt {one.prompt} at step {step}: {note}",
                    about=f"samples of prompt {one.prompt}: {without_numbers(note)}",
                )
        size, vocabulary = known.size, generator.vocabulary
        if size is not None and size > vocabulary:
            self._warn(
                f"The tokenizer, {known.name}, has {size} tokens and the model returns {vocabulary} numbers per token, so that "
                f"those from {vocabulary} on never come; expected as many of both. Does the tokenizer belong to this model?"
            )
        for one in generated:
            missing = known.on_missing(one.ids, "What the model wrote")
            if missing:
                self._warn(missing, about="written tokens that the tokenizer has not")
