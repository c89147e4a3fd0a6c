"""A layered drawing of a graph: boxes in rows, and lines from row to row.

After Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system structures", 1981.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

Key = Hashable
_SWEEPS = 8


@dataclass(frozen=True)
class Size:
    """How large a box is, in pixels."""

    width: float
    height: float


@dataclass(frozen=True)
class Arranged:
    """Where everything lies, in pixels from the upper left corner.

    Args:
        centres: of each box, (x, y).
        bends: of each line the points between its ends, at the upper and the lower edge of each row that it passes.
        width: of all together.
        height: of all together.
    """

    centres: dict[Key, tuple[float, float]]
    bends: dict[tuple[Key, Key], list[tuple[float, float]]]
    width: float
    height: float


def arrange(
    boxes: Mapping[Key, Size],
    lines: Sequence[tuple[Key, Key]],
    *,
    first: Sequence[Key] = (),
    last: Sequence[Key] = (),
    gap: float = 24,
    row_gap: float = 40,
) -> Arranged:
    """Returns where boxes and lines lie; all lines lead downwards but those against the order of the boxes.

    Args:
        boxes: sizes, in an order in which most lines lead onwards.
        lines: from box to box, each once, none from a box to itself.
        first: boxes that go into a row of their own above all others.
        last: the same below all others.
        gap: between boxes of one row.
        row_gap: between rows.

    >>> arranged = arrange({"a": Size(10, 10), "b": Size(10, 10)}, [("a", "b")], row_gap=5)
    >>> arranged.centres, arranged.height
    ({'a': (5.0, 5.0), 'b': (5.0, 20.0)}, 25.0)
    """
    order = {
        key: place for place, key in enumerate([*first, *(key for key in boxes if key not in {*first, *last}), *last])
    }
    downwards = [(a, b) if order[a] < order[b] else (b, a) for a, b in lines]
    rows = _rows(order, downwards, set(first), set(last))
    sizes = dict(boxes)
    chains = {line: _chain(line, pair, rows, sizes) for line, pair in zip(lines, downwards, strict=True)}
    layers: list[list[Key]] = [[] for _ in range(max(rows.values(), default=-1) + 1)]
    for key in (*order, *(key for key in rows if key not in order)):
        layers[rows[key]].append(key)
    links = [pair for chain in chains.values() for pair in itertools.pairwise(chain)]
    above: dict[Key, list[Key]] = {key: [] for key in rows}
    below: dict[Key, list[Key]] = {key: [] for key in rows}
    for upper, lower in links:
        above[lower].append(upper)
        below[upper].append(lower)
    _order(layers, above, below)
    x = _columns(layers, above, below, sizes, gap)
    extents, height = _heights(layers, sizes, row_gap)
    centres = {key: (x[key], sum(extents[rows[key]]) / 2) for key in boxes}
    bends = {}
    for line, chain in chains.items():
        inner = [(x[key], y) for key in chain[1:-1] for y in extents[rows[key]]]
        bends[line] = inner if order[line[0]] < order[line[1]] else inner[::-1]
    width = max((x[key] + sizes[key].width / 2 for key in rows), default=0.0)
    return Arranged(centres, bends, width, height)


def _rows(
    order: Mapping[Key, int], lines: Sequence[tuple[Key, Key]], first: set[Key], last: set[Key]
) -> dict[Key, int]:
    """Returns the row of each box: one below the lowest box that a line comes from."""
    rows = dict.fromkeys(order, 0)
    below: dict[Key, list[Key]] = {}
    for upper, lower in lines:
        below.setdefault(upper, []).append(lower)
    for key in order:
        if key not in first:
            rows[key] = max(rows[key], 1 if first else 0)
        for lower in below.get(key, ()):
            rows[lower] = max(rows[lower], rows[key] + 1)
    if last:
        lowest = max((rows[key] for key in order if key not in last), default=-1) + 1
        rows.update(dict.fromkeys(last, lowest))
    return rows


def _chain(line: tuple[Key, Key], pair: tuple[Key, Key], rows: dict[Key, int], sizes: dict[Key, Size]) -> list[Key]:
    """Returns the ends of a line with a point in each row between; the points get a row and a size."""
    upper, lower = pair
    points: list[Key] = [("bend", line, row) for row in range(rows[upper] + 1, rows[lower])]
    for point, row in zip(points, range(rows[upper] + 1, rows[lower]), strict=True):
        rows[point], sizes[point] = row, Size(8, 0)
    return [upper, *points, lower]


def _order(layers: list[list[Key]], above: Mapping[Key, list[Key]], below: Mapping[Key, list[Key]]) -> None:
    """Sorts each row by where the neighbours of its boxes are, in turns from above and from below."""
    place = {key: float(at) for layer in layers for at, key in enumerate(layer)}
    if all(len(layer) < 2 for layer in layers):
        return
    for sweep in range(_SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = {
                key: sum(place[other] for other in neighbours[key]) / len(neighbours[key])
                if neighbours[key]
                else place[key]
                for key in layer
            }
            layer.sort(key=wanted.__getitem__)
            place.update((key, float(at)) for at, key in enumerate(layer))


def _columns(
    layers: Sequence[Sequence[Key]],
    above: Mapping[Key, list[Key]],
    below: Mapping[Key, list[Key]],
    sizes: Mapping[Key, Size],
    gap: float,
) -> dict[Key, float]:
    """Returns the x of each centre: near those of its neighbours, no two boxes of a row upon each other."""
    x: dict[Key, float] = {}
    for layer in layers:
        left = 0.0
        for key in layer:
            x[key] = left + sizes[key].width / 2
            left += sizes[key].width + gap
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = []
            for key in layer:
                near = above[key] + below[key] if sweep > 1 else (above[key] if sweep % 2 == 0 else below[key])
                wanted.append(sum(x[other] for other in near) / len(near) if near else x[key])
            x.update(zip(layer, _apart(wanted, [sizes[key].width for key in layer], gap), strict=True))
    left = min((x[key] - sizes[key].width / 2 for key in x), default=0.0)
    return {key: value - left for key, value in x.items()}


def _apart(wanted: Sequence[float], widths: Sequence[float], gap: float) -> list[float]:
    """Returns the places nearest to those wanted at which boxes keep their order and distance (pool adjacent violators)."""
    offsets, total = [], 0.0
    for place, width in enumerate(widths):
        total += width / 2 + (gap + widths[place - 1] / 2 if place else 0)
        offsets.append(total)
    pools: list[list[float]] = []  # sum and number of what is wanted of a run of boxes that touch
    for value, offset in zip(wanted, offsets, strict=True):
        pools.append([value - offset, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            more = pools.pop()
            pools[-1] = [pools[-1][0] + more[0], pools[-1][1] + more[1]]
    means = [pool[0] / pool[1] for pool in pools for _ in range(int(pool[1]))]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _heights(
    layers: Sequence[Sequence[Key]], sizes: Mapping[Key, Size], row_gap: float
) -> tuple[list[tuple[float, float]], float]:
    """Returns the upper and lower edge of each row, and the lower edge of the last."""
    extents: list[tuple[float, float]] = []
    for layer in layers:
        height = max((sizes[key].height for key in layer), default=0.0)
        # A row without boxes, where lines come in or go out, needs no more room than they do to spread.
        gap = row_gap if extents and height and extents[-1][1] > extents[-1][0] else row_gap / 2
        top = extents[-1][1] + gap if extents else 0.0
        extents.append((top, top + height))
    return extents, extents[-1][1] if extents else 0.0
