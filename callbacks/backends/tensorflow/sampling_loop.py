"""How sampling runs on TensorFlow: one loop over the tokens, whatever way the model is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.decoding.drawn import Ask, Draws
from tb_seqviz_plugin.callbacks.decoding.sampling import draw
from tb_seqviz_plugin.callbacks.generation.context import Context
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken


class Outlook(NamedTuple):
    """What is said of the next token; where the model returns NaN, all tokens are alike and their probability is NaN.

    Args:
        scores: float32 [rows, vocabulary], logits or logarithms of probabilities.
        chances: float32 [rows, vocabulary], logarithms of probabilities.
        is_broken: bool [rows], whether the model returned NaN.
    """

    scores: Any
    chances: Any
    is_broken: Any

    @classmethod
    def of(cls, scores: Any) -> Outlook:
        """Returns what scores say, float32 [rows, vocabulary]."""
        chances = tf.nn.log_softmax(scores)
        is_broken = tf.reduce_any(tf.math.is_nan(chances), axis=-1)
        scores = tf.where(is_broken[:, None], tf.zeros_like(scores), scores)
        return cls(scores, chances, is_broken)

    def drawn(self, noise: Any, temperatures: Any, cut: tuple[Any, ...]) -> Any:
        """Returns one token per row, int32 [rows]; where the model returns no numbers, token 0."""
        return tf.where(self.is_broken, 0, draw(self.scores, noise, temperatures, *cut))

    def described(self, tokens: Any, alternatives: int) -> list[Any]:
        """Returns the fields of `Drawn` for one token per row, int32 [rows]."""
        score = tf.gather(self.scores, tokens, batch_dims=1)
        rank = 1 + tf.math.count_nonzero(self.scores > score[:, None], axis=-1, dtype=tf.int32)
        _, best = tf.math.top_k(self.scores, alternatives)
        return [tokens, self._probabilities(tokens[:, None])[:, 0], rank, best, self._probabilities(best)]

    def _probabilities(self, tokens: Any) -> Any:
        """Returns those of some tokens in each row, float32 [rows, some]."""
        return tf.where(self.is_broken[:, None], np.nan, tf.exp(tf.gather(self.chances, tokens, batch_dims=1)))


def arrays_of(time: int, rows: int, alternatives: int) -> list[Any]:
    """Returns what the fields of `Drawn` are written to."""
    one, several = (rows,), (rows, alternatives)
    kinds = [(tf.int32, one), (tf.float32, one), (tf.int32, one), (tf.int32, several), (tf.float32, several)]
    return [tf.TensorArray(dtype, time, element_shape=shape) for dtype, shape in kinds]


def sample(
    ask: Ask,
    carried: Any,
    tokens: Any,
    starts: Any,
    known: Any,
    is_over: Any,
    draws: Draws,
    begin: Any,
    first: int,
    alternatives: int | None,
) -> list[Any]:
    """Continues every row, and returns the fields of `Drawn`; runs inside compiled functions.

    Args:
        ask: says what comes next.
        carried: what it is given at the first column.
        tokens: int32 [rows, columns], the texts so far and room for what follows.
        starts: int32 [rows], the column after each prompt.
        known: int32 [rows], the column after what is there of each text already.
        is_over: bool [rows], whether nothing follows.
        draws: how tokens are drawn.
        begin: int32, the first column to fill.
        first: the least that may be.
        alternatives: how many of the most probable tokens to keep; None where only the tokens are wanted.
    """
    (rows, columns), time = tokens.shape, draws.noise.shape[1]

    def unfinished(end: Any, tokens: Any, is_over: Any, carried: Any, arrays: Any) -> Any:
        return tf.logical_not(tf.reduce_all(is_over))

    def advance(end: Any, tokens: Any, is_over: Any, carried: Any, arrays: Any) -> Any:
        scores, carried = ask(tokens, end, carried)
        outlook, offset = Outlook.of(scores), end - starts
        numbers = tf.gather(draws.noise, tf.clip_by_value(offset, 0, time - 1), batch_dims=1)
        token = outlook.drawn(numbers, draws.temperatures, draws.cut)
        written = [] if alternatives is None else outlook.described(token, alternatives)
        arrays = [array.write(end - first, value) for array, value in zip(arrays, written, strict=True)]
        is_known = end < known
        tokens = with_column(tokens, end, tf.where(is_known, tokens[:, end], token))
        is_last = tf.logical_or(offset >= time - 1, end >= columns - 1)
        ends = tf.logical_or(is_last, tf.logical_and(tf.logical_not(is_known), token == draws.stop))
        return end + 1, tokens, tf.logical_or(is_over, ends), carried, arrays

    arrays = [] if alternatives is None else arrays_of(columns - first, rows, alternatives)
    _, tokens, _, _, arrays = tf.while_loop(unfinished, advance, (begin, tokens, is_over, carried, arrays))
    return [array.stack() for array in arrays] or [tf.transpose(tokens[:, first:])]


def first_scores(ask: Ask, carried: Any, tokens: Any, count: int, vocabulary: int) -> Any:
    """Returns scores of what follows each of the first tokens, [count, rows, vocabulary]; runs inside compiled functions."""
    array = tf.TensorArray(tf.float32, count, element_shape=(tokens.shape[0], vocabulary))

    def advance(end: Any, carried: Any, array: Any) -> Any:
        scores, carried = ask(tokens, end, carried)
        return end + 1, carried, array.write(end - 1, scores)

    *_, array = tf.while_loop(lambda end, *_: end <= count, advance, (tf.constant(1), carried, array))
    return array.stack()


def with_column(tokens: Any, column: Any, values: Any) -> Any:
    """Returns the tokens with the values, int32 [rows], in one column."""
    return tf.where(tf.range(tokens.shape[1]) == column, values[:, None], tokens)


def asking(model: NextToken, context: Context, offsets: Any, source: Any) -> Ask:
    """Returns what asks a model that is shown all that it needs at every step.

    Args:
        model: says what comes next.
        context: what it is shown.
        offsets: int32 [rows], the column at which each prompt begins.
        source: [rows, ...], None if the model takes none.
    """

    def ask(tokens: Any, end: Any, carried: Any) -> tuple[Any, Any]:
        return tf.concat(list(_scores(model, context, offsets, source, tokens, end)), axis=0), carried

    return ask


def _scores(model: NextToken, context: Context, offsets: Any, source: Any, tokens: Any, end: Any) -> Iterator[Any]:
    """Yields the scores of each group of rows."""
    width, limit = context.width, context.limit
    if context.to_left:
        start = offsets if limit is None else tf.maximum(offsets, end - limit)
        longest = end if limit is None else tf.minimum(end, limit)
        columns_shown = start[:, None] + tf.range(longest if width is None else width)
        shown = tf.gather(tokens, tf.minimum(columns_shown, tokens.shape[1] - 1), batch_dims=1)
        yield model(tf.where(columns_shown < end, shown, -1), end - start - 1, source)
    elif width is not None:
        yield model(tf.slice(tokens, [0, end - width], [tokens.shape[0], width]), None, source)
    else:
        for top, bottom, first in context.groups:
            start = first if limit is None else tf.maximum(first, end - limit)
            yield model(tokens[top:bottom][:, start:end], None, None if source is None else source[top:bottom])
