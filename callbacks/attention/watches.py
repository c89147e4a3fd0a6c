"""The watches over the examples of a probe, which tell together what is wrong with the model."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator

from tb_seqviz_plugin.records.attention.watch import Watch
from tb_seqviz_plugin.schema.attention import Alarm

_MOST_KEPT = 1000
"""So many things that were told are remembered."""


class Watches:
    """A watch for each example.

    Args:
        least: how many steps something has to last at least, as for `Watch`.
    """

    def __init__(self, least: int) -> None:
        self._watches: defaultdict[int, Watch] = defaultdict(lambda: Watch(least))
        self._told: deque[tuple[str, int, str, int]] = deque(maxlen=_MOST_KEPT)

    def of_example(self, example: int) -> Watch:
        """Returns what watches the records of an example."""
        return self._watches[example]

    def forget(self) -> None:
        """Begins anew, for another model."""
        self._watches.clear()
        self._told.clear()

    def found(self) -> Iterator[Alarm]:
        """Yields what was found since it was last asked for; each thing once, in however many examples it is."""
        for watch in self._watches.values():
            while watch.raised:
                alarm = watch.raised.popleft()
                key = (alarm.kind, alarm.step, alarm.layer, alarm.call)
                # Other examples tell of the same step later: at once, or when the next one is asked for.
                if key not in self._told:
                    self._told.append(key)
                    yield alarm
