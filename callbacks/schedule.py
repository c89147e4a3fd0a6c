"""When to log: every epoch, every N batches, or dense early and sparse late."""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, TypeGuard

from tb_seqviz_plugin.callbacks.arguments import check_no_class, whole_number

Unit = Literal["epoch", "batch"]


class Schedule(Protocol):
    """Says whether a record is due."""

    @property
    def unit(self) -> Unit:
        """What is counted: "epoch" (the step is the epoch, from 0, as Keras counts) or "batch" (those trained)."""

    def due(self, before: int, now: int) -> bool:
        """Returns whether a scheduled count lies after `before` and not after `now`."""


@dataclass(frozen=True)
class _EveryNth:
    """Is due at every multiple of n."""

    n: int

    def __post_init__(self) -> None:
        number = whole_number(self.n)
        if number is None or number < 1:
            raise ValueError(f"{type(self).__name__} was given n={self.n!r}; expected a whole number from 1 on.")
        object.__setattr__(self, "n", number)

    def due(self, before: int, now: int) -> bool:
        """Returns whether a multiple of n lies after `before` and not after `now`."""
        return now // self.n > before // self.n


@dataclass(frozen=True)
class EveryEpochs(_EveryNth):
    """Logs at the end of every n-th epoch, the first one included.

    Args:
        n: how many epochs from one record to the next.

    Raises:
        ValueError: if n is not a whole number from 1 on.

    >>> [epoch for epoch in range(6) if EveryEpochs(2).due(epoch - 1, epoch)]
    [0, 2, 4]
    """

    unit: ClassVar[Unit] = "epoch"
    n: int = 1


@dataclass(frozen=True)
class EveryBatches(_EveryNth):
    """Logs after every n-th batch, counted over all epochs.

    Args:
        n: how many batches from one record to the next.

    Raises:
        ValueError: if n is not a whole number from 1 on.

    >>> [batch for batch in range(1, 7) if EveryBatches(3).due(batch - 1, batch)]
    [3, 6]
    """

    unit: ClassVar[Unit] = "batch"


@dataclass(frozen=True)
class Geometric:
    """Logs after every one of the first batches, then at distances that grow with the batches trained.

    However long training runs, a few hundred records are made: 209 in a million batches, 328 in a billion.

    Args:
        ratio: each scheduled batch is this many times the one before, above 1.

    Raises:
        ValueError: if the ratio is not a finite number above 1.

    >>> [batch for batch in range(1, 60) if Geometric(1.2).due(batch - 1, batch)]
    [1, 2, 3, 4, 5, 6, 8, 9, 11, 13, 15, 18, 22, 26, 31, 38, 45, 54]
    """

    unit: ClassVar[Unit] = "batch"
    ratio: float = 1.06

    def __post_init__(self) -> None:
        try:
            ratio = math.nan if isinstance(self.ratio, str) else float(self.ratio)
        except (TypeError, ValueError, OverflowError):
            ratio = math.nan
        if not 1 < ratio < math.inf:
            raise ValueError(f"Geometric has the ratio {self.ratio!r}; expected a number above 1, such as 1.06.")
        object.__setattr__(self, "ratio", ratio)

    def due(self, before: int, now: int) -> bool:
        """Returns whether a scheduled batch lies after `before` and not after `now`."""
        return self._count(now) > self._count(before)

    def _count(self, batches: int) -> int:
        """Returns how many scheduled batches there are up to this one."""
        dense = math.ceil(1 / (self.ratio - 1))
        if batches <= dense:
            return max(batches, 0)
        return dense + math.floor(math.log(batches / dense) / math.log(self.ratio))


def make_schedule(schedule: str | int | Schedule) -> Schedule:
    """Returns the schedule that a callback was given in short form.

    Args:
        schedule: "epoch", "geometric", a number of batches, or a schedule.

    Raises:
        ValueError: if it is none of these.

    >>> make_schedule(100)
    EveryBatches(n=100)
    """
    if isinstance(schedule, str) and schedule in ("epoch", "geometric"):
        return EveryEpochs() if schedule == "epoch" else Geometric()
    batches = whole_number(schedule)
    if batches is not None:
        return EveryBatches(batches)
    check_no_class("schedule=", schedule)
    if _is_schedule(schedule):
        return schedule
    raise ValueError(
        f"The schedule is {schedule!r}; expected 'epoch', 'geometric', a number of batches such as 100, or a schedule "
        "such as EveryEpochs(5)."
    )


def _is_schedule(value: Any) -> TypeGuard[Schedule]:
    if getattr(value, "unit", None) not in ("epoch", "batch") or not callable(getattr(value, "due", None)):
        return False
    try:
        inspect.signature(value.due).bind(0, 1)
    except (TypeError, ValueError):
        return False
    return True
