"""Where the attention of a model is: the tensors to compute, how each is set in order, and what lies along its axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy.typing as npt

from tb_seqviz_plugin.callbacks.attention.axes import Along, along
from tb_seqviz_plugin.callbacks.attention.judging import owner_of
from tb_seqviz_plugin.callbacks.attention.layout import Layout, LayoutError, to_heads
from tb_seqviz_plugin.callbacks.attention.lengths import Lengths, lengths_of
from tb_seqviz_plugin.callbacks.attention.ordering import Ordering
from tb_seqviz_plugin.callbacks.attention.scores import Peaks, peaks_of
from tb_seqviz_plugin.callbacks.attention.search import Search
from tb_seqviz_plugin.callbacks.attention.sums import WeightedSum
from tb_seqviz_plugin.callbacks.attention.tracks import Position
from tb_seqviz_plugin.callbacks.attention.unnormalised import Unnormalised
from tb_seqviz_plugin.callbacks.backends.interface import ForwardPass, Reduction, Tensors
from tb_seqviz_plugin.callbacks.model.calls import Call
from tb_seqviz_plugin.callbacks.model.paths import Place, places_of
from tb_seqviz_plugin.callbacks.model.program import Elementwise, Program, Reshape, Transpose
from tb_seqviz_plugin.records.remarks import listed, remark

Arrays = dict[int, npt.NDArray[Any]]

_DONE = {
    "mask": remark("mask"),
    "renormalised": remark("renormalised"),
    "scaled": remark("scaled"),
    "gated": remark("gated"),
    "mixed": remark("mixed"),
    "convolved": remark("convolved"),
    "difference": remark("difference"),
    "sum": remark("sum"),
}
"""What is done to a softmax before it multiplies values, by the words of `Track.done`, in the order in which it is told."""


@dataclass(frozen=True, eq=False)
class Found:
    """Attention, before its values are known.

    Args:
        weights: number of the tensor that multiplies values, or that was sown.
        layout: how it is set in order.
        path: that of the layer, followed by the name that `sow` was given, if it was.
        class_name: class of the layer.
        owner: the call that attends.
        place: the backend's mark of it.
        queries: what lies along the queries.
        keys: what lies along the keys.
        softmaxes: the tensors that it was made from where it is another, with their layouts.
        peaks: the largest scores that the softmax was taken of, None where there are none.
        lengths: the lengths of the values that it multiplies, None where they are not known.
        note: what was done in between, as a sentence.
        values: number of the tensor that it multiplies, -1 for none.
        is_sown: whether `sow` named it.
        key_names: what it named its keys, if it did.
    """

    weights: int
    layout: Layout
    path: str
    class_name: str
    owner: Call | None
    place: int
    queries: Along
    keys: Along
    softmaxes: tuple[tuple[int, Layout], ...] = ()
    peaks: Peaks | None = None
    lengths: Lengths | None = None
    note: str = ""
    values: int = -1
    is_sown: bool = False
    key_names: tuple[str, ...] = ()

    @property
    def reductions(self) -> list[Reduction]:
        """What has to be computed for it beside its weights."""
        found: list[Reduction] = []
        if self.peaks is not None:
            found.append(self.peaks.reduction)
        if self.lengths is not None:
            found.append(self.lengths.reduction)
        return found


class Finding:
    """Finds the attention in a forward pass.

    Args:
        model: the model.
        ran: a forward pass of it.
        batch: number of examples.
        rolled: the inputs with the examples rolled by one.

    Attributes:
        layers: each call of a layer that attends, in order, as the heads that it computes side by side.
        reads: of each of them the others that it is computed from, as their places.
        tensors: numbers of the tensors that have to be computed.
        reductions: what has to be computed of other tensors: the largest scores, and the lengths of values.
        problems: what cannot be drawn, as sentences without their full stop.
    """

    def __init__(self, model: keras.Model, ran: ForwardPass, batch: int, rolled: Tensors) -> None:
        self._ran, self._rolled, self._batch = ran, rolled, batch
        self._program: Program = ran.program
        self.problems: list[str] = []
        self._search = search = Search(ran, batch)
        self._root, self._place_of = places_of(model, ran.recorder.calls)
        found = sorted([*self._described(search.found), *self._described_sown()], key=lambda each: each.place)
        reads = _Reads(self._program, [each.weights for each in found])
        self.layers = self._joined(found, reads)
        self.reads = [self._read_by(heads, reads) for heads in self.layers]
        self._name_unnormalised([each.weights for each in found])
        wanted = [number for each in found for number in (each.weights, *(number for number, _ in each.softmaxes))]
        self.tensors = list(dict.fromkeys(wanted))
        reductions = [reduction for each in found for reduction in each.reductions]
        self.reductions = list(dict.fromkeys(reductions))

    def _described(self, sums: Sequence[WeightedSum]) -> Iterator[Found]:
        search = self._search
        ordering = Ordering(self._program, search.tracks, search.finder, self._batch)
        tensors = list(dict.fromkeys(number for each in sums for number in (each.weights, *each.sources)))
        plain, rolled = self._values(tensors)
        for each in sums:
            owner = search.owners[each]
            place = self._place(owner)
            try:
                layout = ordering.of(each, plain[each.weights], rolled.get(each.weights))
            except LayoutError as error:
                self.problems.append(f"{place.path}: {error}")
                continue
            softmaxes = [
                (
                    source,
                    ordering.of_source(source, search.sources[source], each, plain[source], rolled.get(source)),
                )
                for source in each.sources
                if each.done and source in self._program.softmaxes
            ]
            yield Found(
                each.weights,
                layout,
                place.path,
                type(place.layer).__name__,
                owner,
                self._program.place_of(each.sources[0]),
                self._along_queries(each, layout),
                self._along_keys(each, layout),
                tuple(softmaxes),
                self._peaks(each, layout, ordering, plain, rolled),
                lengths_of(self._program, each, layout),
                _note(each, len(softmaxes)),
                each.values,
            )

    def _peaks(
        self, each: WeightedSum, layout: Layout, ordering: Ordering, plain: Arrays, rolled: Arrays
    ) -> Peaks | None:
        """Returns where the scores of some weights are, of which each head has its own."""
        sources = [source for source in each.sources if source in self._program.softmaxes]
        if len(sources) != 1 or "mixed" in each.done:
            return None
        (source,), axes = sources, self._search.sources[sources[0]]
        try:
            of_source = ordering.of_source(source, axes, each, plain[source], rolled.get(source))
        except LayoutError:
            return None
        return peaks_of(self._program, source, axes, of_source) if of_source.result[:3] == layout.result[:3] else None

    def _described_sown(self) -> Iterator[Found]:
        search = self._search
        for note, number in search.sown:
            owner = owner_of(note.call)
            place = self._place(owner)
            path, shape = f"{place.path}/{note.name}", self._program.shapes[number]
            try:
                layout = to_heads(shape, note.axes, self._batch)
            except LayoutError as error:
                self.problems.append(f"{path}: {error}")
                continue
            inputs, tracks = search.dependence.inputs_of(number), search.tracks.of(number, Position)
            queries, keys = (along(tracks, shape, layout.shape, layout.groups[side], inputs) for side in (2, 3))
            class_name = type(place.layer).__name__
            place_at = note.span[0]
            yield Found(
                number, layout, path, class_name, owner, place_at, queries, keys, is_sown=True, key_names=note.keys
            )

    def _place(self, owner: Call | None) -> Place:
        return self._root if owner is None else self._place_of[owner]

    def _values(self, tensors: Sequence[int]) -> tuple[Arrays, Arrays]:
        """Returns the values of tensors, and those with the examples rolled by one, where there are several."""
        plain = dict(zip(tensors, self._ran.values(tensors), strict=True))
        if self._batch == 1 or not tensors:
            return plain, {}
        try:
            return plain, dict(zip(tensors, self._ran.values(tensors, self._rolled), strict=True))
        except ValueError:  # a model that runs op by op, and otherwise on other values
            return plain, {}

    def _along_queries(self, each: WeightedSum, layout: Layout) -> Along:
        tracks, shape = self._search.tracks.of(each.weights, Position), self._program.shapes[each.weights]
        inputs = self._search.dependence.inputs_of(each.weights)
        return along(tracks, shape, layout.shape, layout.groups[2], inputs, layout.first)

    def _along_keys(self, each: WeightedSum, layout: Layout) -> Along:
        inputs = self._search.dependence.inputs_of(each.values)
        shape = self._program.shapes[each.values]
        of_values = along(self._search.tracks.of(each.values, Position), shape, shape, each.value_axes, inputs)
        if of_values.places:
            return of_values
        tracks, shape = self._search.tracks.of(each.weights, Position), self._program.shapes[each.weights]
        return along(tracks, shape, layout.shape, layout.groups[3], inputs, layout.first)

    def _name_unnormalised(self, drawn: Sequence[int]) -> None:
        """Names the layers that multiply values by what is no softmax, but for those that sow."""
        search = self._search
        sowing = {owner_of(note.call) for note, _ in search.sown}
        places = Unnormalised(self._program, search.dependence, search.tracks, drawn).places()
        calls = [owner_of(search.call_around(place)) for place in places]
        paths = [self._place(call).path for call in calls if call not in sowing]
        if paths:
            self.problems.append(
                f"{', '.join(dict.fromkeys(paths))}: values are multiplied by weights that are no softmax, so that "
                "they are not drawn; where they are made, pass them to sow(name, weights)"
            )

    def _read_by(self, heads: Sequence[Found], reads: _Reads) -> frozenset[int]:
        """Returns the places of the layers that another one is computed from: that its weights or its values are."""
        used = [tensor for head in heads for tensor in (head.weights, head.values)]
        return frozenset(
            place
            for place, others in enumerate(self.layers)
            if others is not heads and any(reads(tensor, other.weights) for tensor in used for other in others)
        )

    def _joined(self, found: Sequence[Found], reads: _Reads) -> list[list[Found]]:
        """Joins single heads that one call of a layer computes side by side, as tutorials with a loop over heads do."""
        groups: list[list[Found]] = []
        for each in found:
            if groups and self._is_further_head(each, groups[-1], reads):
                groups[-1].append(each)
            else:
                groups.append([each])
        return groups

    def _is_further_head(self, each: Found, heads: Sequence[Found], reads: _Reads) -> bool:
        """Returns whether weights are those of one more head beside others: of the same call, and computed from none of them."""
        first = heads[0]
        if each.owner is None or each.owner is not first.owner or each.is_sown or first.is_sown:
            return False
        _, count, queries, _ = each.layout.result
        if count != 1 or queries == 1 or each.layout.result != first.layout.result:
            return False
        alike = (each.keys, each.queries) == (first.keys, first.queries)
        scores = {self._scores(head.weights) for head in heads}
        return (
            alike
            and self._scores(each.weights) not in scores
            and not any(reads(each.weights, head.weights) for head in heads)
        )

    def _scores(self, tensor: int) -> int:
        """Returns the tensor that weights were made from, whatever its axes' order: the scores of both directions are one."""
        for _ in range(16):
            maker = self._program.makers.get(tensor)
            if not isinstance(maker, Reshape | Transpose | Elementwise):
                break
            soft = [number for number in maker.inputs if self._search.dependence.is_soft(number)]
            if len(soft) != 1:
                break
            (tensor,) = soft
        return tensor


class _Reads:
    """Which of some tensors each tensor is computed from."""

    def __init__(self, program: Program, tensors: Sequence[int]) -> None:
        self._bit = {number: 1 << bit for bit, number in enumerate(dict.fromkeys(tensors))}
        self._bits: dict[int, int] = {}
        for op in program.ops:
            bits = 0
            for number in op.inputs:
                bits |= self._bits.get(number, 0) | self._bit.get(number, 0)
            if bits:
                self._bits[op.output] = bits

    def __call__(self, tensor: int, earlier: int) -> bool:
        return bool(self._bits.get(tensor, 0) & self._bit[earlier])


def _note(each: WeightedSum, softmaxes: int) -> str:
    if not softmaxes:
        return ""
    return remark("changed", what=listed([words for name, words in _DONE.items() if name in each.done]))
