"""The tokens record as the blobs and series that `schema/` lays out, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.probability_codes import decode_probabilities, encode_probabilities
from tb_seqviz_plugin.records.tokens.record import Tokens, TokensRecord, surprisals_of
from tb_seqviz_plugin.schema import BASE_VERSION
from tb_seqviz_plugin.schema.tokens import TokensHeader, TokensSetup, TokensStep
from tb_seqviz_plugin.wire.frame import (
    array_of,
    checked_header,
    decode_frame,
    decode_header,
    decoder,
    encode_frame,
    narrowest,
)
from tb_seqviz_plugin.wire.header import read_header
from tb_seqviz_plugin.wire.payload import Encoded


@dataclass(frozen=True)
class TokensPayload:
    """The tokens of a text on their way to the event file.

    Args:
        tokens: the tokens.
    """

    kind: ClassVar[str] = TokensRecord.kind
    tokens: Tokens

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored."""
        return encode_tokens(self.tokens, record=record)


def encode_tokens(tokens: Tokens, *, record: int = 1) -> Encoded:
    """Returns the blobs of a record, and its series.

    Args:
        tokens: of the text.
        record: how many records the tag has had so far, this one counted.
    """
    setup = TokensSetup(
        version=BASE_VERSION,
        text=tokens.text,
        tokens=list(tokens.tokens),
        lengths=[int(length) for length in tokens.lengths],
        source=tokens.source,
        vocabulary_size=int(tokens.vocabulary_size),
        attention=tokens.attention,
    )
    numbers = {"probability": encode_probabilities(tokens.probabilities), "rank": narrowest(tokens.ranks)}
    return Encoded(
        blobs=[encode_frame({}, TokensHeader(BASE_VERSION, "tokens", record, list(tokens.notes)))],
        beside={"measures": _measures_of(tokens), "texts": encode_frame(numbers, TokensStep(BASE_VERSION))},
        setup=encode_frame({}, setup),
    )


def _measures_of(tokens: Tokens) -> npt.NDArray[np.float32]:
    """Returns float32 [1, measures], in the order of `TOKEN_MEASURES`."""
    predicted = ~np.isnan(tokens.probabilities)
    ranked = tokens.ranks[tokens.ranks > 0]
    loss = surprisals_of(tokens.probabilities[predicted]).mean() if predicted.any() else np.nan
    accuracy = (ranked == 1).mean() if len(ranked) else np.nan
    with np.errstate(over="ignore"):
        return np.array([[loss, np.exp(loss), accuracy]], np.float32)


@decoder
def decode_tokens(blobs: Sequence[bytes], texts: bytes, setup: bytes) -> Tokens:
    """Returns the tokens of a record; the reverse of `encode_tokens`.

    Raises:
        FrameError: if the bytes are damaged or of a newer version.
    """
    header = read_header(TokensHeader, decode_header(blobs[0]))
    said = read_header(TokensSetup, decode_header(setup))
    now = decode_frame(texts)
    read_header(TokensStep, checked_header(now.header))
    count = len(said.tokens)
    return Tokens(
        text=said.text,
        tokens=said.tokens,
        probabilities=decode_probabilities(array_of(now.arrays, "probability", np.uint8, [2, count])),
        ranks=array_of(now.arrays, "rank", np.unsignedinteger, [count]).astype(np.int64),
        lengths=said.lengths,
        source=said.source,
        vocabulary_size=said.vocabulary_size,
        attention=said.attention,
        notes=tuple(header.notes),
    )


@decoder
def tokens_fields(stored: Encoded) -> dict[str, Any]:
    """Returns the fields of a `TokensRecord` but its place."""
    tokens = decode_tokens(stored.blobs, stored.part("texts", bytes), stored.part("setup", bytes))
    return {each.name: getattr(tokens, each.name) for each in dataclasses.fields(tokens)}
