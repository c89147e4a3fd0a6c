"""What one number says about a head: the measures of `schema.attention.HEAD_MEASURES`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.attention.agreement import agreement
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.compiled import CompiledReader, loops_for
from tb_seqviz_plugin.records.attention.pooling import Pool
from tb_seqviz_plugin.records.attention.rows import NEAR, Float, Mask, Reader, Rows, dots
from tb_seqviz_plugin.records.side_by_side import side_by_side
from tb_seqviz_plugin.schema.attention import FORMER_MEASURES, MEASURES

_LARGE = 1 << 24
"""So many weights of layers are looked at side by side."""
_AT_ONCE = 8
"""Layers of which is held what is found until they are read, so that threads seldom wait for each other."""
_WIDTH = 0.2
"""g of the guided attention of Tachibana et al."""


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
        is_signed: whether some weight is below 0.
        is_causal: whether queries and keys are the same tokens and all weights on later ones are 0.
    """

    values: Float
    evenness: Float
    ahead: Float
    columns: Float
    aside: Float
    broken: npt.NDArray[np.intp]
    rows: npt.NDArray[np.intp]
    is_signed: bool
    is_causal: bool

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
    value_norms: Float | None = None,
    pool: Pool | None = None,
) -> Look:
    """Returns what there is to see of each head; see `Heads`."""
    return looks_at([Heads(weights, tokens, mask, logits, max_logit, value_norms, pool)])[0]


def looks_at(layers: Iterable[Heads]) -> list[Look]:
    """Returns what there is to see of the heads of layers, which are read side by side where they are large."""
    looks: list[Look] = []
    left = iter(layers)
    while some := list(islice(left, _AT_ONCE)):
        each = side_by_side if sum(layer.weights.size for layer in some) >= _LARGE else map
        places = [(layer, at) for layer in some for at in range(len(layer.weights))]
        heads = iter(list(each(lambda place: place[0].read(place[1]), places)))
        of_layers = [(layer, list(islice(heads, len(layer.weights)))) for layer in some]
        looks += each(lambda layer: layer[0].look(layer[1]), of_layers)
    return looks


class Heads:
    """The heads of a layer, of which each is read on its own.

    Args:
        weights: float32 [heads, queries, keys]; magnitudes count. Rows need not sum to 1; rows that sum to 0 (fully
            masked) or next to it, below what float32 holds in full, or hold a value that is not finite, and queries that are
            padding, take no part.
        tokens: what stands along the axes; None where nothing is known.
        mask: bool [queries, keys], True where a query may look; None where weights that are exactly 0 say so.
        logits: float32 [heads, queries, keys], what the softmax was taken of; None where that is not known.
        max_logit: float32 [heads], the largest of them, where they are not given.
        value_norms: float32 [heads, keys], the length of the value vector of each key; None where they are not known.
        pool: is filled with the weights, while they are looked at.
    """

    def __init__(
        self,
        weights: Float,
        tokens: Tokens | None = None,
        mask: Mask | None = None,
        logits: Float | None = None,
        max_logit: Float | None = None,
        value_norms: Float | None = None,
        pool: Pool | None = None,
    ) -> None:
        self.weights, self._tokens = weights, tokens or Tokens()
        self._mask, self._logits, self._max_logit = mask, logits, max_logit
        self._value_norms, self._pool = value_norms, pool
        _, queries, keys = weights.shape
        self._loops = loops_for(weights.size)
        about = (queries, keys, self._tokens.same, mask, self._tokens.padded)
        self._reader = (
            Reader(*about, pool.block if pool else 1) if self._loops is None else CompiledReader(self._loops, *about)
        )
        self._penalties = _Penalties(queries, self._tokens)

    def read(self, at: int) -> _Head:
        """Returns what is found of a head."""
        head = self.weights[at]
        rows = self._reader(head, None if self._pool is None else self._pool.of(at))
        values = {} if self._max_logit is None else {"max_logit": float(self._max_logit[at])}
        if self._logits is not None:
            values["max_logit"] = _largest(self._logits[at], head != 0 if self._mask is None else self._mask)
        if self._value_norms is not None and len(rows.places):
            values["contribution"] = float(rows.columns @ self._value_norms[at])
        return _Head.of(rows, head, self._tokens, self._penalties, values)

    def look(self, heads: Sequence[_Head]) -> Look:
        """Returns what is found of all heads, which are read already."""
        alike = agreement(self.weights, np.stack([head.taking_part for head in heads]), self._loops)
        found = [{**head.values, "agreement": of_head} for head, of_head in zip(heads, alike, strict=True)]
        return Look(
            np.array([[values.get(name, np.nan) for name in MEASURES] for values in found], np.float32),
            np.array([head.evenness for head in heads], np.float32),
            np.array([head.ahead for head in heads], np.float32),
            np.stack([head.columns for head in heads]),
            np.array([head.aside for head in heads], np.float32),
            np.array([head.broken for head in heads], np.intp),
            np.array([np.count_nonzero(head.taking_part) for head in heads], np.intp),
            any(head.is_signed for head in heads),
            all(head.is_causal for head in heads),
        )


@dataclass(frozen=True)
class _Head:
    """What is found of a head, and kept until all are read: as `Look` has it, NaN where it does not apply.

    Args:
        values: the measures that apply, by name.
        evenness: as in `Look`.
        ahead: as in `Look`.
        aside: as in `Look`.
        columns: float32 [keys], mean weight on each key.
        taking_part: bool [queries], of those that do.
        broken: how many weights are not finite.
        is_signed: whether some weight is below 0.
        is_causal: as in `Look`.
    """

    values: dict[str, float]
    evenness: float
    ahead: float
    aside: float
    columns: Float
    taking_part: Mask
    broken: int
    is_signed: bool
    is_causal: bool

    @classmethod
    def of(cls, rows: Rows, head: Float, tokens: Tokens, penalties: _Penalties, values: dict[str, float]) -> _Head:
        """Returns what is found, with measures that are known already."""
        taking_part = np.zeros(len(head), bool)
        taking_part[rows.places] = True
        evenness = ahead = aside = np.nan
        if len(rows.places):
            values, evenness = values | _of_any(rows, tokens), _evenness(rows)
            if tokens.same:
                values |= _of_the_same_tokens(rows, head, tokens)
                ahead = rows.ahead[rows.asking].sum() / max(np.count_nonzero(rows.asking), 1)
            if tokens.different and min(head.shape) > 1:
                penalty, of_equal_weights = penalties.of(rows.keys)
                values |= _of_an_alignment(rows, head, penalty)
                aside = values["diagonality"] / of_equal_weights if of_equal_weights else np.nan
        return cls(
            values, evenness, ahead, aside, rows.columns, taking_part, rows.broken, rows.is_signed, rows.is_causal
        )


def _of_any(rows: Rows, tokens: Tokens) -> dict[str, float]:
    """Returns the measures that any head has."""
    found = {
        "entropy": rows.entropy.mean(),
        "effective_keys": np.exp(rows.entropy).mean(),
        "first": rows.columns[0],
        "confidence": rows.largest.mean(),
    }
    several = rows.counts > 1
    if several.any():
        found["normalized_entropy"] = _of_the_most(rows, several)
    for name, places in (("padding", tokens.padding), ("separator", tokens.separators)):
        if len(places):
            found[name] = rows.columns[places].sum()
    return found


def _of_the_most(rows: Rows, some: Mask) -> float:
    """Returns the mean entropy of some rows as a share of what is allowed."""
    return float(np.minimum(rows.entropy[some] / np.log(rows.counts[some]), 1).mean())


def _evenness(rows: Rows) -> float:
    """Returns the mean entropy as a share of what is allowed, of queries that may look at something."""
    some = rows.asking & (rows.counts > 1)
    return _of_the_most(rows, some) if some.any() else float("nan")


def _of_the_same_tokens(rows: Rows, head: Float, tokens: Tokens) -> dict[str, float]:
    """Returns the measures of a head whose queries and keys are the same tokens."""
    found = {"distance": rows.distance.mean()}
    no_token = np.ones(len(head) + 2, bool)  # with a place before the first and one behind the last
    no_token[1:-1] = False
    no_token[tokens.padding + 1] = True
    for name, away, shares in zip(("previous", "self", "next"), NEAR, rows.near, strict=True):
        inside = ~no_token[rows.places + away + 1]
        if inside.any():
            found[name] = shares[inside].mean()
    for name, (queries, keys) in tokens.repeats(len(head)).items():
        if not len(queries):
            continue
        factor_of = np.zeros(len(head), np.float32)
        factor_of[rows.places] = 1 / rows.totals
        used = factor_of[queries] > 0
        queries, keys = queries[used], keys[used]
        if len(queries):
            found[name] = (np.abs(head[queries, keys]) * factor_of[queries]).sum() / len(np.unique(queries))
    return found


def _of_an_alignment(rows: Rows, head: Float, penalties: Float) -> dict[str, float]:
    """Returns the measures of a head whose queries and keys are different tokens."""
    places, count = rows.places, len(rows.places)
    if count < len(head):
        head, penalties = head[places], penalties[places]
    aside = dots(np.abs(head), penalties) / rows.totals
    found = {
        "diagonality": aside.mean(),
        "coverage": np.log(np.clip(rows.columns[rows.keys] * count, np.finfo(np.float32).tiny, 1)).sum(),
    }
    if count > 1:
        found["monotonicity"] = (np.diff(rows.strongest) >= 0).mean()
    return found


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
