"""The search for attention in a forward pass: the weighted sums of its program that attend, and the calls that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tb_seqviz_plugin.callbacks.attention import codes
from tb_seqviz_plugin.callbacks.attention.candidates import candidates_in, spelled_out_in
from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.attention.judging import attention_among, owner_of
from tb_seqviz_plugin.callbacks.attention.sums import SumFinder, WeightedSum, origins_of
from tb_seqviz_plugin.callbacks.attention.tracks import Example, Position, Track, Tracks
from tb_seqviz_plugin.callbacks.backends.interface import ReadPass
from tb_seqviz_plugin.callbacks.model.calls import Call
from tb_seqviz_plugin.callbacks.model.program import Program


class Search:
    """Finds the attention in a forward pass.

    Args:
        ran: the pass.
        batch: number of examples.

    Attributes:
        dependence: of the tensors.
        tracks: of the tensors.
        finder: of weighted sums.
        sources: what sums to 1, along which axes.
        found: the weighted sums that are attention, in order.
        owners: the call that attends, of each.
        sown: what `sow` was given, with the number of the tensor.
    """

    def __init__(self, ran: ReadPass, batch: int) -> None:
        self._program: Program = ran.program
        self._calls = ran.recorder.calls
        numbered = [(note, ran.number_of(note.tensor)) for note in ran.recorder.notes]
        self.sown = [(note, number) for note, number in numbered if number is not None and note.name]
        self._noted = [(note, number) for note, number in numbered if number is not None and not note.name]
        self.dependence = Dependence(self._program)
        self.sources = self._sources(ran)
        self.tracks = Tracks(self._program, self.dependence, self._origins(batch))
        self.finder = SumFinder(self._program, self.dependence, self.tracks, self.sources)
        sums = self._used(self._without_sown(self.finder.find()))
        call_of = {number: note.call for note, number in self._noted}
        owners = {each: owner_of(call_of.get(each.sources[0]) or self.call_at(each.sources[0])) for each in sums}
        self.found = attention_among(sums, owners, self.finder, self.dependence, self._program)
        self.owners: Mapping[WeightedSum, Call | None] = {each: owners[each] for each in self.found}

    def call_at(self, tensor: int) -> Call | None:
        """Returns the innermost call that a tensor was made in."""
        return self.call_around(self._program.place_of(tensor))

    def call_around(self, place: int) -> Call | None:
        """Returns the innermost call at a mark."""
        return next((call for call in reversed(self._calls) if call.opened <= place < call.closed), None)

    def _sources(self, ran: ReadPass) -> dict[int, tuple[int, ...]]:
        """Returns what sums to 1, with the axes along which it does."""
        program, sources, covered = self._program, dict[int, tuple[int, ...]](), set[int]()
        for note, number in self._noted:
            rank = len(program.shapes[number])
            sources[number] = tuple(sorted(axis % rank for axis in note.axes))
            program.softmaxes[number] = sources[number]
            covered.update(range(note.span[0], max(note.span[1], note.span[0] + 1)))  # in a loop all is at one mark
        for number, axes in list(program.softmaxes.items()):
            if program.place_of(number) not in covered:
                sources[number] = axes
            elif number not in sources:
                del program.softmaxes[number]
        for number, axes in spelled_out_in(program, self.dependence):
            if program.place_of(number) not in covered:
                sources.setdefault(number, axes)
        candidates = [each for each in candidates_in(program, self.dependence) if each[0] not in sources]
        for (number, axis), is_normalised in zip(candidates, ran.normalised(candidates), strict=True):
            if is_normalised and program.place_of(number) not in covered:
                sources.setdefault(number, (axis,))
        return sources

    def _origins(self, batch: int) -> dict[int, list[Track]]:
        shapes = self._program.shapes
        origins = {source: origins_of(source, shapes[source]) for source in self.sources}
        for name, number in self._program.inputs.items():
            shape = shapes[number]
            if not shape or shape[0] != batch:
                continue
            begun = origins.setdefault(number, [])
            begun.append(Track(Example(), codes.along(0, len(shape), range(shape[0]))))
            last = len(shape) - (number in self._program.floats and len(shape) > 2)
            for axis in range(1, last):
                begun.append(Track(Position(name, axis), codes.along(axis, len(shape), range(shape[axis]))))
        return origins

    def _without_sown(self, sums: Sequence[WeightedSum]) -> list[WeightedSum]:
        sown = {number for _, number in self.sown}
        return [each for each in sums if sown.isdisjoint((each.weights, *each.sources))]

    def _used(self, sums: Sequence[WeightedSum]) -> list[WeightedSum]:
        """Leaves out what nothing is made of: Keras runs a cell once more only to learn the shape of what it returns."""
        used = self._program.used()
        return [each for each in sums if each.weights in used] if used else list(sums)
