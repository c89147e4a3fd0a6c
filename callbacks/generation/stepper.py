"""How a model is asked for one token after the other without being shown again what it has read: a way to step.

    model -> a stepper, decided once per model -> the loop over tokens, compiled -> a plain pass that checks what it wrote

Where there is none, the model is shown all that it needs at every step (`backends.interface.Generation.asking`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from tb_seqviz_plugin.callbacks.backends.interface import Generation
from tb_seqviz_plugin.callbacks.decoding.drawn import Ask, Stepper
from tb_seqviz_plugin.callbacks.errors import SteppingError
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.records.remarks import remark

Ids = npt.NDArray[np.int32]


class OwnStates:
    """Steps with a stateful model that takes one token at a time, and remembers those before in its states.

    Args:
        model: a stepwise one.
    """

    way: str = remark("states of its own")
    knows_padding = True

    def __init__(self, model: NextToken) -> None:
        self._model = model

    def starting(self, tokens: Any, source: Any) -> tuple[Ask, Any]:
        """Returns what calls the model on one token, and states of zero."""
        model = self._model

        def ask(tokens: Any, end: Any, states: Any) -> tuple[Any, Any]:
            newest = ops.take(tokens, end - 1, axis=1)
            result, after = model.run.step(newest[:, None], states, model.source.as_taken(source))
            return model.scores(result), after

        return ask, model.run.first_states(tokens.shape[0])


_TRIED = 4
"""Tokens of a text that a stepper is tried on."""
_COMPARED = 2
"""Texts that the model itself is asked for: one tells nothing of rows that are mixed up, and many take much memory."""


def check_on_prefixes(
    model: NextToken, stepper: Stepper, backend: Generation, size: tuple[int, int], source: Any = None
) -> None:
    """Raises a SteppingError unless a stepper says what the model says, of every beginning of a text.

    Args:
        model: the model.
        stepper: of this model.
        backend: runs it.
        size: rows and columns of the texts that are to be written: what is made of the model for the trial serves for these, too.
        source: what they are written from, [rows, ...], None if the model takes none.
    """
    length = model.length or _TRIED
    rows, columns = size
    if rows < _COMPARED:
        rows, source = _COMPARED, None if source is None else source.repeat(_COMPARED, axis=0)
    tokens = trial(model, rows, max(length + 1, columns), stepper.knows_padding)
    tried = min(_TRIED, length)

    def scores(tokens: Any, source: Any) -> list[Any]:
        return [backend.first_scores(*stepper.starting(tokens, source), tokens, tried, model.vocabulary)]

    # It runs once, which no compilation repays.
    compiled = backend.Compiled(scores, is_static=True, compiling=lambda seconds: None)
    try:
        [stepped] = compiled(tokens, source)
    except SteppingError as error:
        # What was wrong with the graph, rather than with what was tried after it.
        raise SteppingError(compiled.why_eager.removesuffix(".") or error.args[0]) from error
    tokens, source = tokens[:_COMPARED], None if source is None else source[:_COMPARED]
    whole: Any = np.asarray(model.everywhere(tokens[:, :length], source)) if model.per_position else None
    for end in range(1, tried + 1):
        is_part = whole is None or model.length is not None or end < length
        plain = _plain(model, tokens[:, :end], source) if is_part else whole[:, end - 1]
        if whole is not None and not are_close(whole[:, end - 1], plain, model.rounding):
            raise SteppingError(why_apart(model, source, remark("depends on length")))
        if not are_close(stepped[end - 1, :_COMPARED], plain, model.rounding):
            raise SteppingError(why_apart(model, source, remark("steps differ", tokens=end)))


def why_apart(model: NextToken, source: Any, otherwise: str) -> str:
    """Returns why a model does not say the same of a text when it is asked in another way: that it never does, where it draws.

    Args:
        model: the model.
        source: what texts are written from, [rows, ...], None if the model takes none.
        otherwise: the reason of one that says the same of the same text.
    """
    rows = model.batch or 1
    tokens = trial(model, rows, model.length or _TRIED, has_padding=False)
    one, other = model.twice(tokens, None if source is None else np.resize(source, (rows, *source.shape[1:])))
    return otherwise if are_close(one, other, model.rounding) else remark("draws")


def _plain(model: NextToken, tokens: Ids, source: Any) -> Any:
    if model.length is None:
        return model(tokens, None, source)
    rows, end = tokens.shape
    padded = np.pad(tokens, ((0, 0), (0, model.length - end)), constant_values=-1)
    return model(padded, np.full(rows, end - 1, np.int32), source)


def trial(model: NextToken, rows: int, length: int, has_padding: bool) -> Ids:
    """Returns texts to try a model on, int32 [rows, length]."""
    random = np.random.default_rng(0)
    return random.integers(0 if has_padding else 1, min(model.readable, 1000), (rows, length)).astype(np.int32)


def are_close(one: Any, other: Any, rounding: float) -> bool:
    """Returns whether two computations of the same numbers agree but for rounding, relative to the largest."""
    found, expected = (np.asarray(ops.convert_to_numpy(ops.cast(each, "float32"))) for each in (one, other))
    bound = rounding * _scale(expected)
    return bool(np.allclose(_comparable(found), _comparable(expected), rtol=rounding, atol=bound))


def _comparable(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.nan_to_num(scores, nan=1e9, posinf=1e9, neginf=-1e9)


def _scale(scores: npt.NDArray[np.float32]) -> float:
    finite = scores[np.isfinite(scores)]
    return float(np.abs(finite).max(initial=0)) + 1e-6
