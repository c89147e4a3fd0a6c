"""What goes wrong in attention: the rules of `schema.attention.ALARMS`, few and each true.

A rule is a pure function of what is seen of a layer at one step; what has to last is counted by `Watch`, which also tells each
thing only when it begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.attention.along import Tokens, is_bare
from tb_seqviz_plugin.records.attention.measures import Look
from tb_seqviz_plugin.records.attention.rows import Float, Mask
from tb_seqviz_plugin.schema.attention import ALARM_LIMITS, AlarmKind, Role

LIMITS: Mapping[str, float] = {kind: limit for kind, _, limit in ALARM_LIMITS}
_BROAD = 0.9
"""Normalised entropy from which on a head is broad: all heads of a new model are, and so alike by chance."""
_STILL_BROAD = 0.5
"""Normalised entropy from which on a head does not say where it aligns: order differs from language to language."""
_ONCE_BROADER = 0.3
"""Normalised entropy that a head must have had for its entropy to have collapsed."""
_PATTERNS = ("first", "self", "previous", "next", "induction", "duplicate", "separator")
_NARROW_FOR_A_REASON = 0.5
"""Mean weight on one of these."""
_NOTHING_ELSE = 0.95
"""Mean weight on one of these from which on two heads are alike for that reason."""
_FEWEST_QUERIES = 4
"""With fewer queries one key may well be the answer to all of them, and heads answer alike by chance."""
_NEVER = 1e-5
"""A word whose mean weight is below this in every head is never looked at."""

Heads = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Seen:
    """One layer at one step, as far as the rules ask.

    Args:
        layer: its path.
        call: which call of the layer.
        role: what it connects.
        look: what was seen of its heads.
        weights: float32 [heads, queries, keys].
        tokens: what stands along its axes.
    """

    layer: str
    call: int
    role: Role
    look: Look
    weights: Float
    tokens: Tokens

    @property
    def heads(self) -> int:
        """How many heads there are."""
        return len(self.weights)


@dataclass(frozen=True)
class Wrong:
    """What a rule says of a layer.

    Args:
        kind: which rule.
        heads: bool [heads], those in which it is so.
        values: float [heads], what is compared with the limit.
        is_least: whether the least value is the worst, rather than the largest.
        tokens: the words that it is about.
    """

    kind: AlarmKind
    heads: Heads
    values: Float
    is_least: bool = False
    tokens: Sequence[str] = ()


def broken(seen: Seen) -> Wrong:
    """Heads with weights that are not finite."""
    return Wrong("nan", seen.look.broken >= LIMITS["nan"], seen.look.broken.astype(np.float32))


def at_once(seen: Seen) -> Iterator[Wrong]:
    """Yields what one step tells."""
    look = seen.look
    for kind, values in (("padding", look.of("padding")), ("max logit", look.of("max_logit"))):
        yield Wrong(kind, values >= LIMITS[kind], values)  # type: ignore[arg-type]
    if seen.role == "decoder self":
        yield Wrong("future", look.ahead >= LIMITS["future"], look.ahead)
    yield _copies(seen)


def _copies(seen: Seen) -> Wrong:
    """Two heads whose weights are the same, unless there is a simple reason for it."""
    look, limit = seen.look, LIMITS["copies"]
    nearest = np.full(seen.heads, np.inf, np.float32)
    special = ~(look.evenness <= _BROAD) | (look.columns.max(axis=1) >= LIMITS["collapsed"])
    special |= (_on_patterns(look) >= _NOTHING_ELSE) | (look.rows < _FEWEST_QUERIES)
    candidates = np.flatnonzero(~special).tolist()
    for at, one in enumerate(candidates):
        for other in candidates[:at]:
            # Means differ by no more than the weights do, and are quickly compared.
            if np.abs(look.columns[one] - look.columns[other]).sum() / 2 < limit:
                apart = float(np.abs(seen.weights[one] - seen.weights[other]).sum(axis=-1).mean()) / 2
                nearest[[one, other]] = np.minimum(nearest[[one, other]], apart)
    return Wrong("copies", nearest < limit, nearest, is_least=True)


def _on_patterns(look: Look) -> Float:
    """Returns the largest mean weight on one of `_PATTERNS`, float32 [heads]."""
    values: Float = np.max([np.nan_to_num(look.of(name)) for name in _PATTERNS], axis=0)
    return values


def uniform(seen: Seen) -> Wrong:
    """Heads that look at all that they may alike."""
    values = seen.look.evenness
    return Wrong("uniform", values >= LIMITS["uniform"], values)


def collapsed(seen: Seen, highest: Float) -> Wrong:
    """Heads that look at one key, whatever the query is, where there are others: of one word with its padding there are none.

    Args:
        seen: the layer.
        highest: float32 [heads], the highest normalised entropy so far, NaN where no query could look at several keys.
    """
    values = seen.look.columns.max(axis=1)
    had_others = not np.isnan(np.fmax(seen.look.evenness, highest)).all()
    has_others = had_others or np.count_nonzero(seen.look.columns.max(axis=0)) > 1
    enough = (seen.look.rows >= _FEWEST_QUERIES) & has_others
    return Wrong("collapsed", (values >= LIMITS["collapsed"]) & enough, values)


def entropy_collapse(seen: Seen, highest: Float) -> Wrong:
    """Heads that have become one-hot for no reason that a measure knows; an alignment is to be sharp, and so is the choice of an
    expert: of heads whose queries and keys are the same tokens, as far as roles or names, or that neither side has any, tell.

    Args:
        seen: the layer.
        highest: float32 [heads], the highest normalised entropy so far, NaN for none.
    """
    # Where many queries each look at one key only, and could look at several, all others have become 0.
    is_single = np.isnan(seen.look.evenness) & (seen.look.rows >= _FEWEST_QUERIES)
    values = np.where(is_single, np.float32(0), seen.look.evenness)
    is_told = seen.role != "other" or not seen.tokens.is_half_named
    fallen = (values < LIMITS["entropy collapse"]) & (highest >= _ONCE_BROADER) & (seen.tokens.same and is_told)
    fallen &= (_on_patterns(seen.look) < _NARROW_FOR_A_REASON) & (seen.look.columns.max(axis=1) < LIMITS["collapsed"])
    return Wrong("entropy collapse", fallen, values, is_least=True)


def uncovered(layers: Sequence[Seen]) -> tuple[Seen, Wrong] | None:
    """Returns the words of the source that no head of any cross layer looks at, as what is wrong with the first that tells."""
    cross = [seen for seen in layers if seen.role == "cross" and seen.weights.shape[1] > 1]
    cross = [seen for seen in cross if not is_bare(seen.tokens.keys)]  # positions, as of sound, are no words
    cross = [seen for seen in cross if seen.tokens.keys == cross[0].tokens.keys and not seen.look.broken.any()]
    if not cross:
        return None
    keys = cross[0].tokens.keys
    most = np.max([seen.look.columns.max(axis=0) for seen in cross], axis=0)
    alike = _ends_alike(most <= 0, keys)
    words = [
        token
        for place, token in enumerate(keys)
        if most[place] < _NEVER
        and place not in cross[0].tokens.padding
        and not alike[place]
        and any(map(str.isalnum, token))
        and token[0] + token[-1] not in ("[]", "<>")
    ]
    heads = np.full(cross[0].heads, bool(words))
    return cross[0], Wrong("uncovered", heads, np.full(cross[0].heads, len(words), np.float32), tokens=words)


def _ends_alike(hidden: Mask, keys: Sequence[str]) -> Mask:
    """Returns which keys are padding by another name: hidden from all queries, and all alike at an end of the text."""
    found = np.zeros(len(keys), bool)
    for order in (range(len(keys)), range(len(keys) - 1, -1, -1)):
        first = keys[order[0]]
        for place in order:
            if not hidden[place] or keys[place] != first:
                break
            found[place] = True
    return found


def no_diagonal(layers: Sequence[Seen]) -> tuple[Seen, Wrong] | None:
    """Returns what is wrong with the first cross layer that tells where no head of any aligns, or is sharp in another way."""
    cross = [seen for seen in layers if seen.role == "cross" and min(seen.weights.shape[1:]) >= _FEWEST_QUERIES]
    if not cross:
        return None
    aside = np.concatenate([seen.look.aside for seen in cross])
    entropies = np.concatenate([seen.look.evenness for seen in cross])
    none = (aside >= LIMITS["no diagonal"]).all() and (entropies >= _STILL_BROAD).all()
    none &= (entropies < LIMITS["uniform"]).any()  # else that is what is wrong
    heads = cross[0].heads
    return cross[0], Wrong("no diagonal", np.full(heads, none), np.full(heads, aside.min()))
