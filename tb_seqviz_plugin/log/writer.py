"""Writer: records into one event file per run directory, from any framework, without TensorFlow."""

from __future__ import annotations

import functools
import operator
import os
import threading
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, SupportsIndex, TypeVar

import numpy.typing as npt

from tb_seqviz_plugin.log.channel import PATIENCE, Channel
from tb_seqviz_plugin.log.channels import open_channel, release
from tb_seqviz_plugin.log.cost import Cost
from tb_seqviz_plugin.log.folders import absolute_folder
from tb_seqviz_plugin.records.attention.images import Image, check_image
from tb_seqviz_plugin.records.attention.layers import Arrays, layers_of
from tb_seqviz_plugin.records.attention.layers import Tokens as AxisTokens
from tb_seqviz_plugin.records.attention.payload import AttentionPayload
from tb_seqviz_plugin.records.attention.record import AttentionLayer, PerToken
from tb_seqviz_plugin.records.attention.units import parse_axes, with_units
from tb_seqviz_plugin.records.attention.watch import Watch
from tb_seqviz_plugin.records.embeddings.blobs import EmbeddingsPayload
from tb_seqviz_plugin.records.embeddings.measures import EmbeddingMeasures
from tb_seqviz_plugin.records.embeddings.record import Embeddings
from tb_seqviz_plugin.records.evaluation.blobs import EvaluationPayload
from tb_seqviz_plugin.records.evaluation.record import (
    Evaluation,
    EvaluationCurve,
    EvaluationExample,
    EvaluationRow,
)
from tb_seqviz_plugin.records.kinds import KINDS
from tb_seqviz_plugin.records.samples.corpus import Corpus
from tb_seqviz_plugin.records.samples.payload import SamplesPayload
from tb_seqviz_plugin.records.samples.record import Sample
from tb_seqviz_plugin.records.statistics.blobs import StatisticsPayload
from tb_seqviz_plugin.records.statistics.record import Statistics
from tb_seqviz_plugin.records.structure.blobs import StructurePayload
from tb_seqviz_plugin.records.structure.record import Structure
from tb_seqviz_plugin.records.tokens.blobs import TokensPayload
from tb_seqviz_plugin.records.tokens.record import Tokens
from tb_seqviz_plugin.schema import make_tag
from tb_seqviz_plugin.schema.attention import LeftOut
from tb_seqviz_plugin.schema.evaluation import WHOLE_SET, EvaluationTask
from tb_seqviz_plugin.wire.payload import Payload

Method = TypeVar("Method", bound=Callable[..., None])


def _checked(log: Method) -> Method:
    """Makes warnings of the errors of a logging call, where its writer is to."""

    @functools.wraps(log)
    def logging(self: Writer, *args: Any, **kwargs: Any) -> None:
        if self._on_error == "raise":
            log(self, *args, **kwargs)
            return
        try:
            log(self, *args, **kwargs)
        except Exception as error:
            message = f"Nothing was logged by {log.__name__.strip('_')}: {error}"
            if message not in self._told:
                self._told.add(message)
                warnings.warn(message, stacklevel=2)

    return logging  # type: ignore[return-value]


class Writer:
    """Writes records for TensorBoard's SeqViz tab.

    Once a logging call returns, what it logged survives the process being killed in any way, and is recovered whole when the
    folder is next opened, by a `Writer`, `read` or TensorBoard; a step that was being logged at that moment is absent. If the
    machine goes down, the last seconds may be lost. Arrays and lists may be changed once the call returns.

    A call copies what it is given to a file, at about 1 ms per 2 MB. Quantising, compressing and writing happen in a background
    thread. Writers of one run directory share one file and one thread, since TensorBoard's Python loader loses data where two
    files of a directory grow at once. The files are made with the first record. Of two processes that write to one directory,
    the second writes to the directory `process-2` in it, and says so.

    Args:
        run_dir: the run's folder, made if it is missing. Give it to no other writer of event files. Or an address in an object
            store, such as "s3://bucket/run": what is logged survives in a folder of this machine, and goes there in parts.
        on_error: "raise", or "warn" for loops that no argument may end: what cannot be logged is then left out, and told once.

    Attributes:
        run_dir: where it writes; of an address the folder of this machine that stands for it.
        cost: what was written so far, in bytes, and in processor time of the threads that write and upload.

    Raises:
        OSError: if nothing can be written there; of an address, if a package, the bucket or credentials are missing.
        ValueError: if `on_error` is something else.

    >>> import tempfile
    >>> import numpy as np
    >>> weights = np.full((4, 2, 3), 1 / 3, np.float32)      # [heads, queries, keys]
    >>> with Writer(tempfile.mkdtemp()) as writer:
    ...     writer.attention("example", {"decoder/cross": weights}, query_tokens=["der", "Hund"],
    ...                      key_tokens=["the", "dog", "."], step=3)
    """

    def __init__(self, run_dir: str | os.PathLike[str], *, on_error: Literal["raise", "warn"] = "raise") -> None:
        if on_error not in ("raise", "warn"):
            raise ValueError(f"on_error={on_error!r}; expected 'raise' or 'warn'.")
        self._asked = absolute_folder(run_dir)
        self._on_error = on_error
        self._told: set[str] = set()
        self._channel: Channel | None = open_channel(self._asked)
        self._process = os.getpid()
        self.cost = Cost()
        self._watches: defaultdict[str, Watch] = defaultdict(Watch)
        self._embedding_measures: defaultdict[str, EmbeddingMeasures] = defaultdict(EmbeddingMeasures)
        # Of each thread, what is logged together.
        self._group = threading.local()

    @property
    def run_dir(self) -> Path:
        """The folder that it writes to: the one given, or where another process writes to that, one in it."""
        return self._asked if self._channel is None else self._channel.run_dir

    @property
    def size(self) -> int:
        """The bytes of the run's event files, of earlier processes and in the object store, too."""
        return 0 if self._channel is None else self._channel.size()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Keeps what is logged in it as one step, whole or absent: use it where a step has several records.

        What is logged in it is kept when it ends, so that arrays must stay as they are until then, and all has one step.

        >>> import tempfile
        >>> import numpy as np
        >>> with Writer(tempfile.mkdtemp()) as writer, writer.together():
        ...     writer.attention("a", {"layer": np.eye(3)}, step=1)
        ...     writer.attention("b", {"layer": np.eye(3)}, step=1)
        """
        if self._records() is not None:
            yield
            return
        self._group.records, self._group.scalars = [], {}
        try:
            yield
        except Exception:
            self._put_together()
            raise
        else:
            self._put_together()
        finally:
            self._group.records = None

    @_checked
    def attention(
        self,
        name: str,
        weights: Mapping[str, npt.ArrayLike] | Sequence[AttentionLayer],
        *,
        step: int,
        query_tokens: AxisTokens = (),
        key_tokens: AxisTokens = (),
        mask: Arrays | None = None,
        logits: Arrays | None = None,
        axes: Mapping[str, PerToken] | None = None,
        title: str = "",
        notes: Sequence[str] = (),
        watch: Watch | bool = True,
        byte_budget: int | None = None,
        scalars: bool = False,
        image: Image | None = None,
        left_out: Sequence[LeftOut] | None = None,
    ) -> None:
        """Logs the attention weights of one forward pass over one example.

        Args:
            name: the example's name; the tag becomes "attention/<name>".
            weights: by layer path, numbers [heads, queries, keys] or, for one head, [queries, keys]; or a list of
                `AttentionLayer`, which says more about each.
            step: the training step; it should rise from record to record of one name.
            query_tokens: one string per query, for all layers or by layer path; empty for bare positions.
            key_tokens: the same for the keys.
            mask: bool [queries, keys], True where a query may look, for all layers or by layer path; None where weights that are
                exactly 0 tell.
            logits: what the softmax was taken of, scaled and with its bias, by layer path, or of the only layer; it is measured,
                not stored.
            axes: what each position lasts where they are time, such as {"keys": ("ms", 12.5)}: a unit, "ms", "s" or "frames", and
                how much of it, for the "queries" or "keys" of all layers, or for an axis by its name; words stay words.
            title: the example in words.
            notes: sentences to show beside the record.
            watch: what has watched the records before for alarms; True to go on with that of this writer, False to watch nothing.
            scalars: whether TensorBoard's own tab of scalars shows the measures of each layer, too, one number for its heads
                (`schema.attention.HEAD_SCALARS`).
            image: that whose patches are tokens, as of `Image.of(pixels, rows, columns)`; None for none.
            byte_budget: how many bytes the weights of this record may take; the largest layers are pooled until they do, and
                keep the strongest weights of each query. None to keep all.
            left_out: what attends in the forward pass and is not given, () for nothing; None where that is not known. A rollout
                over layers needs all of them.

        Raises:
            ValueError: if shapes and tokens do not fit, or there is no layer.
        """
        if image is not None:
            _check_type("image", image, Image, "as of Image.of(pixels, rows, columns)")
        if not isinstance(watch, bool):
            _check_type("watch", watch, Watch, "as of Watch(), one for all records of an example")
        layers = with_units(layers_of(weights, query_tokens, key_tokens, mask, logits), parse_axes(axes))
        if image is not None:
            check_image(image, [length for layer in layers for length in layer.weights.shape[1:]])
        _check_type("title", title, str, "the example in words")
        for each in left_out or ():
            _check_type("left_out", each, LeftOut, "as of schema.attention.LeftOut(path, ...)")
        own = watch if isinstance(watch, Watch) else self._watches[name] if watch else None
        budget = _bytes(byte_budget)
        payload = AttentionPayload(layers, title, _notes(notes), _whole(step), own, budget, scalars, image, left_out)
        self._put(name, payload, step)

    @_checked
    def samples(
        self,
        name: str,
        samples: Sequence[Sample],
        *,
        step: int,
        corpus: Corpus | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """Logs what a model wrote.

        Args:
            name: of the group of samples; the tag becomes "samples/<name>".
            samples: by prompt, temperature and repeat, all with a reference or all without.
            step: the training step; it should rise from record to record of one name.
            corpus: the texts that the model was trained on, to tell what it copied.
            notes: sentences to show beside the record.

        Raises:
            ValueError: if there is no sample, something else among them, a reference for some only, or the corpus is not a Corpus.
        """
        if corpus is not None:
            _check_type("corpus", corpus, Corpus, "as of Corpus(texts), made once for all records")
        self._put(name, SamplesPayload.of(samples, corpus, _notes(notes)), step)

    @_checked
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
        >>> import numpy as np
        >>> with Writer(tempfile.mkdtemp()) as writer:
        ...     writer.embeddings("words", np.eye(3), labels=["the", "cat", "sat"], step=0)
        """
        embeddings = Embeddings(layer, vectors, labels, columns or {}, rows, table_rows, _notes(notes))  # type: ignore[arg-type]
        name = f"{name}/{layer}" if name else layer
        if measure is not None:
            _check_type(
                "measure", measure, EmbeddingMeasures, "as of EmbeddingMeasures(), one for all records of a layer"
            )
        measure = measure or self._embedding_measures[name]
        self._put(name, EmbeddingsPayload(embeddings, measure, measure.begin()), step)

    @_checked
    def structure(self, name: str, structure: Structure, *, step: int) -> None:
        """Logs the layers of a model and what flows between them; once in a run, and where they changed.

        Args:
            name: the model's name among others; the tag becomes "structure/<name>".
            structure: the layers.
            step: the training step; it should rise from record to record of one name.

        Raises:
            ValueError: if it is something else, or the name or the step is not valid.
        """
        _check_type("structure", structure, Structure, "as of tb_seqviz_plugin.callbacks.structure_of(model, inputs)")
        self._put(name, StructurePayload(structure), step)

    @_checked
    def statistics(self, name: str, statistics: Statistics, *, step: int) -> None:
        """Logs numbers about the layers of a model.

        Args:
            name: that of the structure; the tag becomes "statistics/<name>".
            statistics: the numbers.
            step: the training step; it should rise from record to record of one name.

        Raises:
            ValueError: if it is something else, or the name or the step is not valid.
        """
        _check_type("statistics", statistics, Statistics, "as of Statistics(layers, values)")
        self._put(name, StatisticsPayload(statistics), step)

    @_checked
    def evaluation(
        self,
        name: str,
        table: Evaluation | Sequence[EvaluationRow | Mapping[str, Any]],
        *,
        step: int,
        examples: Sequence[EvaluationExample] = (),
        curves: Sequence[EvaluationCurve] = (),
        confusion: Mapping[str, npt.ArrayLike] | npt.ArrayLike | None = None,
        classes: Sequence[str] = (),
        task: EvaluationTask = "other",
        signatures: Mapping[str, str] | None = None,
        interval: str = "",
        evaluated: int = 0,
        notes: Sequence[str] = (),
    ) -> None:
        """Logs what a model can and cannot do: measures by slice of a data set, and the examples behind them.

        Args:
            name: of the data set; the tag becomes "evaluation/<name>".
            table: a row for each measure of each slice, the slice "all" first, as `EvaluationRow` or dict; or an `Evaluation`,
                which holds all but name and step.
            step: the training step; it should rise from record to record of one name.
            examples: those behind it, the same at all steps, in the same order.
            curves: measures along positions, lengths or the confidence.
            confusion: whole numbers [classes, classes], how often what is of a class (rows) was taken for one (columns), of
                everything or by slice; None for none.
            classes: what the classes are called; empty to number them.
            task: "classification", "token_labelling", "language_modelling", "sequence_to_sequence" or "other".
            signatures: of measures that a library computes with choices, what it says of them, by measure.
            interval: how the intervals were made, as a sentence.
            evaluated: how many examples were evaluated; 0 for those given.
            notes: sentences to show beside the record.

        Raises:
            ValueError: if there is no row, or the parts do not fit each other.

        >>> import tempfile
        >>> rows = [{"slice": "all", "measure": "accuracy", "value": 0.75, "low": 0.6, "high": 0.86, "count": 40},
        ...         {"slice": "target_length: 20 or more", "measure": "accuracy", "value": 0.5, "count": 10}]
        >>> with Writer(tempfile.mkdtemp()) as writer:
        ...     writer.evaluation("validation", rows, step=3)
        """
        if not isinstance(table, Evaluation):
            by_slice = (
                confusion if isinstance(confusion, Mapping) else {} if confusion is None else {WHOLE_SET: confusion}
            )
            table = Evaluation(
                table,  # type: ignore[arg-type]
                examples,
                curves,
                by_slice,  # type: ignore[arg-type]
                classes,
                task,
                signatures or {},
                interval,
                evaluated,
                _notes(notes),
            )
        elif (
            any(map(len, (examples, curves, classes, notes, signatures or ())))
            or confusion is not None
            or (task, interval, evaluated) != ("other", "", 0)
        ):
            raise ValueError(
                "An Evaluation was given, and other parts of one beside it, which would be lost; expected name and step only. "
                "Put them into it: dataclasses.replace(evaluation, notes=[...])."
            )
        self._put(name, EvaluationPayload(table), step)

    @_checked
    def tokens(
        self,
        name: str,
        text: str,
        tokens: Sequence[str],
        probabilities: npt.ArrayLike,
        *,
        step: int,
        ranks: npt.ArrayLike = (),
        lengths: Sequence[int] = (),
        source: str = "",
        vocabulary_size: int = 0,
        attention: str = "",
        notes: Sequence[str] = (),
    ) -> None:
        """Logs how probable a model finds each token of a text after those before it, to see when it learns them.

        Args:
            name: of the text; the tag becomes "tokens/<name>".
            text: the text, the same at all steps.
            tokens: its tokens, one string each.
            probabilities: numbers [tokens], of each; NaN where none was predicted, as of the first one of a language model.
            step: the training step; it should rise from record to record of one name.
            ranks: whole numbers [tokens], the place of each among all tokens by probability, 1 for the most probable, 0 where it
                is not known; empty if of none.
            lengths: how many code points of the text each token adds; empty where that is not known.
            source: what the text is made from, such as a sentence in another language.
            vocabulary_size: how many tokens there could be at each place, which chance is told by; 0 where that is not known.
            attention: name of the attention record of this text.
            notes: sentences to show beside the record.

        Raises:
            ValueError: if the sizes do not fit each other, or a number is out of range.

        >>> import math, tempfile
        >>> with Writer(tempfile.mkdtemp()) as writer:
        ...     writer.tokens("reference/0", "the cat", ["the", " cat"], [math.nan, 0.25], ranks=[0, 2], vocabulary_size=50, step=3)
        """
        given = Tokens(
            text,
            tokens,
            probabilities,  # type: ignore[arg-type]
            ranks,  # type: ignore[arg-type]
            lengths,
            source,
            vocabulary_size,
            attention,
            _notes(notes),
        )
        self._put(name, TokensPayload(given), step)

    @_checked
    def put(self, name: str, payload: Payload, *, step: int) -> None:
        """Logs a record of any kind.

        Args:
            name: of the record; the tag becomes "<kind>/<name>".
            payload: the record; `payload.kind` is one of `records.kinds.KINDS`. It is encoded before this returns, unless its kind
                has a `restore`.
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

    def flush(self, wait: float = PATIENCE, *, upload: bool = True) -> None:
        """Waits until everything logged so far is in the event file, for TensorBoard to see.

        Args:
            wait: how many seconds at most; what is not written by then is kept, and told by a warning.
            upload: whether to wait until it is in the object store, too, where it goes to one.
        """
        if self._channel is None or self._is_here:
            self._open_channel().flush(wait, upload)

    def claim(self) -> Path:
        """Returns `run_dir` as it will be until this is closed: from now on no other process writes there."""
        return self._open_channel().claim()

    def sync(self, folder: Path, cost: Cost | None = None) -> None:
        """Has the object store hold what a folder below `run_dir` holds, where the writer writes to one; returns at once.

        Where there is no such folder here, what the store holds of it is downloaded first.

        Args:
            folder: of this machine; its files must not change once they are written.
            cost: is told what it costs, in time; None for that of this writer.
        """
        self._open_channel().sync(folder, cost or self.cost)

    def close(self, wait: float = PATIENCE) -> None:
        """Writes what is left and closes; closing twice does no harm.

        Args:
            wait: how many seconds at most; what is not written by then is kept, and told by a warning.
        """
        channel, self._channel = self._channel, None
        if channel is not None and self._is_here:
            release(channel, wait)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _put(self, name: str, payload: Payload, step: int) -> None:
        record, whole, records = (make_tag(payload.kind, name), payload), _whole(step), self._records()
        if records is None:
            self._open_channel().put(whole, [record], cost=self.cost)
            return
        if records and records[0][0] != whole:
            raise ValueError(f"Step {whole} is logged together with step {records[0][0]}; expected one step for all.")
        records.append((whole, record))

    def beside(self, scalars: Mapping[str, float]) -> None:
        """Adds numbers for TensorBoard's own tab to what is logged together; where that is nothing, they are not logged either.

        Args:
            scalars: by tag.

        Raises:
            ValueError: outside of `together`.
        """
        if self._records() is None:
            raise ValueError("beside() was called by itself; expected it inside of `with writer.together():`.")
        self._group.scalars.update({tag: float(value) for tag, value in scalars.items()})

    def _records(self) -> list[tuple[int, tuple[str, Payload]]] | None:
        """Returns what this thread has logged together so far, None outside of `together`."""
        records: list[tuple[int, tuple[str, Payload]]] | None = getattr(self._group, "records", None)
        return records

    @_checked
    def _put_together(self) -> None:
        records = self._records()
        if records:
            listed, scalars = [record for _, record in records], self._group.scalars
            self._open_channel().put(records[0][0], listed, scalars=scalars, cost=self.cost)

    @property
    def _is_here(self) -> bool:
        """Whether the channel is of this process, and not of the one that it was forked from."""
        return self._process == os.getpid()

    def _open_channel(self) -> Channel:
        if self._channel is None:
            raise ValueError(f"The writer of {self._asked} is closed; open another one: Writer({str(self._asked)!r}).")
        if not self._is_here:
            self._channel, self._process = open_channel(self._asked), os.getpid()
        return self._channel


def _whole(step: SupportsIndex) -> int:
    """Returns the step, of any type that is a whole number to Python, as one that an event can hold."""
    whole = _index(step)
    if whole is None or not -(2**63) <= whole < 2**63:
        raise ValueError(f"The step is {step!r}; expected a whole number of at most 64 bits.")
    return whole


def _bytes(budget: SupportsIndex | None) -> int | None:
    """Returns a byte budget as an int, None for no bound."""
    if budget is None:
        return None
    whole = _index(budget)
    if whole is None or whole < 0:
        raise ValueError(
            f"byte_budget={budget!r}; expected a whole number of bytes, such as 1_000_000, or None to keep all."
        )
    return whole


def _index(value: SupportsIndex) -> int | None:
    """Returns what is a whole number to Python as an int; None for anything else, and for True."""
    try:
        return None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        return None


def _notes(notes: Sequence[str]) -> list[str]:
    if isinstance(notes, str) or not all(isinstance(note, str) for note in notes):
        raise ValueError(f"The notes are {notes!r}; expected a list of sentences, such as ['Cropped to 128 tokens.'].")
    return list(notes)


def _check_type(what: str, given: object, expected: type, example: str) -> None:
    if not isinstance(given, expected):
        raise ValueError(f"The {what} is of type {type(given).__name__}; expected {expected.__name__}, {example}.")
