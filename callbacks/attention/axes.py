"""What lies along an axis of weights: the sequences that they may run along, and what is known of those that they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tb_seqviz_plugin.callbacks.attention import codes
from tb_seqviz_plugin.callbacks.attention.token_lists import Texts
from tb_seqviz_plugin.callbacks.attention.tracks import Position, Track


@dataclass(frozen=True)
class Axis:
    """A sequence of positions that weights may run along.

    Args:
        name: name of the input, or of an axis that the user added.
        length: number of positions.
        tokens: per example, one string per position.
        numbered: whether the tokens are mere positions.
        is_binary: whether its input holds zeros and ones only.
        input: name of the input that it belongs to, "" for its own name.
        is_input: whether it runs along an input's own positions, rather than along tokens that the user added.
        parts: of the words of documents cut into sentences, the tokens of each sentence, as `tokens`; a layer that is called once
            for each sentence sees those in turn.
    """

    name: str
    length: int
    tokens: Texts
    numbered: bool = False
    is_binary: bool = False
    input: str = ""
    is_input: bool = True
    parts: Sequence[Texts] = field(default=(), repr=False)

    @property
    def of_input(self) -> str:
        """The name of the input that it belongs to."""
        return self.input or self.name

    @property
    def is_mask(self) -> bool:
        """Whether it has no more than two tokens, as a mask or segments have."""
        return self.is_binary or len({token for row in self.tokens for token in row}) <= 2 < self.length

    def tokens_of(self, example: int, call: int) -> list[str]:
        """Returns the tokens that a call of a layer sees of an example."""
        return (self.parts[call] if call < len(self.parts) else self.tokens)[example]


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
