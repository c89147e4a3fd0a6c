"""Watches the records of one example: counts what has to last, and tells each thing when it begins."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.records.attention import alarms
from tb_seqviz_plugin.records.attention.alarm_texts import text_of
from tb_seqviz_plugin.records.attention.alarms import Heads, Seen, Wrong
from tb_seqviz_plugin.records.attention.rows import Float
from tb_seqviz_plugin.schema.attention import LASTING_RECORDS, Alarm, AlarmKind

_MOVED = 0.1
"""What has changed by less since it began lies as far from the diagonal as then."""
_MOST_KEPT = 10_000
"""Alarms that nobody has asked for; the oldest are forgotten. The records have them."""


@dataclass(frozen=True)
class _Lasting:
    """Since when something has been so in each head: arrays [heads].

    Args:
        records: for how many records, 0 where it is not so.
        step: since which step.
        values: what was measured then.
    """

    records: npt.NDArray[np.int64]
    step: npt.NDArray[np.int64]
    values: Float


class _Layer:
    """What is remembered of a layer: a few numbers per head.

    Args:
        heads: how many there are.
        least: how many steps are to lie between the first and the last of records in which something lasts.
    """

    def __init__(self, heads: int, least: int) -> None:
        self.highest = np.full(heads, np.nan, np.float32)
        self._least = least
        self._lasting: dict[AlarmKind, _Lasting] = {}
        self._standing: dict[AlarmKind, Heads] = {}

    def lasting(self, step: int, wrong: Wrong, still: Callable[[Float], npt.ArrayLike] = lambda since: np.inf) -> Wrong:
        """Returns what is wrong with the heads in which it has been so for `LASTING_RECORDS`.

        Args:
            step: of the record.
            wrong: what is wrong now.
            still: by how much the values may have changed, from those at which it began; more begins anew.
        """
        none = np.zeros(len(wrong.heads), np.int64)
        before = self._lasting.get(wrong.kind, _Lasting(none, none, wrong.values))
        with np.errstate(invalid="ignore"):  # NaN is where it does not apply
            is_still = np.abs(wrong.values - before.values) <= still(before.values)
        goes_on = wrong.heads & (before.records > 0) & is_still
        now = self._lasting[wrong.kind] = _Lasting(
            np.where(goes_on, before.records + 1, wrong.heads),
            np.where(goes_on, before.step, step),
            np.where(goes_on, before.values, wrong.values),
        )
        lasts = (now.records >= LASTING_RECORDS) & (step - now.step >= self._least)
        return replace(wrong, heads=lasts)

    def began(self, wrong: Wrong) -> Heads:
        """Returns the heads in which it was not so at the record before, bool [heads]."""
        before = self._standing.get(wrong.kind)
        self._standing[wrong.kind] = wrong.heads
        return wrong.heads if before is None else wrong.heads & ~before


class Watch:
    """Watches the records of one example, one after the other.

    It knows what it has seen itself. A training that goes on in another process is counted anew,
    and what is still wrong is told once more.

    Args:
        least: how many steps something has to last at least, beside `LASTING_RECORDS`.

    Attributes:
        raised: alarms that nobody has taken yet, the oldest first.
        told: those of the last record.

    >>> from tb_seqviz_plugin.records.attention.along import Tokens
    >>> from tb_seqviz_plugin.records.attention.measures import look_at
    >>> weights = np.full((1, 3, 3), np.nan, np.float32)
    >>> seen = Seen("layer", 0, "other", look_at(weights), weights, Tokens())
    >>> watch = Watch()
    >>> [alarm.kind for alarm in watch(7, [seen])], watch(8, [seen])
    (['nan'], [])
    """

    def __init__(self, least: int = 0) -> None:
        self._least = least
        self.raised: deque[Alarm] = deque(maxlen=_MOST_KEPT)
        self.told: list[Alarm] = []
        self._layers: dict[tuple[str, int, int], _Layer] = {}

    def __call__(self, step: int, layers: Sequence[Seen]) -> list[Alarm]:
        """Returns what begins to be wrong at a step.

        Args:
            step: the step.
            layers: all layers of the record.
        """
        self.told = [
            _alarm(step, seen, wrong, began) for seen, wrong, began in self._began(step, layers) if began.any()
        ]
        self.raised.extend(self.told)
        return self.told

    def _began(self, step: int, layers: Sequence[Seen]) -> Iterator[tuple[Seen, Wrong, Heads]]:
        for seen in layers:
            broken = alarms.broken(seen)
            yield seen, broken, self._known(seen).began(broken)
        # Where all is padding, as of a sentence that a document lacks, there is nothing else to look at.
        layers = [seen for seen in layers if len(seen.tokens.padding) < seen.weights.shape[2]]
        for seen in layers:
            known = self._known(seen)
            for wrong in (*alarms.at_once(seen), *self._over_steps(step, seen, known)):
                # Of a head with NaN what is left of its rows says nothing.
                wrong = replace(wrong, heads=wrong.heads & (seen.look.broken == 0))
                yield seen, wrong, known.began(wrong)
        for of_all in (alarms.uncovered(layers), alarms.no_diagonal(layers)):
            if of_all is not None:
                seen, wrong = of_all
                known = self._known(seen)
                if wrong.kind == "no diagonal":
                    wrong = known.lasting(step, wrong, lambda _: _MOVED)
                yield seen, wrong, known.began(wrong)

    def _over_steps(self, step: int, seen: Seen, known: _Layer) -> Iterator[Wrong]:
        yield known.lasting(step, alarms.uniform(seen), _little_learnt)
        yield known.lasting(step, alarms.collapsed(seen, known.highest))
        yield alarms.entropy_collapse(seen, known.highest)
        known.highest = np.fmax(known.highest, seen.look.evenness)

    def _known(self, seen: Seen) -> _Layer:
        return self._layers.setdefault((seen.layer, seen.call, seen.heads), _Layer(seen.heads, self._least))


def _little_learnt(since: Float) -> Float:
    """Returns how far from its normalised entropy a head that learns nothing may be: one that begins to learn is broad, too, but
    multiplies what it is short of 1."""
    return np.float32(0.25) * (1 - since) + np.float32(3e-6)


def _alarm(step: int, seen: Seen, wrong: Wrong, began: Heads) -> Alarm:
    heads = np.flatnonzero(began)
    values = wrong.values[heads]
    worst = int((values.argmin if wrong.is_least else values.argmax)())
    value, tokens, numbers = float(values[worst]), list(wrong.tokens), heads.tolist()
    text = text_of(wrong.kind, seen.layer, numbers, seen.heads, value, tokens)
    return Alarm(wrong.kind, step, seen.layer, seen.call, numbers[worst], numbers, value, tokens, text)
