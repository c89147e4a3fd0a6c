"""What one number says about a head: the measures of `schema.attention.HEAD_MEASURES`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.schema.attention import FORMER_MEASURES, MEASURES, PADDING_NAME, SEPARATOR_NAME, Role

Float = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_WIDTH = 0.2
"""g of the guided attention of Tachibana et al."""


@dataclass(frozen=True)
class Tokens:
    """What stands along a head's axes, as far as measures ask.

    Args:
        same: whether queries and keys are, or may be, the same tokens, place by place.
        different: whether they are, or may be, different ones, such as a text and its translation.
        keys: one string per key; empty for bare positions.
        queries: the same of the queries.
    """

    same: bool = False
    different: bool = False
    keys: Sequence[str] = ()
    queries: Sequence[str] = ()
    padding: npt.NDArray[np.intp] = field(init=False)
    separators: npt.NDArray[np.intp] = field(init=False)
    padded: npt.NDArray[np.intp] = field(init=False)
    """Places of queries that are padding, and take no part: what they look at is used by nobody."""

    @classmethod
    def of(
        cls, role: Role, queries: int, keys: int, key_tokens: Sequence[str], query_tokens: Sequence[str] = ()
    ) -> Tokens:
        """Returns what stands along the axes of a layer."""
        return cls(role != "cross" and queries == keys, role in ("cross", "other"), key_tokens, query_tokens)

    def __post_init__(self) -> None:
        padding = rf"|{_special(PADDING_NAME)}"
        object.__setattr__(self, "padding", _places(self.keys, padding))
        object.__setattr__(self, "separators", _places(self.keys, _special(SEPARATOR_NAME)))
        padded = _places(self.queries, padding)
        # Of a text of padding alone nothing else would be left.
        object.__setattr__(self, "padded", padded if len(padded) < len(self.queries) else padded[:0])


@dataclass(frozen=True)
class Look:
    """What a look at a layer's heads finds.

    Args:
        values: float32 [heads, measures] as `schema.attention.MEASURES` names them; NaN where one does not apply, and for a head
            without any usable row.
        evenness: float32 [heads], `normalized_entropy` without the queries that may look at nothing, of which a softmax makes equal
            weights on all keys.
        ahead: float32 [heads], mean weight of the same queries on later places; NaN where queries and keys are not the same tokens.
        columns: float32 [heads, keys], mean weight on each key.
        aside: float32 [heads], `diagonality` as a share of that of equal weights; NaN where there is none.
        broken: int [heads], how many weights are not finite.
        rows: int [heads], how many queries take part.
    """

    values: Float
    evenness: Float
    ahead: Float
    columns: Float
    aside: Float
    broken: npt.NDArray[np.intp]
    rows: npt.NDArray[np.intp]

    def of(self, measure: str) -> Float:
        """Returns one measure, float32 [heads]."""
        return self.values[:, MEASURES.index(measure)]


def measure(
    weights: Float, tokens: Tokens | None = None, mask: Mask | None = None, logits: Float | None = None
) -> Float:
    """Returns the measures of each head, `Look.values` of `look_at`.

    >>> values = dict(zip(MEASURES, measure(np.eye(3, dtype=np.float32)[None])[0].tolist()))
    >>> round(values["entropy"], 2), round(values["confidence"], 2), round(values["first"], 2)
    (0.0, 1.0, 0.33)
    """
    return look_at(weights, tokens, mask, logits).values


def look_at(
    weights: Float,
    tokens: Tokens | None = None,
    mask: Mask | None = None,
    logits: Float | None = None,
    max_logit: Float | None = None,
) -> Look:
    """Returns what there is to see of each head.

    Args:
        weights: float32 [heads, queries, keys]; magnitudes count. Rows need not sum to 1; rows that sum to 0 (fully
            masked) or hold a value that is not finite, and queries that are padding, take no part.
        tokens: what stands along the axes; None where nothing is known.
        mask: bool [queries, keys], True where a query may look; None where weights that are exactly 0 say so.
        logits: float32 [heads, queries, keys], what the softmax was taken of; None where that is not known.
        max_logit: float32 [heads], the largest of them, where they are not given.
    """
    tokens = tokens or Tokens()
    heads, queries, keys = weights.shape
    distances = _distances((queries, keys)) if tokens.same else None
    repeats = _repeats(tokens, queries) if tokens.same else {}
    penalties = _Penalties(queries, tokens)
    found = []
    evenness, ahead, aside = (np.full(heads, np.nan, np.float32) for _ in range(3))
    columns, broken = np.zeros((heads, keys), np.float32), np.zeros(heads, np.intp)
    taking_part = np.zeros(heads, np.intp)
    # Head by head: of a long sequence a single one fills memory several times over.
    for at, head in enumerate(weights):
        rows = _Rows.of(np.abs(head), mask, tokens.padded)
        values = {} if max_logit is None else {"max_logit": float(max_logit[at])}
        if logits is not None:
            values["max_logit"] = _largest(logits[at], head != 0 if mask is None else mask)
        if rows is None or len(rows.places) < queries:
            broken[at] = np.count_nonzero(~np.isfinite(head))
        if rows is not None:
            columns[at], taking_part[at] = rows.shares.mean(axis=0), len(rows.places)
            values |= rows.measures(tokens)
            evenness[at] = rows.evenness()
            if distances is not None:
                values |= rows.of_the_same_tokens(distances, repeats, tokens.padding)
                ahead[at] = rows.ahead()
            if tokens.different and min(queries, keys) > 1:
                penalty, of_equal_weights = penalties.of(rows.keys)
                values |= rows.of_an_alignment(columns[at], penalty)
                aside[at] = values["diagonality"] / of_equal_weights
        found.append([values.get(name, np.nan) for name in MEASURES])
    return Look(np.array(found, np.float32), evenness, ahead, columns, aside, broken, taking_part)


@dataclass(frozen=True)
class _Rows:
    """The rows of a head that take part.

    Args:
        shares: float32 [rows, keys], each row's sum 1.
        counts: int [rows], how many keys each may look at.
        places: int [rows], of each row among the queries.
        keys: bool [keys], those that any query may look at.
    """

    shares: Float
    counts: npt.NDArray[np.intp]
    places: npt.NDArray[np.intp]
    keys: Mask

    @classmethod
    def of(cls, weights: Float, mask: Mask | None, padded: npt.NDArray[np.intp]) -> _Rows | None:
        """Returns those of a head, of magnitudes [queries, keys]; None if there are none."""
        totals = weights.sum(axis=-1)
        usable = np.isfinite(totals) & (totals > 0)
        usable[padded] = False
        allowed: Mask = np.not_equal(weights, 0) if mask is None else mask
        asking = np.delete(allowed, padded, axis=0) if len(padded) else allowed
        counts, keys = np.count_nonzero(allowed, axis=-1), np.asarray(asking.any(axis=0))
        if not usable.all():
            weights, totals, counts = weights[usable], totals[usable], counts[usable]
        return cls(weights / totals[:, None], counts, np.flatnonzero(usable), keys) if len(totals) else None

    def measures(self, tokens: Tokens) -> dict[str, float]:
        """Returns those that any head has."""
        shares, entropy = self.shares, self._entropy
        found = {
            "entropy": entropy.mean(),
            "effective_keys": np.exp(entropy).mean(),
            "first": shares[:, 0].mean(),
            "confidence": shares.max(axis=-1).mean(),
        }
        several = self.counts > 1
        if several.any():
            found["normalized_entropy"] = np.minimum(entropy[several] / np.log(self.counts[several]), 1).mean()
        for name, columns in (("padding", tokens.padding), ("separator", tokens.separators)):
            if len(columns):
                found[name] = shares[:, columns].sum(axis=-1).mean()
        return found

    def of_the_same_tokens(
        self, distances: Float, repeats: Mapping[str, Float], padding: npt.NDArray[np.intp]
    ) -> dict[str, float]:
        """Returns those of a head whose queries and keys are the same tokens."""
        shares, places = self.shares, self.places
        rows = np.arange(len(places))
        found = {"distance": np.einsum("qk,qk->", shares, distances[places]) / len(places)}
        for name, offset in (("previous", -1), ("self", 0), ("next", 1)):
            inside = (places + offset >= 0) & (places + offset < shares.shape[1])
            inside &= ~np.isin(places + offset, padding)
            if inside.any():
                found[name] = shares[rows[inside], places[inside] + offset].mean()
        for name, marks in repeats.items():
            some = marks[places].any(axis=-1)
            if some.any():
                found[name] = np.einsum("qk,qk->q", shares, marks[places])[some].mean()
        return found

    def ahead(self) -> float:
        """Returns the mean weight on places after the query's own."""
        later = np.arange(self.shares.shape[1]) > self.places[:, None]
        asking = self._asking
        return float(np.einsum("qk,qk->q", self.shares, later)[asking].sum() / max(np.count_nonzero(asking), 1))

    def evenness(self) -> float:
        """Returns the mean entropy as a share of what is allowed, of queries that may look at something."""
        some = self._asking & (self.counts > 1)
        return (
            float(np.minimum(self._entropy[some] / np.log(self.counts[some]), 1).mean()) if some.any() else float("nan")
        )

    @cached_property
    def _asking(self) -> Mask:
        """The rows that may look at something: not those that are even over all keys where others look at some of them only."""
        least = self.shares.min(axis=-1)
        even = (self.shares.max(axis=-1) - least) <= np.float32(1e-6) * least
        return ~even if (least == 0).any() and not even.all() else np.ones(len(even), bool)

    @cached_property
    def _entropy(self) -> Float:
        """In nats, float32 [rows]."""
        logarithms = np.log(np.maximum(self.shares, np.finfo(np.float32).tiny))
        return np.maximum(-np.einsum("qk,qk->q", self.shares, logarithms), 0)  # a weight of 1 rounds to a little above

    def of_an_alignment(self, columns: Float, penalties: Float) -> dict[str, float]:
        """Returns those of a head whose queries and keys are different tokens."""
        shares, places = self.shares, self.places
        found = {
            "diagonality": np.einsum("qk,qk->", shares, penalties[places]) / len(places),
            "coverage": np.log(np.clip(columns[self.keys] * len(places), np.finfo(np.float32).tiny, 1)).sum(),
        }
        if len(places) > 1:
            found["monotonicity"] = (np.diff(shares.argmax(axis=-1)) >= 0).mean()
        return found


def _distances(shape: tuple[int, int]) -> Float:
    """Returns |q - k|, float32 [queries, keys]."""
    query, key = (np.arange(length, dtype=np.float32) for length in shape)
    return np.abs(query[:, None] - key)


class _Penalties:
    """How far from the diagonal a weight is: of what is left of queries and keys without the padding at their ends.

    Args:
        queries: how many there are.
        tokens: what stands along the axes.
    """

    def __init__(self, queries: int, tokens: Tokens) -> None:
        real = np.ones(queries, bool)
        real[tokens.padded] = False
        self._real, self._padding = real, tokens.padding
        self._of: dict[bytes, tuple[Float, float]] = {}

    def of(self, keys: Mask) -> tuple[Float, float]:
        """Returns 1 - exp(-(q / queries - k / keys)^2 / 2 g^2), float32 [queries, keys], and its mean over what is no padding.

        Args:
            keys: bool [keys], those that any query may look at.
        """
        if keys.tobytes() not in self._of:
            real = keys.copy()
            real[self._padding] = False
            away = np.square(_along(self._real)[:, None] - _along(real))
            penalties = 1 - np.exp(-away / np.float32(2 * _WIDTH**2))
            mean = float(penalties[np.ix_(self._real, real if real.any() else keys)].mean())
            self._of[keys.tobytes()] = penalties, mean
        return self._of[keys.tobytes()]


def _along(real: Mask) -> Float:
    """Returns where each place lies, the first that is real at 0 and the one after the last at 1; all count where none is."""
    places = np.flatnonzero(real) if real.any() else np.arange(len(real))
    return (np.arange(len(real), dtype=np.float32) - places[0]) / np.float32(places[-1] - places[0] + 1)


def _largest(logits: Float, allowed: Mask) -> float:
    inside = logits[allowed & np.isfinite(logits)]
    return float(inside.max()) if inside.size else float("nan")


def _repeats(tokens: Tokens, queries: int) -> dict[str, Float]:
    """Returns for `duplicate` and `induction` the places that count, 1 or 0, float32 [queries, keys]; nothing without tokens.

    What came after the place just before is the query itself, and padding is no token.
    """
    if len(tokens.keys) != queries:
        return {}
    _, numbers = np.unique(tokens.keys, return_inverse=True)
    same = np.tril(numbers[:, None] == numbers, k=-1)
    same[:, tokens.padding] = False
    behind = np.zeros_like(same)
    behind[:, 1:] = same[:, :-1]
    return {"duplicate": same.astype(np.float32), "induction": np.tril(behind, k=-1).astype(np.float32)}


def upgraded(values: Float, keys: Sequence[int]) -> Float:
    """Returns measures of a record that has `FORMER_MEASURES` as those of today; NaN where it did not tell.

    Args:
        values: float32 [heads, `FORMER_MEASURES`].
        keys: of each head.
    """
    former = dict(zip(FORMER_MEASURES, values.T, strict=True))
    today = {
        "entropy": former["entropy / ln(keys)"] * np.log(np.asarray(keys, np.float32)),
        "confidence": former["confidence"],
        "first": former["first"],
    }
    unknown = np.full(len(values), np.nan, np.float32)
    return np.stack([today.get(name, unknown) for name in MEASURES], axis=-1).astype(np.float32)


def by_name(values: Float) -> Mapping[str, Float]:
    """Returns the measures of a layer's heads, float32 [heads, measures], by name; what applies to none is left out."""
    return {name: column for name, column in zip(MEASURES, values.T, strict=True) if not np.isnan(column).all()}


def _special(names: str) -> str:
    return rf"\[(?:{names})\]|<\|?/?(?:{names})\|?>"


def _places(tokens: Sequence[str], pattern: str) -> npt.NDArray[np.intp]:
    special = re.compile(pattern, re.IGNORECASE)
    return np.array([place for place, token in enumerate(tokens) if special.fullmatch(token)], np.intp)
