"""Tracks: where the entries of some tensors go, and so what those of every other tensor stand for.

A track says of each entry of a tensor which place it stands for along one axis of its origin: of the positions of an input, the
examples, the rows and columns of a softmax. It goes through a model as the entries do: moved with them, spread by broadcasting,
kept by what is computed one by one, lost where it differs along an axis that is summed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tb_seqviz_plugin.callbacks.attention import codes
from tb_seqviz_plugin.callbacks.attention.codes import Code
from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.model.program import (
    Concat,
    Elementwise,
    Lookup,
    Op,
    Product,
    Program,
    Reduce,
    Reshape,
    Take,
    Transpose,
    Window,
)

_MOST = 16
"""Tracks of one kind at one tensor; those from farthest away are dropped."""


class Position(NamedTuple):
    """Origin of a track: positions along an axis of an input."""

    input: str
    axis: int


class Example(NamedTuple):
    """Origin of a track: the examples."""


class Weight(NamedTuple):
    """Origin of a track: an axis of a softmax, followed as long as the entries are its weights."""

    source: int
    axis: int


class Term(NamedTuple):
    """Origin of a track: an axis of weights times values, before they are summed."""

    product: int
    axis: int


class Made(NamedTuple):
    """Origin of a track: an axis made by the model, until it is multiplied again.

    A parameter makes one, as the units of a dense layer; so do tensors of the same positions that are stacked, as of experts.
    """

    tensor: int
    axis: int


class Track(NamedTuple):
    """What the entries of a tensor stand for.

    Args:
        origin: of what.
        code: the place along it of each entry.
        steps: ops since the origin.
        done: what was done to weights on the way, in words of `NOTES`.
    """

    origin: Hashable
    code: Code
    steps: int = 0
    done: frozenset[str] = frozenset()


class Tracks:
    """The tracks of all tensors of a program.

    Args:
        program: the ops.
        dependence: of its tensors.
        origins: by tensor, the tracks that begin there.
    """

    def __init__(self, program: Program, dependence: Dependence, origins: Mapping[int, Sequence[Track]]) -> None:
        self._program, self._dependence = program, dependence
        self._found: dict[int, list[Track]] = {number: list(tracks) for number, tracks in origins.items()}
        for op in program.ops:
            try:
                found = _merged([origins.get(op.output, ()), *self._through(op)])
            except (ValueError, IndexError):  # of shapes that do not fit each other, nothing is followed
                found = list(origins.get(op.output, ()))
            if found:
                self._found[op.output] = found

    def of(self, tensor: int, kind: type | None = None) -> list[Track]:
        """Returns the tracks at a tensor, of one kind of origins or of all."""
        found = self._found.get(tensor, [])
        return found if kind is None else [track for track in found if isinstance(track.origin, kind)]

    def _through(self, op: Op) -> Iterable[Iterable[Track]]:
        """Yields the tracks of what an op makes, those from each input apart where entries are computed from several."""
        if isinstance(op, Elementwise):
            yield from self._one_by_one(op)
        elif isinstance(op, Product):
            yield from self._multiplied(op)
        else:
            yield self._carried(op)

    def _carried(self, op: Op) -> Iterable[Track]:
        shapes = [self._program.shapes[number] for number in op.inputs]
        shape = self._program.shapes[op.output]
        if isinstance(op, Reshape):
            yield from self._moved(op, lambda code: codes.reshape(code, shapes[0], shape))
        elif isinstance(op, Transpose):
            yield from self._moved(op, lambda code: codes.transpose(code, op.order))
        elif isinstance(op, Take):
            yield from self._moved(op, lambda code: codes.take(code, op.indices))
        elif isinstance(op, Concat):
            yield from self._joined(op, [shape[op.axis] for shape in shapes])
        elif isinstance(op, Reduce):
            yield from self._reduced(op)
        elif isinstance(op, Lookup):
            yield from self._looked_up(op)
        elif isinstance(op, Window):
            for track in self.of(op.inputs[0]):
                is_mixed = isinstance(track.origin, Weight) and not any(map(self._dependence.is_soft, op.inputs[1:]))
                if is_mixed or isinstance(track.origin, Position | Example):
                    code = codes.take(track.code, op.indices)
                    done = ["convolved"] if is_mixed else []
                    yield _on(track, codes.agreed(code, [op.features] if op.features >= 0 else []), *done)
            if op.has_kernel and op.features >= 0:
                axis = op.features
                yield Track(Made(op.output, axis), codes.along(axis, len(shape), np.arange(shape[axis])))

    def _looked_up(self, op: Lookup) -> Iterable[Track]:
        """Yields what is known of the numbers, and of what they choose from but for the axis that they choose along."""
        table, numbers = (self._program.shapes[number] for number in op.inputs)
        chosen = len(numbers) - op.shared  # axes that stand in the place of that axis
        for track in self.of(op.inputs[1]):
            if isinstance(track.origin, Made):
                continue  # what is chosen by them is not made so
            shared, own = track.code.shape[: op.shared], track.code.shape[op.shared :]
            beside = [1] * (op.axis - op.shared), [1] * (len(table) - op.axis - 1)
            yield _on(track, track.code.reshape(*shared, *beside[0], *own, *beside[1]))
        for track in self.of(op.inputs[0]):
            before, along, after = (
                track.code.shape[: op.axis],
                track.code.shape[op.axis],
                track.code.shape[op.axis + 1 :],
            )
            if along == 1 and not isinstance(track.origin, Weight | Term):
                yield _on(track, track.code.reshape(*before, *[1] * chosen, *after))

    def _moved(self, op: Op, move: Callable[[Code], Code | None]) -> Iterable[Track]:
        for track in self.of(op.inputs[0]):
            code = move(track.code)
            if code is not None:
                yield _on(track, code)

    def _joined(self, op: Concat, sizes: Sequence[int]) -> Iterable[Track]:
        """Joins the tracks of one origin that differ along the same axes, whether or not along the one that is joined."""
        yield from self._stacked(op, sizes)
        groups: dict[Hashable, dict[int, Track]] = {}
        for place, number in enumerate(op.inputs):
            for track in self.of(number):
                beside = tuple(axis for axis in codes.varying(track.code) if axis != op.axis)
                group = groups.setdefault((track.origin, beside), {})
                if place not in group or track.code.shape[op.axis] > group[place].code.shape[op.axis]:
                    group[place] = track
        for group in groups.values():
            nearest = min(group.values(), key=lambda track: track.steps)
            if _are_features(group, op.axis, sizes):
                yield _on(nearest, nearest.code)
                continue
            parts = [group[place].code if place in group else None for place in range(len(sizes))]
            code = codes.concat(parts, op.axis, sizes)
            if code is not None:
                done = frozenset[str]().union(*(track.done for track in group.values()))
                origin = next(iter(group.values())).origin
                yield Track(origin, code, min(track.steps for track in group.values()) + 1, done)

    def _stacked(self, op: Concat, sizes: Sequence[int]) -> Iterable[Track]:
        """Begins the track of an axis along which tensors of the same positions are stacked."""
        if len(sizes) < 2 or set(sizes) != {1}:
            return
        whole = [
            {(track.origin, track.code.tobytes()) for track in self.of(number, Position) if codes.varying(track.code)}
            for number in op.inputs
        ]
        if whole[0] and all(each == whole[0] for each in whole[1:]):
            rank = len(self._program.shapes[op.output])
            yield Track(Made(op.output, op.axis), codes.along(op.axis, rank, range(len(sizes))))

    def _one_by_one(self, op: Elementwise) -> Iterable[Iterable[Track]]:
        rank = len(self._program.shapes[op.output])
        for place in range(len(op.inputs)):
            yield self._from_factor(op, place, rank)
        yield self._terms(op, rank)

    def _from_factor(self, op: Elementwise, place: int, rank: int) -> Iterable[Track]:
        any_data = any(self._dependence.is_data(number) for number in op.inputs)
        is_data = self._dependence.is_data(op.inputs[place])
        for track in self.of(op.inputs[place]):
            done = self._done(op, place, track)
            if done is None or (isinstance(track.origin, Made) and any_data and not is_data):
                continue
            code = track.code.reshape(*[1] * (rank - track.code.ndim), *track.code.shape)
            if not isinstance(track.origin, Made) or self._is_made_by_all(op, place, code):
                yield Track(track.origin, code, track.steps + (op.how != "same"), track.done | done)

    def _is_made_by_all(self, op: Elementwise, place: int, code: Code) -> bool:
        """Returns whether no other operand has entries of its own along an axis that one has made, as scores beside a bias have."""
        for at, number in enumerate(op.inputs):
            shape = self._program.shapes[number]
            own = [axis for axis in codes.varying(code) if axis >= code.ndim - len(shape)]
            own = [axis for axis in own if shape[axis - code.ndim] > 1]
            if at != place and own and self._dependence.is_soft(number):
                made = self.of(number, Made)
                if not any(track.code.shape[axis - code.ndim] > 1 for track in made for axis in own):
                    return False
        return True

    def _done(self, op: Elementwise, place: int, track: Track) -> frozenset[str] | None:
        """Returns what an op does to weights, or to their products with values, nothing else counting; None if it ends them."""
        origin, how = track.origin, op.how
        if not isinstance(origin, Weight | Term) or how == "same":
            return frozenset()
        others = [number for at, number in enumerate(op.inputs) if at != place]
        if how == "select":
            return frozenset({"mask"})
        if how == "clip":
            return frozenset()
        if how not in ("multiply", "divide", "add", "subtract") or (how == "divide" and place != 0):
            return None
        beside = [other for number in others for other in self.of(number, type(origin))]
        same = any(isinstance(other.origin, Weight | Term) and other.origin[0] == origin[0] for other in beside)
        soft = any(self._dependence.is_soft(number) for number in others)
        if isinstance(origin, Term):
            return None if soft and not same else frozenset()
        if how == "divide":
            return frozenset({"renormalised"} if same else {"scaled"})
        if how == "multiply":
            data = any(self._dependence.is_data(number) for number in others)
            return frozenset({"gated"} if soft and not same else {"mask"} if data else {"scaled"})
        if beside:
            return frozenset() if same else frozenset({"difference" if how == "subtract" else "sum"})
        return None if soft else frozenset()

    def _terms(self, op: Elementwise, rank: int) -> Iterable[Track]:
        """Begins the tracks of weights times values."""
        if op.how != "multiply" or len(op.inputs) != 2:
            return
        for weights, values in (op.inputs, op.inputs[::-1]):
            if self.of(weights, Weight) and self._dependence.is_soft(values) and not self.of(values, Weight):
                for axis, size in enumerate(self._program.shapes[op.output]):
                    if size > 1:
                        yield Track(Term(op.output, axis), codes.along(axis, rank, np.arange(size)))

    def _multiplied(self, op: Product) -> Iterable[Iterable[Track]]:
        for place in (0, 1):
            yield self._from_side(op, place)

    def _from_side(self, op: Product, place: int) -> Iterable[Track]:
        labels, other = (op.left, op.right) if place == 0 else (op.right, op.left)
        mine, others = op.inputs[place], op.inputs[1 - place]
        summed = [axis for axis, label in enumerate(labels) if label not in op.result]
        for track in self.of(mine):
            done: frozenset[str] = frozenset()
            if isinstance(track.origin, Made | Term):
                continue
            if isinstance(track.origin, Weight):
                if self._dependence.is_soft(others) or _varies(track, summed):
                    continue
                done = frozenset({"mixed"})
            code = _spread(codes.agreed(track.code, summed), labels, op.result)
            yield Track(track.origin, code, track.steps + 1, track.done | done)
        if not self._dependence.is_data(mine) and self._dependence.is_data(others):
            for axis, label in enumerate(op.result):
                size = self._program.shapes[op.output][axis]
                if label in labels and label not in other and size > 1:
                    yield Track(Made(op.output, axis), codes.along(axis, len(op.result), np.arange(size)))

    def _reduced(self, op: Reduce) -> Iterable[Track]:
        tracks = self.of(op.inputs[0])
        # What sums weights times values holds no weights any more.
        sums = any(isinstance(track.origin, Term) and _varies(track, op.axes) for track in tracks)
        for track in tracks:
            varies = _varies(track, op.axes)
            if isinstance(track.origin, Weight | Term) and (varies or sums or not op.is_sum):
                continue
            if isinstance(track.origin, Made) and varies:
                continue
            code = codes.agreed(track.code, op.axes)
            code = code[tuple(slice(0, 1) if axis in op.axes else slice(None) for axis in range(code.ndim))]
            if not op.keeps:
                code = code.reshape([size for axis, size in enumerate(code.shape) if axis not in op.axes])
            yield _on(track, code)


def _are_features(group: Mapping[int, Track], axis: int, sizes: Sequence[int]) -> bool:
    """Returns whether tensors that each stand for other places all along an axis are joined there, as states beside a context."""
    tracks = list(group.values())
    whole = all(track.code.shape[axis] == 1 < sizes[place] for place, track in group.items())
    return whole and any(not np.array_equal(track.code, tracks[0].code) for track in tracks[1:])


def _varies(track: Track, axes: Sequence[int]) -> bool:
    return any(track.code.shape[axis] > 1 for axis in axes)


def _on(track: Track, code: Code, *done: str) -> Track:
    return Track(track.origin, code, track.steps + 1, track.done.union(done))


def _spread(code: Code, labels: str, result: str) -> Code:
    """Returns the code of a factor at the product."""
    kept = [label for label in labels if label in result]
    code = code.reshape([size for size, label in zip(code.shape, labels, strict=True) if label in result])
    code = code.transpose(sorted(range(len(kept)), key=lambda axis: result.index(kept[axis])))
    sizes = iter(code.shape)
    return code.reshape([next(sizes) if label in kept else 1 for label in result])


def _merged(of_each: Iterable[Iterable[Track]]) -> list[Track]:
    """Returns the tracks of a tensor, given those that come from each of its inputs."""
    given = [tracks for tracks in map(list, of_each) if tracks]
    if len(given) == 1:
        kept = [track for track in given[0] if (track.code >= 0).any()]
        return kept if len(kept) <= _MOST else _nearest(kept)
    found: dict[Hashable, list[Track]] = {}
    for tracks in given:
        new: dict[Hashable, dict[bytes, Track]] = {}
        for track in tracks:
            if (track.code >= 0).any():
                new.setdefault((track.origin, codes.varying(track.code)), {}).setdefault(track.code.tobytes(), track)
        for key, apart in new.items():
            found[key] = _reconciled(found.get(key, []), apart)
    kept = [track for same in found.values() for track in same]
    return kept if len(kept) <= _MOST else _nearest(kept)


def _nearest(tracks: Sequence[Track]) -> list[Track]:
    """Returns the nearest tracks of each kind."""
    by_kind: dict[type, list[Track]] = {}
    for track in sorted(tracks, key=_distance):
        by_kind.setdefault(type(track.origin), []).append(track)
    return [track for same in by_kind.values() for track in same[:_MOST]]


def _reconciled(known: Sequence[Track], new: Mapping[bytes, Track]) -> list[Track]:
    """Returns the tracks of one origin that come from several inputs, along the same axes.

    Of places that differ that from nearest counts, and none where both are as near, as of pairs.
    """
    by_code = {track.code.tobytes(): track for track in known}
    for number, track in new.items():
        alike = by_code.get(number, track)
        by_code[number] = Track(track.origin, track.code, min(alike.steps, track.steps), alike.done | track.done)
    if not known or len(by_code) == max(len(known), len(new)):
        return list(by_code.values())
    near, far = sorted((min(known, key=_distance), min(new.values(), key=_distance)), key=_distance)
    code = np.where(near.code >= 0, near.code, far.code)
    if near.steps == far.steps and isinstance(near.origin, Position):
        code = np.where((far.code >= 0) & (far.code != code), -1, code)
    return [Track(near.origin, codes.reduced(code), near.steps, near.done | far.done)] if (code >= 0).any() else []


def _distance(track: Track) -> int:
    return track.steps
