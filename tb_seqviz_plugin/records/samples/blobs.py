"""The samples record as the blobs and series that `schema/` lays out, and back."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.probability_codes import decode_probabilities, encode_probabilities
from tb_seqviz_plugin.records.remarks import remarks_in, restoring, with_remarks
from tb_seqviz_plugin.records.samples.record import Alternatives, BeamTree, Sample
from tb_seqviz_plugin.schema import BASE_VERSION, readable_name
from tb_seqviz_plugin.schema.samples import (
    SAMPLE_MEASURES,
    SampleHeader,
    SampleKey,
    SamplesHeader,
    SamplesSetup,
    TextsHeader,
)
from tb_seqviz_plugin.wire.frame import (
    Array,
    FrameError,
    array_of,
    decode_blob,
    decode_header,
    decoder,
    encode_frame,
    narrowest,
)
from tb_seqviz_plugin.wire.header import read_header
from tb_seqviz_plugin.wire.payload import Encoded

_UINT = np.unsignedinteger
_BLOB_TOKENS = 1 << 16
"""A blob is closed once it holds this many tokens, about 1 MB with five alternatives."""


def encode_samples(samples: Sequence[Sample], *, tag: str, notes: Sequence[str] = (), record: int = 1) -> Encoded:
    """Returns the blobs of a record, its series and its scalars.

    Args:
        samples: by prompt, temperature and repeat, at least one.
        tag: the record's tag, for the scalars.
        notes: sentences about the record.
        record: how many records the tag has had so far, this one counted.
    """
    vocabulary = _Vocabulary()
    width = max((len(row) for sample in samples for row in sample.alternatives), default=0)
    frames: list[dict[str, Array]] = []
    headers: list[SampleHeader] = []
    for chunk in _chunks(samples):
        headers += _headers(chunk, blob=len(frames) + 1)
        if any(header.blob >= 0 for header in headers[-len(chunk) :]):
            frames.append(_token_arrays(chunk, vocabulary))
        if any(header.alternatives >= 0 for header in headers[-len(chunk) :]):
            frames.append(_alternative_arrays(chunk, width, vocabulary))
    for place, sample in enumerate(samples):
        if sample.tree is not None:
            frames.append(_tree_arrays(sample.tree, vocabulary))
            headers[place] = replace(headers[place], tree=len(frames))
    remarks = remarks_in(notes, *(sample.notes for sample in samples))
    header = SamplesHeader(BASE_VERSION, "samples", record, headers, list(vocabulary.places), list(notes), remarks)
    measures = [[sample.measures.get(name, np.nan) for name in SAMPLE_MEASURES] for sample in samples]
    return Encoded(
        blobs=[encode_frame({}, header), *(encode_frame(arrays, repetitive=True) for arrays in frames)],
        beside={
            "measures": np.array(measures, np.float32),
            "texts": encode_frame({}, TextsHeader(BASE_VERSION, [sample.text for sample in samples])),
        },
        setup=encode_frame({}, _setup_of(samples)),
        scalars=_scalars(samples, tag),
    )


@decoder
def decode_samples(
    blobs: Sequence[bytes], texts: bytes, setup: bytes, measures: npt.NDArray[np.float32]
) -> tuple[SamplesHeader, list[Sample]]:
    """Returns the header and the samples of a record; the reverse of `encode_samples`.

    Raises:
        FrameError: if the bytes are damaged or of a newer version.
    """
    said, stays = read_header(TextsHeader, decode_header(texts)), read_header(SamplesSetup, decode_header(setup))
    return _decode(blobs, said, stays, measures)


@decoder
def samples_fields(stored: Encoded) -> dict[str, Any]:
    """Returns the fields of a `SamplesRecord` but its place."""
    texts, setup = stored.part("texts", bytes), stored.part("setup", bytes)
    header, samples = decode_samples(stored.blobs, texts, setup, stored.part("measures", np.ndarray))
    return {"samples": samples, "notes": tuple(with_remarks(header.notes, header.remarks))}


def column_name(temperature: float, beams: int) -> str:
    """Returns how a sample was made in words, such as "temperature 0.5"."""
    if beams:
        return f"{beams} beams"
    return f"temperature {temperature:g}" if temperature else "greedy"


class _Vocabulary:
    """Every token of a record once."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def of(self, tokens: Iterable[str]) -> Array:
        """Returns the places of tokens; new ones are added."""
        places = self.places
        return narrowest([places.setdefault(token, len(places)) for token in tokens])


def _chunks(samples: Sequence[Sample]) -> Iterator[list[Sample]]:
    """Yields the samples in order, as many together as fit a blob."""
    chunk: list[Sample] = []
    tokens = 0
    for sample in samples:
        if chunk and tokens + len(sample.tokens) > _BLOB_TOKENS:
            yield chunk
            chunk, tokens = [], 0
        chunk.append(sample)
        tokens += len(sample.tokens)
    yield chunk


def _headers(chunk: Sequence[Sample], blob: int) -> list[SampleHeader]:
    headers: list[SampleHeader] = []
    first = 0
    for sample in chunk:
        count = len(sample.tokens)
        headers.append(
            SampleHeader(
                tokens=count,
                first=first,
                blob=blob if count else -1,
                alternatives=blob + 1 if any(map(len, sample.alternatives)) else -1,
                tree=-1,
                attention=readable_name(sample.attention),
                first_query=int(sample.first_query),
                notes=list(sample.notes),
            )
        )
        first += count
    return headers


def _token_arrays(chunk: Sequence[Sample], vocabulary: _Vocabulary) -> dict[str, Array]:
    counts = [len(sample.tokens) for sample in chunk]
    probabilities = [_or(sample.probabilities, np.nan, count) for sample, count in zip(chunk, counts, strict=True)]
    ranks = [_or(sample.ranks, 0, count) for sample, count in zip(chunk, counts, strict=True)]
    return {
        "token": vocabulary.of(chain.from_iterable(sample.tokens for sample in chunk)),
        "length": narrowest(list(chain.from_iterable(sample.lengths for sample in chunk))),
        "probability": encode_probabilities(np.concatenate(probabilities)),
        "rank": narrowest(np.concatenate(ranks)),
    }


def _alternative_arrays(chunk: Sequence[Sample], width: int, vocabulary: _Vocabulary) -> dict[str, Array]:
    """Returns the alternatives; where a place has fewer, or none, "" fills up, with NaN as its probability."""
    rows = chain.from_iterable(sample.alternatives or [()] * len(sample.tokens) for sample in chunk)
    flat = [pair for row in rows for pair in (*row, *[("", math.nan)] * (width - len(row)))]
    probabilities = np.array([probability for _, probability in flat], np.float32)
    return {
        "token": vocabulary.of(token for token, _ in flat).reshape(-1, width),
        "probability": encode_probabilities(probabilities.reshape(-1, width)),
    }


def _tree_arrays(tree: BeamTree, vocabulary: _Vocabulary) -> dict[str, Array]:
    return {
        "parent": np.asarray(tree.parents, np.int32),
        "token": vocabulary.of(tree.tokens),
        "probability": encode_probabilities(tree.probabilities),
        "score": np.asarray(tree.scores, np.float32),
        "best": np.asarray(tree.best, np.uint8),
        "end": np.asarray(tree.ends, np.uint8),
    }


def _setup_of(samples: Sequence[Sample]) -> SamplesSetup:
    pairs = dict.fromkeys((sample.prompt, sample.reference) for sample in samples)
    places = {pair: place for place, pair in enumerate(pairs)}
    return SamplesSetup(
        version=BASE_VERSION,
        prompts=[prompt for prompt, _ in pairs],
        references=[reference for _, reference in pairs if reference is not None],
        samples=[
            SampleKey(
                prompt=places[sample.prompt, sample.reference],
                temperature=float(sample.temperature),
                repeat=int(sample.repeat),
                beams=int(sample.beams),
            )
            for sample in samples
        ],
    )


def _scalars(samples: Sequence[Sample], tag: str) -> dict[str, float]:
    """Returns the mean of each measure over the samples made alike, under names of TensorBoard's Scalars tab."""
    scalars: dict[str, float] = {}
    columns: dict[str, list[Sample]] = {}
    for sample in samples:
        columns.setdefault(column_name(sample.temperature, sample.beams), []).append(sample)
    for name in SAMPLE_MEASURES:
        for column, alike in columns.items():
            values = np.array([sample.measures.get(name, np.nan) for sample in alike], np.float64)
            if not np.isnan(values).all():
                scalars[f"{tag}/{name}/{column}"] = float(np.nanmean(values))
    return scalars


def _decode(
    blobs: Sequence[bytes], texts: TextsHeader, setup: SamplesSetup, measures: npt.NDArray[np.float32]
) -> tuple[SamplesHeader, list[Sample]]:
    header = read_header(SamplesHeader, decode_header(blobs[0]))
    if measures.ndim != 2:
        raise FrameError(f"The measures of a record have shape {list(measures.shape)}; expected [samples, measures].")
    named = [blob for sample in header.samples for blob in (sample.blob, sample.alternatives, sample.tree)]
    frames = {blob: decode_blob(blobs, blob) if blob >= 0 else {} for blob in dict.fromkeys(named)}
    _check_places(header.samples)
    samples, remarked = [], restoring(header.remarks)
    for key, text, sample, row in zip(setup.samples, texts.texts, header.samples, measures, strict=True):
        tokens = frames[sample.blob]
        places = slice(sample.first, sample.first + sample.tokens)
        samples.append(
            Sample(
                prompt=_at(setup.prompts, key.prompt),
                reference=_at(setup.references, key.prompt) if setup.references else None,
                text=text,
                temperature=key.temperature,
                repeat=key.repeat,
                beams=key.beams,
                **(_decode_tokens(tokens, places, header.vocabulary) if tokens else {}),
                alternatives=_decode_alternatives(frames[sample.alternatives], places, header.vocabulary),
                measures=dict(zip(SAMPLE_MEASURES, row.tolist(), strict=False)),
                tree=_decode_tree(frames[sample.tree], header.vocabulary),
                attention=sample.attention,
                first_query=sample.first_query,
                notes=remarked(sample.notes),
            )
        )
    return header, samples


def _check_places(samples: Sequence[SampleHeader]) -> None:
    """Raises a FrameError unless what is in a blob is of one sample: what a few bytes claim many times would fill memory."""
    taken: Counter[int] = Counter()
    owners: dict[int, object] = {}
    for place, sample in enumerate(samples):
        fits = sample.tokens >= 0 and (not sample.tokens or sample.first == taken[sample.blob])
        for blob, owner in ((sample.alternatives, sample.blob), (sample.tree, ("tree", place))):
            fits = fits and (blob < 0 or owners.setdefault(blob, owner) == owner)
        if not fits:
            raise FrameError(f"Sample {place} of a record lies where it cannot; the event file is damaged.")
        taken[sample.blob] += sample.tokens


def _decode_tokens(arrays: Mapping[str, Array], places: slice, vocabulary: Sequence[str]) -> dict[str, Any]:
    """Returns what a sample says of its tokens, which are so many."""
    tokens, lengths, ranks = (array_of(arrays, name, _UINT, [None])[places] for name in ("token", "length", "rank"))
    probabilities = array_of(arrays, "probability", np.uint8, [2, None])[:, places]
    count = places.stop - places.start
    for found in (tokens, lengths, ranks, probabilities[0]):
        if len(found) != count:
            raise FrameError(f"A sample has {count} tokens, of which a blob holds {len(found)}.")
    return {
        "tokens": [vocabulary[place] for place in tokens],
        "lengths": lengths.tolist(),
        "probabilities": decode_probabilities(probabilities).tolist(),
        "ranks": ranks.tolist(),
    }


def _decode_alternatives(arrays: Mapping[str, Array], places: slice, vocabulary: Sequence[str]) -> list[Alternatives]:
    if not arrays:
        return []
    tokens = array_of(arrays, "token", _UINT, [None, None])
    codes = array_of(arrays, "probability", np.uint8, [2, *tokens.shape])
    return [
        [(vocabulary[place], value) for place, value in zip(row, values, strict=True) if not math.isnan(value)]
        for row, values in zip(tokens[places].tolist(), decode_probabilities(codes[:, places]).tolist(), strict=True)
    ]


def _decode_tree(arrays: Mapping[str, Array], vocabulary: Sequence[str]) -> BeamTree | None:
    if not arrays:
        return None
    parents = array_of(arrays, "parent", np.int32, [None])
    return BeamTree(
        parents=parents,
        tokens=[vocabulary[place] for place in array_of(arrays, "token", _UINT, parents.shape)],
        probabilities=decode_probabilities(array_of(arrays, "probability", np.uint8, [2, *parents.shape])),
        scores=array_of(arrays, "score", np.float32, parents.shape),
        best=array_of(arrays, "best", np.uint8, parents.shape).astype(bool),
        ends=array_of(arrays, "end", np.uint8, parents.shape).astype(bool),
    )


def _at(texts: Sequence[str], place: int) -> str:
    if not 0 <= place < len(texts):
        raise FrameError(f"A sample is of prompt {place}, of which there are {len(texts)}.")
    return texts[place]


def _or(values: Sequence[float], otherwise: float, count: int) -> Array:
    return np.asarray(values) if len(values) else np.full(count, otherwise)
