"""What one number says about a head: the measures of `schema.attention.HEAD_MEASURES`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
    """

    same: bool = False
    different: bool = False
    keys: Sequence[str] = ()
    padding: npt.NDArray[np.intp] = field(init=False)
    separators: npt.NDArray[np.intp] = field(init=False)

    @classmethod
    def of(cls, role: Role, queries: int, keys: int, key_tokens: Sequence[str]) -> Tokens:
        """Returns what stands along the axes of a layer."""
        return cls(role != "cross" and queries == keys, role in ("cross", "other"), key_tokens)

    def __post_init__(self) -> None:
        object.__setattr__(self, "padding", _places(self.keys, rf"|{_special(PADDING_NAME)}"))
        object.__setattr__(self, "separators", _places(self.keys, _special(SEPARATOR_NAME)))


def measure(
    weights: Float, tokens: Tokens | None = None, mask: Mask | None = None, logits: Float | None = None
) -> Float:
    """Returns the measures of each head.

    Args:
        weights: float32 [heads, queries, keys]; magnitudes count. Rows need not sum to 1; rows that sum to 0 (fully
            masked) or hold a value that is not finite take no part.
        tokens: what stands along the axes; None where nothing is known.
        mask: bool [queries, keys], True where a query may look; None where weights that are exactly 0 say so.
        logits: float32 [heads, queries, keys], what the softmax was taken of; None where that is not known.

    Returns:
        float32 [heads, measures] as `schema.attention.MEASURES` names them; NaN where one does not apply, and for a head without
        any usable row.

    >>> values = dict(zip(MEASURES, measure(np.eye(3, dtype=np.float32)[None])[0].tolist()))
    >>> round(values["entropy"], 2), round(values["confidence"], 2), round(values["first"], 2)
    (0.0, 1.0, 0.33)
    """
    tokens = tokens or Tokens()
    distances = _distances(weights.shape[1:]) if tokens.same else None
    penalties = _penalties(weights.shape[1:]) if tokens.different and min(weights.shape[1:]) > 1 else None
    before = _before(tokens.keys) if tokens.same else ()
    # Head by head: of a long sequence a single one fills memory several times over.
    found = []
    for at, head in enumerate(weights):
        rows = _Rows.of(np.abs(head), mask)
        values = {} if logits is None else {"max_logit": _largest(logits[at], head != 0 if mask is None else mask)}
        if rows is not None:
            values |= rows.measures(tokens)
            values |= {} if distances is None else rows.of_the_same_tokens(distances, before)
            values |= {} if penalties is None else rows.of_an_alignment(penalties)
        found.append([values.get(name, np.nan) for name in MEASURES])
    return np.array(found, np.float32)


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
    def of(cls, weights: Float, mask: Mask | None) -> _Rows | None:
        """Returns those of a head, of magnitudes [queries, keys]; None if there are none."""
        totals = weights.sum(axis=-1)
        usable = np.isfinite(totals) & (totals > 0)
        allowed: Mask = np.not_equal(weights, 0) if mask is None else mask
        counts, keys = np.count_nonzero(allowed, axis=-1), np.asarray(allowed.any(axis=0))
        if not usable.all():
            weights, totals, counts = weights[usable], totals[usable], counts[usable]
        return cls(weights / totals[:, None], counts, np.flatnonzero(usable), keys) if len(totals) else None

    def measures(self, tokens: Tokens) -> dict[str, float]:
        """Returns those that any head has."""
        shares = self.shares
        logarithms = np.log(np.maximum(shares, np.finfo(np.float32).tiny))
        entropy = np.maximum(-np.einsum("qk,qk->q", shares, logarithms), 0)  # a weight of 1 rounds to a little above
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

    def of_the_same_tokens(self, distances: Float, before: Sequence[npt.NDArray[np.intp]]) -> dict[str, float]:
        """Returns those of a head whose queries and keys are the same tokens."""
        shares, places = self.shares, self.places
        rows = np.arange(len(places))
        found = {"distance": np.einsum("qk,qk->", shares, distances[places]) / len(places)}
        for name, offset in (("previous", -1), ("self", 0), ("next", 1)):
            inside = (places + offset >= 0) & (places + offset < shares.shape[1])
            if inside.any():
                found[name] = shares[rows[inside], places[inside] + offset].mean()
        repeated = [(row, place, before[place]) for row, place in enumerate(places.tolist()) if before]
        on = [shares[row, earlier].sum() for row, _, earlier in repeated if len(earlier)]
        # What came after the place just before is the query itself.
        after = [(row, earlier[earlier + 1 < place] + 1) for row, place, earlier in repeated]
        behind = [shares[row, followers].sum() for row, followers in after if len(followers)]
        return found | {name: np.mean(sums) for name, sums in (("duplicate", on), ("induction", behind)) if sums}

    def of_an_alignment(self, penalties: Float) -> dict[str, float]:
        """Returns those of a head whose queries and keys are different tokens."""
        shares, places = self.shares, self.places
        found = {
            "diagonality": np.einsum("qk,qk->", shares, penalties[places]) / len(places),
            "coverage": np.log(np.clip(shares.sum(axis=0)[self.keys], np.finfo(np.float32).tiny, 1)).sum(),
        }
        if len(places) > 1:
            found["monotonicity"] = (np.diff(shares.argmax(axis=-1)) >= 0).mean()
        return found


def _distances(shape: tuple[int, ...]) -> Float:
    """Returns |q - k|, float32 [queries, keys]."""
    query, key = (np.arange(length, dtype=np.float32) for length in shape)
    return np.abs(query[:, None] - key)


def _penalties(shape: tuple[int, ...]) -> Float:
    """Returns 1 - exp(-(q / queries - k / keys)^2 / 2 g^2), float32 [queries, keys]."""
    query, key = (np.arange(length, dtype=np.float32) / np.float32(length) for length in shape)
    return 1 - np.exp(-np.square(query[:, None] - key) / np.float32(2 * _WIDTH**2))


def _largest(logits: Float, allowed: Mask) -> float:
    inside = logits[allowed & np.isfinite(logits)]
    return float(inside.max()) if inside.size else float("nan")


def _before(tokens: Sequence[str]) -> list[npt.NDArray[np.intp]]:
    """Returns at each place the earlier places of its token."""
    seen: dict[str, list[int]] = {}
    found = []
    for place, token in enumerate(tokens):
        earlier = seen.setdefault(token, [])
        found.append(np.array(earlier, np.intp))
        earlier.append(place)
    return found


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
