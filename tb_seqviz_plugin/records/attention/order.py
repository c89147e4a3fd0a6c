"""Which layers of a forward pass are computed from which: those in series, and those that lie beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from tb_seqviz_plugin.records.attention.record import AttentionLayer
from tb_seqviz_plugin.records.attention.stacking import Stack
from tb_seqviz_plugin.wire.frame import FrameError


def check_reads(layers: Sequence[AttentionLayer]) -> None:
    """Checks that what layers are said to be computed from are others of the record.

    Raises:
        ValueError: if something else is said.

    >>> import numpy as np
    >>> check_reads([AttentionLayer("0", np.eye(2)[None], reads=()), AttentionLayer("1", np.eye(2)[None], reads=(0,))])
    """
    for at, layer in enumerate(layers):
        for place in layer.reads or ():
            if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(layers) or place == at:
                raise ValueError(
                    f"Layer {layer.path!r}, at place {at}, is said to be computed from the layer at place {place!r}; expected the "
                    f"place of another one among the {len(layers)} layers of the record, from 0."
                )


def reads_of(stacks: Sequence[Stack]) -> list[set[int]] | None:
    """Returns for each stack the others that it is computed from, also through others; None where that is not known."""
    stack_of = {place: index for index, stack in enumerate(stacks) for place in stack.places}
    found = []
    for index, stack in enumerate(stacks):
        of_calls = [call.reads for call in stack.calls if call.reads is not None]
        if len(of_calls) < len(stack.calls):
            return None
        found.append({stack_of[place] for reads in of_calls for place in reads} - {index})
    return found


def nearest(reads: Sequence[set[int]]) -> list[list[int]]:
    """Returns what is left of `reads_of` without what is read through another one; the reverse of `all_read`.

    >>> nearest([set(), {0}, {0, 1}, {0}])
    [[], [0], [1], [0]]
    """

    def is_between(one: int, other: int) -> bool:
        return one in reads[other] and other not in reads[one]

    return [sorted(one for one in own if not any(is_between(one, other) for other in own)) for own in reads]


def all_read(reads: Sequence[Sequence[int]]) -> list[set[int]]:
    """Returns for each layer the others that it is computed from, also through others.

    Args:
        reads: of each the nearest ones, as indices; see `AttentionHeader.reads`.

    Raises:
        FrameError: if one of them is no other layer.

    >>> all_read([[], [0], [1], [0]])
    [set(), {0}, {0, 1}, {0}]
    """
    for index, own in enumerate(reads):
        for other in own:
            if not 0 <= other < len(reads) or other == index:
                raise FrameError(
                    f"Layer {index} of {len(reads)} is said to be computed from layer {other}. The event file is damaged."
                )
    found = []
    for index in range(len(reads)):
        reached, left = {index}, [index]
        while left:
            new = [other for other in reads[left.pop()] if other not in reached]
            reached.update(new)
            left += new
        found.append(reached - {index})
    return found
