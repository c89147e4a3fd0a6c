"""Writing step by step: a stepper drafts the texts, and one plain pass over them says what the model itself would have written.

The pass draws every token again, with its own noise. Where nothing changes, the text is what the model writes, whatever drafted it:
each token is the one drawn after the text before it. Where a token changes, all before it is right, and so is the token that the
pass has drawn; from there on the rest is drafted anew. What is logged of each token comes from the pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.backends.interface import CompiledLoop, Compiling, Generation
from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch
from tb_seqviz_plugin.callbacks.decoding.drawn import Ask, Drawn, Draws, Kept, Stepper
from tb_seqviz_plugin.callbacks.generation.any_generator import Watch
from tb_seqviz_plugin.callbacks.generation.generated import Generated
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.callbacks.generation.stepper import are_close

_MOST_DRAFTS = 8
"""Rounding changes a token in thousands, of half precision one in hundreds; a stepper that is wrong changes one each time."""

_MOST_NUMBERS = 1 << 26
"""Scores that the pass has in memory at once, 256 MB."""

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts that begin at column 0.

    Args:
        tokens: int32 [rows, columns], the prompts and room for what follows.
        starts: int32 [rows], the column after each prompt.
        source: [rows, ...], None if the model takes none.
    """

    tokens: Ids
    starts: Ids
    source: npt.NDArray[Any] | None

    @property
    def arrays(self) -> tuple[Ids, Ids, npt.NDArray[Any] | None]:
        """All of it, as compiled functions take it."""
        return self.tokens, self.starts, self.source


@dataclass(frozen=True, eq=False)
class Stepped:
    """What was written step by step.

    Args:
        drawn: of the tokens after each prompt, [time, rows]; time is that asked for, and what was not written is zero.
        written: int [rows], how many tokens of each are sure.
        is_over: bool [rows], whether nothing follows them.
    """

    drawn: Drawn
    written: npt.NDArray[np.int64]
    is_over: npt.NDArray[np.bool_]


class Stepping:
    """Writes texts with a stepper, and checks them.

    Args:
        backend: runs loops.
        model: the model.
        stepper: steps with it.
        alternatives: how many of the most probable tokens to keep at each position.
        compiling: gives leave to compile loops in a slower and faster way.

    Attributes:
        loops: what drafts, by what it is for.
        passes: what checks, by what it is for.
        kept_bytes: how much is kept from token to token of the texts that were last compiled for.
        is_trusted: whether the drafts have been confirmed so far.
    """

    def __init__(
        self, backend: Generation, model: NextToken, stepper: Stepper, alternatives: int, compiling: Compiling
    ) -> None:
        self._backend, self._model, self._alternatives, self._compiling = backend, model, alternatives, compiling
        self.stepper = stepper
        self.loops: dict[Hashable, CompiledLoop] = {}
        self.passes: dict[Hashable, CompiledLoop] = {}
        self.kept_bytes = 0
        self.is_trusted = True
        self._is_confirmed = model.is_stepwise

    def __call__(self, texts: Texts, draws: Draws, watch: Watch | None = None) -> Stepped:
        """Returns what follows each prompt, as far as there is room.

        Args:
            texts: the prompts.
            draws: how tokens are drawn.
            watch: what runs the model in the pass that checks, None if nobody looks on.
        """
        (rows, columns), (_, time) = texts.tokens.shape, draws.noise.shape
        starts, known, is_over = texts.starts, texts.starts.copy(), np.zeros(rows, bool)
        room = np.minimum(starts + time, columns)
        every = np.arange(columns)
        tokens = texts.tokens
        if not self._model.is_causal:
            drawn = Drawn(*self._draft(texts, known, is_over, draws, self._alternatives))
            ends = _ends(every, drawn.tokens, starts, room, draws.stop)
            self.is_trusted = self._is_confirmed = self._is_confirmed or self._is_right(texts, drawn, ends)
            if not self.is_trusted:
                return replace(_stepped(drawn, texts, starts, room, time), is_over=is_over)
            return _stepped(drawn, texts, ends, room, time)
        for _ in range(_MOST_DRAFTS):
            [drafted] = self._draft(replace(texts, tokens=tokens), known, is_over, draws, None)
            tokens = np.concatenate([tokens[:, :1], drafted.T], axis=1)
            drawn = self._checked(replace(texts, tokens=tokens), draws, watch)
            ends = _ends(every, drafted, starts, room, draws.stop)
            changed = np.pad(drawn.tokens != drafted, ((1, 0), (0, 0))).T
            changed &= (every >= starts[:, None]) & (every < ends[:, None])
            is_over = ~changed.any(axis=1)
            known = np.where(is_over, ends, changed.argmax(axis=1) + 1).astype(np.int32)
            if is_over.all():
                return self._without_padding(_stepped(drawn, texts, known, room, time))
            places = known - 1
            wrong = np.flatnonzero(~is_over)
            tokens[wrong, places[wrong]] = drawn.tokens[places[wrong] - 1, wrong]
            is_over = is_over | (known >= room) | (tokens[np.arange(rows), places] == draws.stop)
        self.is_trusted = False
        return replace(_stepped(drawn, texts, known, room, time), is_over=is_over)

    def _is_right(self, texts: Texts, drawn: Drawn, ends: npt.NDArray[Any]) -> bool:
        """Returns whether a model that speaks of the last token only says of some beginnings what was said step by step."""
        tokens = np.concatenate([texts.tokens[:, :1], drawn.tokens.T], axis=1)
        for end in sorted({int(texts.starts.max() + ends.max()) // 2, int(ends.max()) - 1}):
            shown = np.where(np.arange(end) < texts.starts[:, None], texts.tokens[:, :end], tokens[:, :end])
            scores = np.asarray(self._model(shown, None, texts.source))
            rows = np.flatnonzero((texts.starts <= end) & (end < ends))
            with np.errstate(invalid="ignore"):  # of a model that says NaN
                chances = np.exp(scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True))
            if not are_close(
                drawn.probabilities[end - 1, rows], chances[rows, tokens[rows, end]], self._model.rounding
            ):
                return False
        return True

    def confirms(self, found: Sequence[Generated], texts: Texts, rows: Sequence[int], beams: BeamSearch) -> bool:
        """Returns whether one plain pass over what a search has found says of each token what was said step by step.

        Args:
            found: the best behind each prompt.
            texts: the prompts.
            rows: the first of each prompt.
            beams: how was searched.
        """
        if not self._model.is_causal:
            return True
        tokens, starts = texts.tokens[list(rows)], texts.starts[list(rows)]
        for row, one in enumerate(found):
            tokens[row, starts[row] : starts[row] + len(one.ids)] = one.ids
        source = None if texts.source is None else texts.source[list(rows)]
        noise, zeros = np.zeros((len(rows), beams.max_length), np.float32), np.zeros(len(rows), np.float32)
        draws = Draws(False, noise, zeros, np.int32(1), np.float32(1), np.int32(-1))
        passed = self._checked(Texts(tokens, starts, source), draws).alternative_probabilities
        return all(
            are_close(one.alternative_probabilities, passed[start - 1 :, row][: len(one.ids)], self._model.rounding)
            for row, (one, start) in enumerate(zip(found, starts, strict=True))
        )

    def _without_padding(self, stepped: Stepped) -> Stepped:
        """Returns texts up to the first padding that was written, if the model is to be asked itself what follows that."""
        if self.stepper.knows_padding:
            return stepped
        is_zero = (stepped.drawn.tokens == 0) & (np.arange(len(stepped.drawn.tokens))[:, None] < stepped.written - 1)
        written = np.where(is_zero.any(axis=0), is_zero.argmax(axis=0) + 1, stepped.written)
        return replace(stepped, written=written, is_over=stepped.is_over & (written == stepped.written))

    def _draft(
        self, texts: Texts, known: Ids, is_over: npt.NDArray[np.bool_], draws: Draws, alternatives: int | None
    ) -> list[npt.NDArray[Any]]:
        """Returns the tokens from column 1 on, [time, rows], or the fields of `Drawn`."""
        is_cut = draws.is_cut

        def write(tokens: Any, starts: Any, source: Any, known: Any, is_over: Any, *settings: Any) -> list[Any]:
            return self._backend.sample(
                *self._starting(tokens, source),
                tokens,
                starts,
                known,
                is_over,
                Draws(is_cut, *settings),
                np.int32(1),
                1,
                alternatives,
            )

        run = self._compiled(self.loops, ("stepped", is_cut), write)
        return run(*texts.arrays, known, is_over, *draws.settings)

    def _checked(self, texts: Texts, draws: Draws, watch: Watch | None = None) -> Drawn:
        """Returns what the model draws after every token of texts, by one plain pass."""
        is_cut, alternatives = draws.is_cut, self._alternatives

        def redraw(scores: Any, starts: Any, *settings: Any) -> list[Any]:
            return self._backend.redraw(scores, starts, Draws(is_cut, *settings), alternatives)

        def check(tokens: Any, starts: Any, source: Any, *settings: Any) -> list[Any]:
            return redraw(self._scores(tokens, source), starts, *settings)

        rows, columns = texts.tokens.shape
        at_once = max(1, _MOST_NUMBERS // (columns * self._model.vocabulary))
        if watch is not None and at_once >= rows and self._model.batch in (None, rows):
            scores = watch(self._scores, texts.tokens, texts.source)
            if scores is not None:
                run = self._compiled(self.passes, ("watched", is_cut), redraw)
                return Drawn(*run(scores, texts.starts, *draws.settings))
        run = self._compiled(self.passes, ("pass", is_cut), check)
        if at_once >= rows:
            return Drawn(*run(*texts.arrays, *draws.settings))
        parts = []
        for start in range(0, rows, at_once):
            own = np.minimum(np.arange(start, start + at_once), rows - 1)
            noise, temperatures, *rest = draws.settings
            source = None if texts.source is None else texts.source[own]
            found = run(texts.tokens[own], texts.starts[own], source, noise[own], temperatures[own], *rest)
            parts.append([each[:, : rows - start] for each in found])
        return Drawn(*(np.concatenate(each, axis=1) for each in zip(*parts, strict=True)))

    def _scores(self, tokens: Any, source: Any) -> Any:
        """Returns scores of what follows each token but the last, float32 [rows, columns - 1, vocabulary]; inside functions."""
        shown, length = tokens[:, :-1], self._model.length
        count = shown.shape[1]
        if length is not None:
            shown = ops.pad(shown, ((0, 0), (0, length - count)), constant_values=-1)
        return self._model.everywhere(shown, source)[:, :count]

    def search(self, texts: Texts, beams: BeamSearch) -> Kept:
        """Returns what was kept at each column from the first on."""
        sizes = beams.width, beams.max_length, 1, self._alternatives

        def search(tokens: Any, starts: Any, source: Any, length_penalty: Any, stop: Any) -> list[Any]:
            return self._backend.search(*self._starting(tokens, source), tokens, starts, length_penalty, stop, *sizes)

        run = self._compiled(self.loops, ("stepped", sizes), search)
        *drawn, parents, scores = run(*texts.arrays, np.float32(beams.length_penalty), np.int32(beams.stop_id))
        return Kept(Drawn(*drawn), parents, scores)

    def _starting(self, tokens: Any, source: Any) -> tuple[Ask, Any]:
        """Returns what is asked and what it is given first; inside compiled functions."""
        ask, first = self.stepper.starting(tokens, source)
        self.kept_bytes = sum(_bytes_of(each) for each in keras.tree.flatten(first))
        return ask, first

    def _compiled(
        self, compiled: dict[Hashable, CompiledLoop], key: Hashable, function: Callable[..., list[Any]]
    ) -> CompiledLoop:
        if key not in compiled:
            # Without a loop in it, XLA makes the pass no faster.
            has_loop = compiled is self.loops or self._model.has_recurrent_layers
            compiled[key] = self._backend.Compiled(function, is_static=has_loop, compiling=self._compiling)
        return compiled[key]


def _bytes_of(tensor: Any) -> int:
    return math.prod(tensor.shape) * np.dtype(keras.backend.standardize_dtype(tensor.dtype)).itemsize


def _ends(every: npt.NDArray[Any], drafted: Ids, starts: Ids, room: Ids, stop: int) -> npt.NDArray[Any]:
    """Returns the column after the last token of each text."""
    is_stop = np.pad(drafted == stop, ((1, 0), (0, 0))).T & (every >= starts[:, None]) & (every < room[:, None])
    return np.where(is_stop.any(axis=1), is_stop.argmax(axis=1) + 1, room)


def _stepped(drawn: Drawn, texts: Texts, ends: npt.NDArray[Any], room: Ids, time: int) -> Stepped:
    """Returns what was drawn behind each prompt, rather than at each column."""
    _, columns = texts.tokens.shape
    places = texts.starts - 1 + np.arange(time)[:, None]
    is_there = places < ends - 1
    rows = np.arange(len(ends))
    fields = [field[np.minimum(places, columns - 2), rows] for field in drawn]
    cut = [np.where(_as_wide(is_there, each), each, 0) for each in fields]
    is_over = (ends < room) | (ends >= texts.starts + time)
    return Stepped(Drawn(*cut), (ends - texts.starts).astype(np.int64), is_over)


def joined(drawn: Drawn, rest: Drawn, written: npt.NDArray[np.int64]) -> Drawn:
    """Returns the first tokens of each row from one, `written` of them, and the rest from another."""
    is_first = np.arange(len(drawn.tokens))[:, None] < written
    pairs = zip(drawn, rest, strict=True)
    return Drawn(*(np.where(_as_wide(is_first, one), one, other) for one, other in pairs))


def _as_wide(chosen: npt.NDArray[np.bool_], field: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    return chosen.reshape(chosen.shape + (1,) * (field.ndim - 2))
