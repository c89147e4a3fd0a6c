"""SampleLogger: what a model writes while it trains."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import keras

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.arguments import check_no_class, of_kind, whole
from tb_seqviz_plugin.callbacks.base import SeqVizCallback
from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.old_names import takes_old_names
from tb_seqviz_plugin.callbacks.samples.model_writing import ModelWriting, Wish, Written
from tb_seqviz_plugin.callbacks.samples.options import OLD_NAMES, SampleOptions, SourceTexts, texts_and_references
from tb_seqviz_plugin.callbacks.samples.prompts import checked_pairs
from tb_seqviz_plugin.callbacks.samples.user_function import UserFunction
from tb_seqviz_plugin.callbacks.schedule import Schedule
from tb_seqviz_plugin.log.writer import Writer
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.schema import make_tag


class SampleLogger(SeqVizCallback):
    """Logs what a model writes: every prompt at every temperature, with the same randomness at every step.

    The model stays as it is: one that predicts the next token from a window, or at every position, of ids or one-hot
    vectors, or an encoder-decoder. All samples are drawn as one batch in one compiled loop, each token from the one before it
    wherever the model looks back only; a note of the record says how they were written. Training is not changed by it, to the
    last bit.

    Args:
        log_dir: the run's folder, the same as for `keras.callbacks.TensorBoard`; records go to `seqviz` in it. Or an
            address in an object store, such as "s3://bucket/run"; see the README.
        prompts: texts to continue, each once; for an encoder-decoder the texts to write from. With what was expected of each, to
            compare with, a dict from text to reference, or a list of pairs.
        tokenizer: a vocabulary that makes ids of texts and texts of ids: a tokenizer of any kind with `encode` and `decode`, or
            `tokenize` and `detokenize`, a `TextVectorization` or `StringLookup` layer, two such functions, or the characters in the
            order of their ids; None for that of a task of KerasHub.
        source: the vocabulary of the texts that an encoder-decoder writes from, if it is another one; or `SourceTexts`, which say
            how they are padded, too.
        sampling: how to sample, and where a text begins and ends: `Sampling(temperatures=(0, 0.5, 1), max_length=400)`; None
            for `Sampling()`. Where it names no start and no stop, they are what the tokenizer puts before and behind texts or
            knows as such, and what the own `generate` of a task of KerasHub puts there; False is for none.
        beams: width of a beam search beside the samples, as long as these, 0 for none; or a `BeamSearch`.
        generate: a function that writes in the model's stead: `generate(prompts, temperature=, max_length=, seed=)` returns
            one text per prompt; of the named ones it is given those that it takes. Without a temperature it is called for the
            only one given, or for 1. With a tokenizer its texts are told apart into tokens. What it draws from `random` and
            `numpy.random` begins with the seed at each step, and does not change what training draws; to what draws from
            others, such as `keras.random`, it is to hand its seed on.
        options: what is seldom needed: attention of each token, training corpus, window, ...; None for `SampleOptions()`.
        schedule: "epoch" (step = epoch), a number of batches or "geometric" (step = batches trained), or a schedule.
        max_overhead: which share of the time of training logging may take; what would take more is passed over, but for the first
            and the last log and `log(step)`. None for no bound.
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
    >>> sampling = Sampling(temperatures=(0, 1), max_length=5)
    >>> logger = SampleLogger(tempfile.mkdtemp(), ["ab"], tokenizer="abc", sampling=sampling, model=model)
    >>> logger.log(step=0)
    """

    @takes_old_names(*OLD_NAMES)
    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        prompts: Sequence[str] | Sequence[tuple[str, str]] | Mapping[str, str],
        *,
        tokenizer: Any = None,
        source: Any = None,
        sampling: Sampling | None = None,
        beams: int | BeamSearch = 0,
        generate: Callable[..., Sequence[str]] | None = None,
        options: SampleOptions | None = None,
        schedule: str | int | Schedule = "epoch",
        max_overhead: float | None = 0.02,
        name: str = "probe",
        model: keras.Model | None = None,
    ) -> None:
        super().__init__(log_dir, schedule, make_tag("samples", name), model, max_overhead)
        check_no_class("beams=", beams)
        wish = Wish(
            *checked_pairs(*texts_and_references(prompts)),
            source=SourceTexts.of(source),
            sampling=of_kind("sampling", sampling, Sampling),
            beams=beams if isinstance(beams, BeamSearch) else whole("beams", beams, 0),
            options=of_kind("options", options, SampleOptions),
        )
        self._name = name
        self._sampling = wish.sampling
        self._corpus = cast("Corpus | None", wish.options.corpus)
        self._needs_model = generate is None
        self._write: Callable[[keras.Model, Writer, int], Written]
        self._writing: ModelWriting | None = None
        if generate is None:
            backends.check("generation", type(self).__name__)
            self._write = self._writing = ModelWriting(wish, tokenizer, name, self.warn, self.compiling)
            if model is not None:
                self._writing.check(model)
        else:
            _check_nothing_of_the_model(wish)
            function = UserFunction(generate, wish.texts, wish.references, wish.sampling, tokenizer)
            self._write = lambda model, writer, step: Written(function())
        self._texts = list(wish.texts)

    @property
    def prompts(self) -> list[str]:
        """The texts that are continued, or written from."""
        return self._texts

    @property
    def sampling(self) -> Sampling:
        """How is sampled."""
        return self._sampling

    def check(self) -> None:
        """Finds out how the model writes; logs nothing.

        Raises:
            ValueError: if it does not write, or cannot write from these prompts.
        """
        if self._writing is not None:
            self._writing.prepare(self.model)

    def collect(self, step: int) -> None:
        """Lets the model write as it is now and hands that to the writer."""
        written = self._write(self.model, self.writer, step)
        self.writer.samples(self._name, written.samples, step=step, corpus=self._corpus, notes=written.notes)


def _check_nothing_of_the_model(wish: Wish) -> None:
    """Raises a ValueError if something is wished for that a function of the user's has no say in."""
    asked = {"beams": wish.beams != 0, "source": not wish.source.is_usual}
    for group, usual, names in (
        (wish.sampling, Sampling(), ("start", "stop", "top_k", "top_p")),
        (wish.options, SampleOptions(), ("window", "outputs", "alternatives", "attention")),
    ):
        # Compared by what they are, too: a stop of 0 is not the False that stands for none.
        asked |= {name: repr(getattr(group, name)) != repr(getattr(usual, name)) for name in names}
    for name, is_asked in asked.items():
        if is_asked:
            raise ValueError(
                f"generate= writes in the model's stead, and {name}= is about how the model itself writes; leave one of them out."
            )
