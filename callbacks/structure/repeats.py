"""Which layers beside each other are built alike, such as the blocks of a Transformer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from tb_seqviz_plugin.callbacks.model.paths import Place


def repeats_of(root: Place, alike: Mapping[Place, Any], links: Collection[tuple[Place, Place]]) -> dict[Place, str]:
    """Returns for each place in a chain of siblings built alike, such as the blocks of a Transformer, a name for all of them.

    Their names differ by a number at most: one that somebody chose is there to be read. Each takes what the one before it returned,
    and nothing lies between the two.

    Args:
        root: the place of the model.
        alike: of each place what has to be the same, apart from its name and what is inside it.
        links: pairs of siblings of which the second takes what the first returned.
    """
    signature: dict[Place, int] = {}
    numbers: dict[Any, int] = {}
    for place in reversed(list(root.walk())):
        key = (_stem(place), alike[place], tuple(signature[child] for child in place.children))
        signature[place] = numbers.setdefault(key, len(numbers))
    after: dict[Place, set[Place]] = {}
    ahead: dict[Place, set[Place]] = {}
    for first, second in links:
        after.setdefault(first, set()).add(second)
        ahead.setdefault(second, set()).add(first)

    order = {place: number for number, place in enumerate(root.walk())}

    def lies_between(first: Place, second: Place) -> bool:
        """Returns whether another sibling takes what the first returned, and leads on to the second."""
        waiting, seen = list(ahead[second] - {first, second}), {first, second}
        while waiting:
            place = waiting.pop()
            if place in seen or order[place] < order[first]:
                continue
            if first in ahead.get(place, ()):
                return True
            seen.add(place)
            waiting += ahead.get(place, ())
        return False

    def follows(first: Place, second: Place) -> bool:
        if second not in after.get(first, ()):
            return False
        if second.children:
            return not lies_between(first, second)
        # Of single layers nothing else is beside them either, as between two normalisations.
        return after[first] - {first} == {second} and ahead[second] - {second} == {first}

    names: dict[Place, str] = {}
    chains: Counter[str] = Counter()
    for place in root.walk():
        last: dict[int, Place] = {}
        for child in place.children:
            before = last.get(signature[child])
            if before is not None and follows(before, child):
                kind = type(child.layer).__name__
                if before not in names:
                    chains[f"{place.path}/{kind}"] += 1
                    names[before] = f"{kind} {chains[f'{place.path}/{kind}']}"
                names[child] = names[before]
            last[signature[child]] = child
    return names


def _stem(place: Place) -> str:
    """Returns a layer's name without its numbers; the model's own does not matter."""
    return "" if place.parent is None else re.sub(r"_?\d+", "", place.layer.name)
