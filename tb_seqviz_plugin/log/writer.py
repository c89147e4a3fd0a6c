"""Writer: records into one event file per run directory, from any framework, without TensorFlow."""

from __future__ import annotations

import operator
import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, SupportsIndex

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.log.channel import Channel
from tb_seqviz_plugin.log.folders import absolute_folder
from tb_seqviz_plugin.records.attention.blobs import AttentionPayload
from tb_seqviz_plugin.records.attention.layers import Tokens, layers_of
from tb_seqviz_plugin.records.attention.record import AttentionLayer
from tb_seqviz_plugin.records.embeddings.blobs import EmbeddingsPayload
from tb_seqviz_plugin.records.embeddings.measures import EmbeddingMeasures
from tb_seqviz_plugin.records.embeddings.record import Embeddings
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.payload import SamplesPayload
from tb_seqviz_plugin.records.samples.record import Sample
from tb_seqviz_plugin.records.statistics.blobs import StatisticsPayload
from tb_seqviz_plugin.records.statistics.record import Statistics
from tb_seqviz_plugin.records.structure.blobs import StructurePayload
from tb_seqviz_plugin.records.structure.record import Structure
from tb_seqviz_plugin.schema import make_tag
from tb_seqviz_plugin.wire.payload import Payload


class Writer:
    """Writes records for TensorBoard's SeqViz tab.

    Quantising, compressing and writing happen in a background thread; each record is flushed to disk as soon as it is
    written. Writers of one run directory share one file and one thread, since TensorBoard's Python loader loses data
    where two files of a directory grow at once. The file is made with the first record.

    Args:
        run_dir: the run's folder, made if it is missing. Give it to no other writer of event files.

    Raises:
        OSError: if nothing can be written there.

    >>> import tempfile
    >>> weights = np.full((4, 2, 3), 1 / 3, np.float32)      # [heads, queries, keys]
    >>> with Writer(tempfile.mkdtemp()) as writer:
    ...     writer.attention("example", {"decoder/cross": weights}, query_tokens=["der", "Hund"],
    ...                      key_tokens=["the", "dog", "."], step=3)
    """

    def __init__(self, run_dir: str | os.PathLike[str]) -> None:
        self.run_dir = absolute_folder(run_dir)
        self._channel: Channel | None = Channel.open(self.run_dir)
        self._embedding_measures: defaultdict[str, EmbeddingMeasures] = defaultdict(EmbeddingMeasures)

    def attention(
        self,
        name: str,
        weights: Mapping[str, npt.ArrayLike] | Sequence[AttentionLayer],
        *,
        step: int,
        query_tokens: Tokens = (),
        key_tokens: Tokens = (),
        title: str = "",
        notes: Sequence[str] = (),
    ) -> None:
        """Logs the attention weights of one forward pass over one example.

        Args:
            name: the example's name; the tag becomes "attention/<name>".
            weights: by layer path, numbers [heads, queries, keys] or, for one head, [queries, keys]; or a list of
                `AttentionLayer`, which says more about each and whose arrays must not be changed afterwards.
            step: the training step; it should rise from record to record of one name.
            query_tokens: one string per query, for all layers or by layer path; empty for bare positions.
            key_tokens: the same for the keys.
            title: the example in words.
            notes: sentences to show beside the record.

        Raises:
            ValueError: if shapes and tokens do not fit, or there is no layer.
        """
        layers = layers_of(weights, query_tokens, key_tokens)
        _check_type("title", title, str, "the example in words")
        self._put(name, AttentionPayload(layers, title, _notes(notes)), step)

    def samples(
        self,
        name: str,
        samples: Sequence[Sample] | Callable[[], Sequence[Sample]],
        *,
        step: int,
        corpus: Corpus | None = None,
        notes: Sequence[str] = (),
        size: int = 1 << 20,
    ) -> None:
        """Logs what a model wrote.

        Args:
            name: of the group of samples; the tag becomes "samples/<name>".
            samples: by prompt, temperature and repeat, all with a reference or all without; their arrays must not be changed
                afterwards. Or a function that returns them, called in the background thread.
            step: the training step; it should rise from record to record of one name.
            corpus: the texts that the model was trained on, to tell what it copied.
            notes: sentences to show beside the record.
            size: bytes of memory that a function holds until it is called, about; training waits where too much is held.

        Raises:
            ValueError: if there is no sample, something else among them, a reference for some only, or the corpus is not a Corpus.
        """
        if corpus is not None:
            _check_type("corpus", corpus, Corpus, "as of Corpus(texts), made once for all records")
        payload = SamplesPayload.of(samples, corpus, _notes(notes), size)
        self._put(name, payload, step)

    def embeddings(
        self,
        layer: str,
        vectors: npt.ArrayLike,
        *,
        step: int,
        labels: Sequence[str] = (),
        columns: Mapping[str, Sequence[Any]] | None = None,
        rows: Sequence[int] | npt.NDArray[Any] = (),
        table_rows: int = 0,
        name: str = "",
        notes: Sequence[str] = (),
        measure: EmbeddingMeasures | None = None,
    ) -> None:
        """Logs the vectors of one layer.

        Args:
            layer: path of the layer, such as "encoder/token_embedding"; the tag becomes "embeddings/<layer>".
            vectors: float32 [rows, dimensions], or other numbers.
            step: the training step; it should rise from record to record of one layer.
            labels: what each vector stands for; empty to name them by their rows.
            columns: what else is known of each, by name, such as {"frequency": [1061, 93]}; kept as text.
            rows: the place of each vector in the layer's whole table; empty for all, in order.
            table_rows: how many vectors the whole table has; 0 for as many as are given.
            name: put between "embeddings/" and the layer, to tell apart two that log the same layer.
            notes: sentences to show beside the record.
            measure: what compares the vectors with those of the layer before; None to go on from those of this writer.

        Raises:
            ValueError: if the vectors are not an array [rows, dimensions], or labels, columns or rows do not fit them.

        >>> import tempfile
        >>> with Writer(tempfile.mkdtemp()) as writer:
        ...     writer.embeddings("words", np.eye(3), labels=["the", "cat", "sat"], step=0)
        """
        # A copy: the caller may go on with the array while the background thread reads it.
        copied = np.array(vectors, dtype=np.float32) if isinstance(vectors, np.ndarray) else vectors
        embeddings = Embeddings(layer, copied, labels, columns or {}, rows, table_rows, _notes(notes))  # type: ignore[arg-type]
        name = f"{name}/{layer}" if name else layer
        if measure is not None:
            _check_type(
                "measure", measure, EmbeddingMeasures, "as of EmbeddingMeasures(), one for all records of a layer"
            )
        payload = EmbeddingsPayload(embeddings, measure or self._embedding_measures[name])
        self._put(name, payload, step)

    def structure(self, name: str, structure: Structure, *, step: int) -> None:
        """Logs the layers of a model and what flows between them; once in a run, and where they changed.

        Args:
            name: the model's name among others; the tag becomes "structure/<name>".
            structure: the layers, which must not be changed afterwards.
            step: the training step; it should rise from record to record of one name.

        Raises:
            ValueError: if it is something else, or the name or the step is not valid.
        """
        _check_type("structure", structure, Structure, "as of tb_seqviz_plugin.callbacks.structure_of(model, inputs)")
        self._put(name, StructurePayload(structure), step)

    def statistics(self, name: str, statistics: Statistics, *, step: int) -> None:
        """Logs numbers about the layers of a model.

        Args:
            name: that of the structure; the tag becomes "statistics/<name>".
            statistics: the numbers, in arrays that must not be changed afterwards.
            step: the training step; it should rise from record to record of one name.

        Raises:
            ValueError: if it is something else, or the name or the step is not valid.
        """
        _check_type("statistics", statistics, Statistics, "as of Statistics(layers, values)")
        self._put(name, StatisticsPayload(statistics), step)

    def put(self, name: str, payload: Payload, *, step: int) -> None:
        """Logs a record of any kind.

        Args:
            name: of the record; the tag becomes "<kind>/<name>".
            payload: the record, encoded in the background thread; `payload.kind` is one of `records.kinds.KINDS`.
            step: the training step; it should rise from record to record of one name.

        Raises:
            ValueError: if the name, the kind or the step is not valid.
        """
        if payload.kind not in KINDS:
            raise ValueError(
                f"The kind of {name!r} is {payload.kind!r}; expected one of {', '.join(map(repr, KINDS))}."
            )
        self._put(name, payload, step)

    def last_step(self, tag: str) -> int | None:
        """Returns the highest step of a tag and of those below it, those of earlier processes included."""
        return self._open_channel().last_step(tag)

    def flush(self) -> None:
        """Waits until everything logged so far is on disk."""
        self._open_channel().flush()

    def close(self) -> None:
        """Writes what is left and closes; closing twice does no harm."""
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.release()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _put(self, name: str, payload: Payload, step: int) -> None:
        self._open_channel().put(make_tag(payload.kind, name), _whole(step), time.time(), payload)

    def _open_channel(self) -> Channel:
        if self._channel is None:
            raise ValueError(
                f"The writer of {self.run_dir} is closed; open another one: Writer({str(self.run_dir)!r})."
            )
        return self._channel


def _whole(step: SupportsIndex) -> int:
    """Returns the step, of any type that is a whole number to Python, as one that an event can hold."""
    try:
        whole = operator.index(step)
    except TypeError:
        whole = None
    if whole is None or isinstance(step, bool) or not -(2**63) <= whole < 2**63:
        raise ValueError(f"The step is {step!r}; expected a whole number of at most 64 bits.")
    return whole


def _notes(notes: Sequence[str]) -> list[str]:
    if isinstance(notes, str) or not all(isinstance(note, str) for note in notes):
        raise ValueError(f"The notes are {notes!r}; expected a list of sentences, such as ['Cropped to 128 tokens.'].")
    return list(notes)


def _check_type(what: str, given: object, expected: type, example: str) -> None:
    if not isinstance(given, expected):
        raise ValueError(f"The {what} is of type {type(given).__name__}; expected {expected.__name__}, {example}.")
