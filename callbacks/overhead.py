"""What logging costs training, and how much of it there may be."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from numbers import Real
from time import perf_counter
from typing import Any

from tb_seqviz_plugin.log.cost import Cost
from tb_seqviz_plugin.schema import OVERHEAD

SHORTEST = 180.0
"""A training counts as so many seconds long at least, so that a short one logs all that was asked for, in a few seconds."""
_REPAID = 0.5
"""The share of what is allowed that pays off what the first logs took, which trace and compile, at least."""


class Expense:
    """What one callback has cost so far.

    Attributes:
        waited: seconds that training has waited for it.
        first: of these, those that are not to come again: until its first log was done, since what is traced and compiled for it is
            kept for later ones of the same model.
        latest: those of its newest log after that, or of the one before if that took less, as where something is compiled for all
            that follow.
        background: what was written for it, by each thread that writes.
        logs: how often it has logged.
        is_owed: whether there is to be a log whatever it costs: a first one, which is tried so once.
    """

    def __init__(self) -> None:
        self.waited = self.first = self.latest = 0.0
        self.background: list[Cost] = []
        self.logs = 0
        self.is_owed = True
        self._is_new = True
        self._earlier, self._newest = 0.0, math.inf

    def begin_anew(self) -> None:
        """Expects a first log again, if any."""
        self._earlier, self.latest, self._newest = self.waited - self.first, 0.0, math.inf
        self._is_new = self.is_owed = True

    def add_log(self, seconds: float) -> None:
        """Counts a log that is done, whose time is among what was waited."""
        if self._is_new:
            self.first, self.latest = self.waited - self._earlier, 0.0
        else:
            self.latest, self._newest = min(seconds, self._newest), seconds
        self._is_new = self.is_owed = False
        self.logs += 1

    def add_failure(self, seconds: float) -> None:
        """Counts a log that failed: where it was a first one the next is so, too, as soon as there may be any."""
        self.latest, self.is_owed = seconds, False

    @property
    def bytes(self) -> int:
        """What it has written."""
        return sum(cost.bytes for cost in self.background)

    @property
    def seconds_in_background(self) -> float:
        """Processor time in the threads that write."""
        return sum(cost.seconds for cost in self.background)

    @property
    def later(self) -> float:
        """Seconds that training lost after the first log.

        Threads that write take no more of it than their share of the processors, and nothing where training runs on another device.
        """
        return self.waited - self.first + self.seconds_in_background / _processors()


class Overhead:
    """Tells how training's time divides into training and logging, and whether there may be more of that.

    Callbacks that share one share the bound. From its first hook on, every moment counts as training's but those in `paid_by`.

    Args:
        most: seconds of logging per second of training, None for no bound.
        who: logs, to be read.

    Attributes:
        trained: seconds of training, without logging.
        expenses: the accounts that count.

    Raises:
        ValueError: if `most` is something else than a number above 0.
    """

    def __init__(self, most: float | None, who: str) -> None:
        self._most, self._who = _checked(most), who
        self.expenses: list[Expense] = []
        self._payers: list[Expense] = []
        self._since = 0.0
        self._newest_gap = 0.0
        self._is_training = False
        self._decided: tuple[Any, bool] = (None, True)
        self._is_told = False
        self._around: Overhead | None = None
        self.trained = 0.0
        self._first_note: tuple[float, float] | None = None
        self._progress = self._rest = 0.0

    def join(self, expense: Expense) -> None:
        """Counts an account for the bound."""
        self.expenses.append(expense)

    def lie_in(self, around: Overhead) -> None:
        """Keeps what is paid here out of all that another one counts, which goes on around it."""
        self._around = around

    @contextmanager
    def paid_by(self, expense: Expense) -> Iterator[None]:
        """Counts the time in it for an account; that of others inside of it for theirs."""
        with nullcontext() if self._around is None else self._around.paid_by(Expense()):
            self._settle()
            self._payers.append(expense)
            try:
                yield
            finally:
                self._settle()
                self._payers.pop()

    @contextmanager
    def prepared_by(self, expense: Expense) -> Iterator[None]:
        """Counts the time in it for an account, as what is not to come again."""
        with self.paid_by(expense):
            before = expense.waited
            yield
        expense.first += expense.waited - before

    @contextmanager
    def logged_by(self, expense: Expense) -> Iterator[None]:
        """Counts the time in it for an account, as one log without what is prepared, or as one that failed, with an error."""
        count = expense.add_failure
        with self.paid_by(expense):
            before = expense.waited - expense.first
            try:
                yield
                count = expense.add_log
            finally:
                self._settle()
                count(expense.waited - expense.first - before)

    def begin_anew(self) -> None:
        """Expects first logs again, as where another model is looked at, for which all is traced anew."""
        for each in self.expenses:
            each.begin_anew()

    def begin(self) -> None:
        """Counts time as training's from now on; what passed since a training that was interrupted was none."""
        self._settle()
        if self._is_training:
            self.trained -= self._newest_gap
        self._is_training, self._newest_gap, self._decided = True, 0.0, (None, True)
        self._first_note, self._progress, self._rest = None, 0.0, 0.0

    def begin_loop(self) -> None:
        """Counts time as training's from the first log on, where nothing says when training begins."""
        if not self._is_training and not self.trained:
            self.begin()

    def end(self) -> None:
        """Counts time as training's no longer."""
        self._is_training = False

    def note_progress(self, share: float) -> None:
        """Notes how much of the training that goes on is done; how fast shows after the first note, before which all is compiled.

        Args:
            share: 0 to 1; 0 where nothing says how long it will be.
        """
        if self._first_note is None:
            self._first_note = self.trained, share
        elif share > self._progress:
            trained, done = self._first_note
            self._rest = (self.trained - trained) / (share - done) * (1 - min(share, 1.0))
        self._progress = max(self._progress, share)

    def allows(self, moment: Any) -> bool:
        """Returns whether there may be a log now, so that one more, the last, keeps the bound, too.

        Args:
            moment: when; all that log at the same moment get the same answer.
        """
        if self._most is None:
            return True
        if self._decided[0] != moment:
            later, next_one = (sum(getattr(each, name) for each in self.expenses) for name in ("later", "latest"))
            self._decided = moment, later + 2 * next_one <= self._allowed_in(max(self.trained, SHORTEST))
        return self._decided[1]

    def affords(self, seconds: float) -> bool:
        """Returns whether what is done once, and saves time later, may take so long: half of what is left for the training."""
        self._settle()
        return self._most is None or 2 * seconds <= self._left

    def outlook(self) -> str:
        """Returns what is left for later logs, as a sentence; "" where there is no bound."""
        if self._most is None:
            return ""
        length = max(self.expected, SHORTEST)
        return f"max_overhead={self._most} leaves {self._allowed_in(length):.1f} s for those in {length:.0f} s of training."

    @property
    def expected(self) -> float:
        """How many seconds of training there will have been in the end, as far as is known; those until now at least."""
        return self.trained + self._rest

    def reason(self) -> str:
        """Returns why there was to be no log last time, "" if there was, or if that was said before."""
        if self._is_told or self._decided[1]:
            return ""
        self._is_told = True
        taken = sum(each.first + each.later for each in self.expenses)
        return (
            f"{self._who} logs less often than its schedule says: so far training has taken {self.trained:.0f} s and logging "
            f"{taken:.1f} s, the first log included, and max_overhead={self._most} allows {self._most:.1%}. The first and the "
            "last log come in any case, as does log(step); a larger max_overhead, or None, logs more."
        )

    def share(self, *expenses: Expense) -> float:
        """Returns the share of the time of training that some have cost in all, NaN before there is any."""
        return sum(each.first + each.later for each in expenses) / self.trained if self.trained else math.nan

    def scalars(self, tag: str, expense: Expense) -> dict[str, float]:
        """Returns what TensorBoard shows of an account, by tag, all of it so far.

        Args:
            tag: what its callback writes.
            expense: the account.
        """
        self._settle()
        found = {
            "seconds": expense.waited,
            "background_seconds": expense.seconds_in_background,
            "megabytes": expense.bytes / 1e6,
        }
        if self.trained:
            found["percent"] = 100 * self.share(expense)
        return {f"{OVERHEAD}/{name}/{tag}": value for name, value in found.items()}

    def _allowed_in(self, length: float) -> float:
        """Returns how many seconds of logging there may be after the first log, in so many seconds of training."""
        assert self._most is not None
        whole = self._most * length
        return whole - min(self._first, self._repaid * whole)

    @property
    def _repaid(self) -> float:
        """Which share of what is allowed pays off the first log: so much that all keeps the bound in the end, if anything can.

        A training of which that cannot be said, and one so short that it is a matter of seconds, is to be seen for all that.
        """
        assert self._most is not None
        whole = self._most * max(self.expected, SHORTEST)
        last = sum(each.latest for each in self.expenses)
        can_be_kept = self.expected >= SHORTEST and self._first + last <= whole
        return max(self._first / whole, _REPAID) if can_be_kept else _REPAID

    @property
    def _left(self) -> float:
        """How many seconds of logging there may still be until the end."""
        assert self._most is not None
        return self._most * max(self.expected, SHORTEST) - sum(each.first + each.later for each in self.expenses)

    @property
    def _first(self) -> float:
        return sum(each.first for each in self.expenses)

    def _settle(self) -> None:
        """Counts the time since the last change for whoever had it."""
        now = perf_counter()
        gap, self._since = now - self._since, now
        if self._payers:
            self._payers[-1].waited += gap
        elif self._is_training:
            self._newest_gap = gap
            self.trained += gap


def _checked(most: Any) -> float | None:
    if most is None:
        return None
    is_number = isinstance(most, Real) and not isinstance(most, bool)
    if not is_number or not 0 < float(most) < math.inf:
        raise ValueError(
            f"max_overhead={most!r}; expected a share of the time of training such as 0.02 for 2 %, or None for no bound."
        )
    return float(most)


def _processors() -> int:
    """Returns how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
