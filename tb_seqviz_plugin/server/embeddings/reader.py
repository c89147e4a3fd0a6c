"""From the vectors in the log to what is asked about words: neighbours, movement, churn and a map; no HTTP here, numpy alone."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.blas import on_one_thread
from tb_seqviz_plugin.records.embeddings.blobs import decode_embeddings_header, decode_vectors
from tb_seqviz_plugin.records.embeddings.neighbours import CHURN_NEIGHBOURS, Metric, churn, lengths, nearest
from tb_seqviz_plugin.records.embeddings.record import EmbeddingsRecord, Float
from tb_seqviz_plugin.schema import parse_tag
from tb_seqviz_plugin.schema.answers import EmbeddingMapHeader, EmbeddingWords
from tb_seqviz_plugin.schema.embeddings import EmbeddingsHeader
from tb_seqviz_plugin.server.array_cache import ArrayCache
from tb_seqviz_plugin.server.embeddings.map import FlatMap, MapFit
from tb_seqviz_plugin.server.embeddings.words import Words, decode_words
from tb_seqviz_plugin.server.reader import NotFoundError, Reader, Where
from tb_seqviz_plugin.wire.frame import FrameError, decode_frame, encode_frame

MOST_STEPS = 200
"""A map, or an answer for all steps, goes over so many at most, evenly spread."""

_CACHE_BYTES = 512 << 20
_MOST_VECTOR_BYTES = 1 << 31
"""Of one step; an event cannot hold more."""
_CHURN_PRODUCTS = 1 << 31
"""Churn is counted of so many words that their neighbours take so many products of two numbers, half a second or so."""

Rows = npt.NDArray[np.int64]


@dataclasses.dataclass(eq=False)
class _Map:
    """A map that grows with the training.

    Args:
        words: of its points.
        records: step and wall time of each record on it, rising.
        fit: what it is made with.
        flat: the map of them all.
    """

    words: Words
    records: list[tuple[int, float]]
    fit: MapFit
    flat: FlatMap


@dataclasses.dataclass(frozen=True, eq=False)
class _Held:
    """What holds for the newest records of a tag.

    Args:
        words: what the vectors stand for.
        header: of the newest record.
        written: wall times by step, of the records with these labels, by rising step.
    """

    words: Words
    header: EmbeddingsHeader
    written: dict[int, float]


class EmbeddingReader:
    """Answers for the newest words of a tag: steps from before the labels changed are left out.

    Args:
        reader: where the records are from.
        capacity: how many bytes of decoded vectors to keep.
    """

    def __init__(self, reader: Reader, capacity: int = _CACHE_BYTES) -> None:
        self._reader = reader
        self._vectors = ArrayCache(capacity)
        # By run, tag, step and wall time.
        self._headers: dict[tuple[object, ...], EmbeddingsHeader] = {}
        # By run and tag.
        self._known_words: dict[tuple[str, str, str], Words] = {}
        self._maps: dict[tuple[str, str, str], _Map] = {}
        self._mapping = threading.Lock()
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="seqviz ahead")

    def labels(self, where: Where) -> bytes:
        """Returns the words of a tag, as a frame, and begins to decode their newest vectors, which are likely asked for next.

        Raises:
            NotFoundError: if there are none.
        """
        held = self._held(where)
        said = EmbeddingWords(
            layer=held.header.layer,
            since=min(held.written),
            rows=held.header.rows,
            dimensions=held.header.dimensions,
            frequency=held.words.frequency,
            setup=held.words.setup,
            notes=held.header.notes,
            remarks=held.header.remarks,
        )
        frame = encode_frame({"row": held.words.places}, said, repetitive=True)
        if 4 * held.header.rows * held.header.dimensions <= self._vectors.capacity:
            self._ahead.submit(self._read, where, held, max(held.written))
        return frame

    def neighbours(
        self, where: Where, rows: Sequence[int], metric: Metric, count: int, steps: Sequence[int] | None = None
    ) -> bytes:
        """Returns the nearest neighbours of some words at several steps, as a frame.

        Args:
            where: the run and tag.
            rows: the words, by their places in the record.
            metric: "cosine" or "euclidean".
            count: how many neighbours of each.
            steps: rising; None for all steps, or as many of them, evenly spread, as are kept decoded at once.

        Raises:
            NotFoundError: if there is no such series, step or row.
            FrameError: if it is damaged; of several steps, one that is damaged has no neighbours.
        """
        held = self._held(where)
        every = np.array(list(held.written), np.int64)
        if steps is None:
            fitting = self._vectors.capacity // 2 // (4 * held.header.rows * held.header.dimensions)
            steps = every[_spread(len(every), max(2, min(MOST_STEPS, fitting)))].tolist()
        self._check_rows(where, held, rows)
        found = np.full((len(steps), len(rows), count), -1, np.int32)
        values = np.full(found.shape, np.nan, np.float32)
        norms = np.full(found.shape[:2], np.nan, np.float32)
        for at, step in enumerate(steps):
            try:
                vectors = self._read(where, held, step)
            except FrameError:
                if len(steps) == 1:
                    raise
                continue
            near, scores = nearest(vectors, rows, count, metric)
            found[at, :, : near.shape[1]], values[at, :, : near.shape[1]] = near, scores
            norms[at] = lengths(vectors[np.asarray(rows, np.int64)])
        return encode_frame(
            {"steps": np.array(steps, np.int64), "neighbour": found, "value": values, "norm": norms},
            {"metric": metric},
        )

    def movement(self, where: Where, step: int, since: int) -> bytes:
        """Returns of every word how long its vector is at a step, and how far it is from where it was at another, as a frame.

        Args:
            where: the run and tag.
            step: the step.
            since: the other step.

        Raises:
            NotFoundError: if there is no such series or step.
        """
        held = self._held(where)
        now, before = self._read(where, held, step), self._read(where, held, since)
        with np.errstate(over="ignore", invalid="ignore"):
            alike = now.shape == before.shape
            moved = lengths(now - before) if alike else np.full(len(now), np.nan, np.float32)
        return encode_frame({"norm": lengths(now), "moved": moved})

    def churn(self, where: Where, rows: Sequence[int], metric: Metric, step: int, since: int) -> bytes:
        """Returns what share of the 10 nearest neighbours of words at a step is others than at another, as a frame.

        Args:
            where: the run and tag.
            rows: words to count it of besides the most frequent.
            metric: "cosine" or "euclidean".
            step: the step.
            since: the other step.

        Raises:
            NotFoundError: if there is no such series, step or row.
        """
        held = self._held(where)
        self._check_rows(where, held, rows)
        now, before = self._read(where, held, step), self._read(where, held, since)
        among = held.words.map_rows[: _CHURN_PRODUCTS // max(now.size, 1)]
        watched = np.unique(np.concatenate([np.array(rows, np.int64), among]))
        near, near_before = (nearest(vectors, watched, CHURN_NEIGHBOURS, metric)[0] for vectors in (now, before))
        shares = churn(near_before, near)
        shares[(near < 0).any(axis=1) | (near_before < 0).any(axis=1)] = np.nan
        return encode_frame({"row": watched.astype(np.int32), "churn": shares})

    def flat_map(self, where: Where, rows: Sequence[int]) -> bytes:
        """Returns where words lie on one map of all steps, as a frame.

        Args:
            where: the run and tag.
            rows: words to show besides those that the map is made from.

        Raises:
            NotFoundError: if there is no such series or row.
        """
        held = self._held(where)
        self._check_rows(where, held, rows)
        # Vectors of another width are of another model.
        wide = [step for step in held.written if self._width(where, held, step) == held.header.dimensions]
        fitted = held.words.map_rows
        clouds = self._whole_clouds(where, held, [wide[at] for at in _spread(len(wide), MOST_STEPS)], fitted)
        steps = list(clouds)
        flat = self._fitted(where, held, clouds)
        among = set(fitted.tolist())
        more = np.array([row for row in dict.fromkeys(rows) if row not in among], np.int64)

        def others(step: int) -> list[Float]:
            return [self._read(where, held, step, more)] if len(more) else []

        points = [
            np.concatenate([flat.place(at, of) for of in (cloud, *others(step))])
            for at, (step, cloud) in enumerate(clouds.items())
        ]
        return encode_frame(
            {
                "steps": np.array(steps, np.int64),
                "row": np.concatenate([fitted, more]).astype(np.int32),
                "position": np.stack(points),
            },
            EmbeddingMapHeader(fitted=len(fitted), shares=list(flat.shares)),
        )

    def _held(self, where: Where) -> _Held:
        tag = where[3]
        if parse_tag(tag)[0] != EmbeddingsRecord.kind:
            raise NotFoundError(f"The tag is {tag!r}; expected one of embeddings: no other has vectors.")
        listed = self._reader.steps(*where)
        since, frame = self._reader.setup(*where)
        words = self._known_words.get(where[1:])
        if words is None or words.frame != frame:
            self._known_words[where[1:]] = words = decode_words(frame)
        written = {step: time for step, time in zip(listed.steps, listed.wall_times, strict=True) if step >= since}
        return _Held(words, self._newest_header(where, words, written), written)

    def _newest_header(self, where: Where, words: Words, written: Mapping[int, float]) -> EmbeddingsHeader:
        """Returns what the newest record says that is not damaged."""
        damage = None
        for step in sorted(written, reverse=True):
            try:
                return self._checked_header(where, words, step, written[step])
            except FrameError as error:
                damage = damage or error
        raise damage or FrameError(f"{where[3]!r} of run {where[2]!r} has no record.")

    def _fitted(self, where: Where, held: _Held, clouds: Mapping[int, Float]) -> FlatMap:
        """Returns the map of some steps; of those that it had before, nothing is computed anew."""
        records = [(step, held.written[step]) for step in clouds]
        # One map is made at a time: what is asked for twice at once is then found by the second.
        with self._mapping:
            known = self._maps.get(where[1:])
            if known is None or known.words is not held.words or known.records != records[: len(known.records)]:
                known = None
            if known is not None and len(known.records) == len(records):
                return known.flat
            fit, first = (MapFit(), 0) if known is None else (known.fit, len(known.records))
            # A fit that was left half way is of no use.
            self._maps.pop(where[1:], None)
            with on_one_thread():
                for cloud in list(clouds.values())[first:]:
                    fit.add(cloud)
                flat = fit.flat_map()
            self._maps[where[1:]] = _Map(held.words, records, fit, flat)
            return flat

    def _header(self, where: Where, step: int, written: float) -> EmbeddingsHeader:
        place = (*where[1:], step, written)
        header = self._headers.get(place)
        if header is None:
            header = decode_embeddings_header(self._reader.blob(*where, step, 0))
            self._headers[place] = header
        return header

    def _checked_header(self, where: Where, words: Words, step: int, written: float) -> EmbeddingsHeader:
        """Returns what a record says, if that is a vector for each word, and no more than a record can hold.

        Raises:
            FrameError: if it says anything else.
        """
        header = self._header(where, step, written)
        if header.rows != len(words.places) or 4 * header.rows * header.dimensions > _MOST_VECTOR_BYTES:
            raise FrameError(
                f"Step {step} of {where[3]!r} in run {where[2]!r} has {header.rows} vectors of {header.dimensions} numbers; "
                f"expected one for each of {len(words.places)} labels, {_MOST_VECTOR_BYTES} bytes at most. The log is damaged."
            )
        return header

    def _width(self, where: Where, held: _Held, step: int) -> int:
        """Returns how many numbers the vectors of a step have, -1 where it is damaged."""
        try:
            return self._checked_header(where, held.words, step, held.written[step]).dimensions
        except FrameError:
            return -1

    def _whole_clouds(self, where: Where, held: _Held, steps: Sequence[int], rows: Rows) -> dict[int, Float]:
        """Returns some vectors of those steps that are whole, by step.

        Raises:
            FrameError: if none is.
        """
        clouds: dict[int, Float] = {}
        for step in steps:
            with contextlib.suppress(FrameError):
                clouds[step] = self._read(where, held, step, rows)
        if not clouds:
            raise FrameError(f"All vectors of {where[3]!r} in run {where[2]!r} are damaged.")
        return clouds

    def _check_rows(self, where: Where, held: _Held, rows: Sequence[int]) -> None:
        wrong = [row for row in rows if not 0 <= row < held.header.rows]
        if wrong:
            raise NotFoundError(
                f"{where[3]!r} in run {where[2]!r} has {held.header.rows} rows; row {wrong[0]} is not one of them."
            )

    def _read(self, where: Where, held: _Held, step: int, rows: Rows | None = None) -> Float:
        """Returns the vectors of a step, or of some rows of it, from as few blobs as must be."""
        if step not in held.written:
            raise NotFoundError(
                f"Run {where[2]!r} has no step {step} of {where[3]!r} with its newest labels, but {len(held.written)} "
                f"from {min(held.written)} to {max(held.written)}. Reload the page."
            )
        place = (*where[1:], step, held.written[step])
        if rows is None:
            return self._vectors.get(place, lambda: self._decode(where, held, step, None))
        whole = self._vectors.find(place)
        if whole is not None:
            return np.asarray(whole[rows])
        return self._vectors.get((*place, rows.tobytes()), lambda: self._decode(where, held, step, rows))

    def _decode(self, where: Where, held: _Held, step: int, rows: Rows | None) -> Float:
        header = self._checked_header(where, held.words, step, held.written[step])
        wanted = np.arange(header.rows) if rows is None else rows
        blob_of = wanted // header.rows_per_blob
        vectors = np.empty((len(wanted), header.dimensions), np.float32)

        def decode(blob: int) -> None:
            part = decode_vectors(decode_frame(self._reader.blob(*where, step, blob + 1)).arrays, header, blob + 1)
            first = blob * header.rows_per_blob
            if rows is None:
                vectors[first : first + header.rows_per_blob] = part
            else:
                of_blob = blob_of == blob
                vectors[of_blob] = part[wanted[of_blob] - first]

        # Copying and decompression are outside the GIL.
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(decode, np.unique(blob_of).tolist()))
        return vectors


def _spread(count: int, most: int) -> list[int]:
    """Returns up to `most` places among `count`, evenly spread from the first to the last."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist()
