"""Context: which of the tokens so far a model is shown, and where in its input they lie.

The tokens of all rows lie in one buffer with the ends of the prompts below each other, so that every step appends one column:

    . . b e      aligned to the right, as windows are:     . . b e | x          to the left, as padded texts are:   b e x . .
    o r   n                                                o r   n | y                                              o r   n y
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken


@dataclass(frozen=True)
class Context:
    """What every step shows to the model; equal for calls that can share a compiled loop.

    Args:
        width: the length that the model is given, None for as many tokens as there are.
        limit: the most tokens that the model is given, None for all.
        to_left: whether the tokens begin at the left, with padding after them; else they end at the right, with padding before.
        groups: (from row, to row, first column) of rows that the model is given together.
        prompt_columns: columns of the buffer before what is generated.
    """

    width: int | None
    limit: int | None
    to_left: bool
    groups: tuple[tuple[int, int, int], ...]
    prompt_columns: int

    @property
    def is_static(self) -> bool:
        """Whether the model sees one shape only."""
        return self.width is not None


def context_for(lengths: Sequence[int], generated: int, window: int | None, model: NextToken) -> Context:
    """Returns the context that gives each row what it would be given alone.

    Args:
        lengths: tokens of each row's prompt, ascending, none longer than the model or the window takes.
        generated: how many tokens follow at most.
        window: the most tokens to show, None for all that the model takes.
        model: the model.

    Raises:
        GenerationError: if the model gives no right result at the lengths that there would be.
    """
    rows, longest = len(lengths), lengths[-1]
    together = ((0, rows, 0),)
    if model.is_stepwise:
        return Context(None, 1, False, together, longest)
    if model.length is not None:
        if model.is_causal and lengths[0] < model.length:
            return Context(model.length, model.length, True, together, longest)
        return Context(model.length, model.length, False, together, model.length)
    if window is not None and lengths[0] >= window:
        return Context(window, window, False, together, window)
    if model.needs_static_length:
        if not model.is_causal:
            raise GenerationError(
                "The model holds a TimeDistributed layer, which gives wrong results at a length that grows, and looks ahead, "
                "so that padding would change them, too; expected window=, with prompts that fill it, or Dense without "
                "TimeDistributed around it, which does the same."
            )
        width = longest + generated - 1 if window is None else min(window, longest + generated - 1)
        return Context(width, width, True, together, longest)
    if lengths[0] == longest:
        return Context(None, window, False, together, longest)
    if model.is_causal:
        return Context(None, window, True, together, longest)
    starts = [row for row in range(rows) if row == 0 or lengths[row] != lengths[row - 1]]
    groups = tuple(
        (start, end, longest - lengths[start]) for start, end in zip(starts, [*starts[1:], rows], strict=True)
    )
    return Context(None, window, False, groups, longest)
