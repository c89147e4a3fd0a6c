"""What lies along an axis of weights: positions of which inputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tb_seqviz_plugin.callbacks.attention import codes
from tb_seqviz_plugin.callbacks.attention.tracks import Position, Track


@dataclass(frozen=True)
class Along:
    """What is known of the queries or the keys of a layer.

    Args:
        inputs: names of the inputs that they are computed from.
        places: for each query or key the position of an input that it stands for, -1 for none, by input and axis, the nearest to
            the inputs first.
    """

    inputs: frozenset[str] = frozenset()
    places: tuple[tuple[Position, tuple[int, ...]], ...] = ()

    def of(self, name: str, axis: int) -> tuple[int, ...] | None:
        """Returns the positions along an axis of an input, None if they are not known."""
        return next((places for origin, places in self.places if origin == (name, axis)), None)


def along(
    tracks: Iterable[Track],
    shape: Sequence[int],
    split: Sequence[int],
    axes: Sequence[int],
    inputs: frozenset[str],
    ignored: Sequence[int] = (),
) -> Along:
    """Returns what lies along some axes of a tensor.

    Args:
        tracks: of its positions.
        shape: of the tensor.
        split: the same in more axes.
        axes: of the split ones; none for what the tensor as a whole stands for.
        inputs: that it is computed from.
        ignored: axes of the split ones along which positions may differ, as only the first counts.
    """
    found: dict[Position, tuple[int, tuple[int, ...]]] = {}
    for track in tracks:
        if not isinstance(track.origin, Position):
            continue
        code = codes.reshape(track.code, shape, split)
        if code is None:
            continue
        for axis in ignored:
            code = code.take([0], axis)
        differs = codes.varying(code)
        if any(axis not in axes for axis in differs) or bool(axes) != bool(differs):
            continue
        whole = np.broadcast_to(code, [split[axis] if axis in axes else 1 for axis in range(len(split))])
        order = [*(axis for axis in range(len(split)) if axis not in axes), *axes]
        places = tuple(whole.transpose(order).ravel().tolist())
        if track.origin not in found or track.steps < found[track.origin][0]:
            found[track.origin] = track.steps, places
    nearest = sorted(found.items(), key=lambda item: item[1][0])
    return Along(inputs, tuple((origin, places) for origin, (_, places) in nearest))
