"""What a record of attention is in Python: the layers of one forward pass over one probe example."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, ClassVar, Literal, cast

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.arguments import as_float32, check_no_text, check_texts
from tb_seqviz_plugin.records.attention.images import Image
from tb_seqviz_plugin.records.attention.quantise import Float
from tb_seqviz_plugin.records.attention.rows import are_even
from tb_seqviz_plugin.records.attention.strongest import Strongest
from tb_seqviz_plugin.records.record import Record
from tb_seqviz_plugin.schema.attention import ROLES, UNITS, Alarm, LeftOut, Role, Unit

Side = Literal["queries", "keys"]
PerToken = tuple[Unit, float]
"""A unit, and how much of it a position lasts, such as ("ms", 12.5)."""


@dataclass(frozen=True)
class AttentionLayer:
    """The weights of one call of one attention layer.

    Args:
        path: names of the nested layers, joined by "/", such as "decoder/attention".
        weights: float32 [heads, queries, keys], what the model used, of either sign; other numbers that numpy reads are
            converted.
        query_tokens: one string per query; empty for bare positions.
        key_tokens: one string per key; empty for bare positions.
        role: "encoder self", "decoder self", "cross" or "other".
        class_name: the layer's class, "" if there is none.
        call: which call of this layer in the forward pass it is, from 0.
        query_axis: name of the tokens along the queries, such as "target".
        key_axis: name of the tokens along the keys, such as "source".
        notes: what a reader should know about these weights, as sentences.
        guessed: which of "queries" and "keys" got their tokens by a guess, from their number alone.
        mask: bool [queries, keys], True where a query may look; None where weights that are exactly 0 tell.
        logits: float32 [heads, queries, keys], what the softmax was taken of, scaled and with its bias; None if unknown. They are
            measured, not stored.
        max_logit: float32 [heads], the largest of them where no more is known; None if unknown. It is measured, not stored.
        value_norms: float32 [heads, keys], the length of the value vector of each key, of which a weight times that is what the key
            brings; None where they are not known, as in what is read of a layer that was pooled.
        measures: float32 [heads] by name, as `schema.attention.HEAD_MEASURES` defines them; what does not apply is absent. They are
            of what is read; what is logged is measured anew.
        pooled: queries and keys of the blocks of which what is read has the strongest weight; (1, 1) where it has all. What is
            logged is pooled by its byte budget.
        strongest: what is read of a layer that is pooled has the strongest weights of each query; None where there was no room for
            them, and where `weights` has all.
        softmax: float32 [heads, queries, keys], what came out of the softmax where the model used something else, such as that
            with a mask laid over it; it may have another number of heads. None where it is the weights, or none is known.
        apart: whether keys are known to be something else than the queries, such as the experts that a router chooses from; it
            counts where the role says nothing.
        reads: the places in the record of the other layers that it is computed from, also through others; None where that is not
            known.
        query_unit: what each query lasts where queries are time, such as ("frames", 4); None where they are not.
        key_unit: the same of the keys.

    Raises:
        ValueError: if the shape is another, tokens do not fit it, the role is unknown, or an axis has tokens and a unit.
    """

    path: str
    weights: Float
    query_tokens: Sequence[str] = ()
    key_tokens: Sequence[str] = ()
    role: Role = "other"
    class_name: str = ""
    call: int = 0
    query_axis: str = "query"
    key_axis: str = "key"
    notes: Sequence[str] = ()
    guessed: Sequence[Side] = ()
    softmax: Float | None = None
    mask: npt.NDArray[np.bool_] | None = None
    logits: Float | None = None
    max_logit: Float | None = None
    value_norms: Float | None = None
    measures: Mapping[str, Float] = field(default_factory=dict)
    pooled: tuple[int, int] = (1, 1)
    strongest: Strongest | None = None
    apart: bool = False
    reads: Sequence[int] | None = None
    query_unit: PerToken | None = None
    key_unit: PerToken | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.path, str):
            raise ValueError(f"The path of a layer is {self.path!r}; expected text, such as 'decoder/attention'.")
        object.__setattr__(self, "weights", weights_of(self.path, self.weights))
        shape = self.weights.shape
        if self.softmax is not None:
            object.__setattr__(self, "softmax", weights_of(self.path, self.softmax, "softmax"))
            if self.softmax.ndim != 3 or self.softmax.shape[1:] != shape[1:] or 0 in self.softmax.shape:
                raise ValueError(
                    f"The softmax of layer {self.path!r} has shape {list(self.softmax.shape)}; expected [heads, queries, keys] "
                    f"with the queries and keys of the weights, of shape {list(shape)}."
                )
        if len(shape) != 3 or 0 in shape:
            raise ValueError(
                f"The weights of layer {self.path!r} have shape {list(shape)}; expected [heads, queries, keys], none of "
                "them 0. Give one example without its batch axis; for one head use weights[None]."
            )
        if self.mask is not None:
            object.__setattr__(self, "mask", _as_mask(self.path, self.mask, shape[1:]))
        if self.logits is not None:
            object.__setattr__(self, "logits", weights_of(self.path, self.logits, "logits"))
            if self.logits.shape != shape:
                raise ValueError(
                    f"The logits of layer {self.path!r} have shape {list(self.logits.shape)}; expected that of its weights, "
                    f"{list(shape)}."
                )
        for name, expected, axes in (("max_logit", shape[:1], "[heads]"), ("value_norms", shape[::2], "[heads, keys]")):
            given = getattr(self, name)
            if given is None:
                continue
            numbers = as_float32(f"{name} of layer {self.path!r}", given, axes)
            object.__setattr__(self, name, numbers)
            if numbers.shape != expected:
                raise ValueError(
                    f"The {name} of layer {self.path!r} has shape {list(numbers.shape)}; expected {axes}, here {list(expected)}."
                )
        if self.role not in ROLES:
            raise ValueError(
                f"The role of layer {self.path!r} is {self.role!r}; expected one of {', '.join(map(repr, ROLES))}."
            )
        for side, tokens, length in (("query", self.query_tokens, shape[1]), ("key", self.key_tokens, shape[2])):
            check_no_text(f"{side} tokens of layer {self.path!r}", tokens, "strings, such as ['the', 'dog']")
            if len(tokens) not in (0, length):
                raise ValueError(
                    f"Layer {self.path!r} has {len(tokens)} {side} tokens for weights of shape {list(shape)}; expected "
                    f"{length}, one per {side}, or none."
                )
            for token in tokens:
                if not isinstance(token, str):
                    raise ValueError(
                        f"Layer {self.path!r} has the {side} token {token!r}; expected text. Pass what the ids stand for, or "
                        "str(id)."
                    )
        for side, name, tokens in (("query", "query_unit", self.query_tokens), ("key", "key_unit", self.key_tokens)):
            unit = getattr(self, name)
            if unit is None:
                continue
            object.__setattr__(self, name, per_token(unit, f"The {name} of layer {self.path!r} is {unit!r}"))
            if len(tokens):
                raise ValueError(
                    f"Layer {self.path!r} has {side} tokens and a {name}, {unit!r}; expected one of them, since positions are "
                    "words or time."
                )
        check_texts(f"notes of layer {self.path!r}", self.notes, "sentences")


@dataclass(frozen=True)
class AttentionRecord(Record):
    """What an event file holds about one probe example at one step.

    Args:
        run: the run, that is the folder below the log directory.
        tag: "attention/<name>", the probe example's name in it.
        step: the step at which it was logged.
        wall_time: when it was logged, in seconds since 1970.
        layers: one entry per attention layer and call, in the order of the forward pass.
        title: the example in words; may be "".
        notes: what a reader should know about this record, as sentences.
        alarms: what begins to be wrong at this step.
        images: the image of the example with its patches, if it has one.
        left_out: what attends in the forward pass and is not in the record; None where that is not known.
    """

    kind: ClassVar[str] = "attention"
    layers: Sequence[AttentionLayer]
    title: str = ""
    notes: Sequence[str] = ()
    alarms: Sequence[Alarm] = ()
    images: Sequence[Image] = ()
    left_out: Sequence[LeftOut] | None = None


def weights_of(path: str, weights: npt.ArrayLike, what: str = "weights") -> Float:
    """Returns the weights of a layer, or what else there is of each, as float32, without a copy where they are that already.

    Raises:
        ValueError: if they are not an array of numbers.
    """
    return as_float32(f"{what} of layer {path!r}", weights, "[heads, queries, keys]")


def per_token(value: Any, what: str) -> PerToken:
    """Returns a unit with what a position lasts.

    Args:
        value: the pair.
        what: how an error begins.

    Raises:
        ValueError: if it is none.
    """
    is_pair = isinstance(value, tuple | list) and len(value) == 2
    is_number = is_pair and isinstance(value[1], Real) and not isinstance(value[1], bool)
    number = float(value[1]) if is_number else math.nan
    if not is_pair or value[0] not in UNITS or not 0 < number < math.inf:
        raise ValueError(
            f"{what}; expected a unit, {', '.join(map(repr, UNITS))}, and how much of it each position lasts, such as "
            "('ms', 12.5)."
        )
    return cast("Unit", value[0]), number


def _as_mask(path: str, mask: npt.ArrayLike, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    found = np.asarray(mask)
    if found.dtype != np.bool_ or found.shape != shape:
        raise ValueError(
            f"The mask of layer {path!r} is of {found.dtype} and shape {list(found.shape)}; expected bool [queries, keys], here "
            f"{list(shape)}, True where a query may look. Of a mask that is added to scores pass mask == 0."
        )
    return found


def guess_self_role(weights: Float) -> Role:
    """Returns "decoder self" where no query looks at a later key, else "encoder self".

    A query that may look at nothing, as one of padding, has equal weights on all keys of a softmax: it does not tell, unless all
    have.

    Args:
        weights: float32 [heads, queries, keys] over one and the same tokens, of either sign.
    """
    looks_ahead, tells = False, False
    for head in weights:
        sizes = np.abs(head)
        ahead = (np.triu(sizes, k=1) > 0).any(axis=1)
        with np.errstate(invalid="ignore"):
            even = are_even(sizes.max(axis=1), sizes.min(axis=1))
        if (ahead & ~even).any():
            return "encoder self"
        looks_ahead |= bool(ahead.any())
        tells |= not even.all()
    return "decoder self" if weights.shape[2] > 1 and (tells or not looks_ahead) else "encoder self"
