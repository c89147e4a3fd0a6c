"""How generation runs on TensorFlow: one loop over the tokens, traced once, compiled by XLA where shapes are static.

What a backend has to offer is this file and `tensorflow_beams.py`; all else of generation is common to them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.decoding.drawn import Ask
from tb_seqviz_plugin.callbacks.decoding.sampling import draw
from tb_seqviz_plugin.callbacks.errors import sentence_of
from tb_seqviz_plugin.callbacks.generation.context import Context
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken


class Compiled:
    """A function of arrays, compiled on its first call in the fastest way that works.

    Args:
        function: takes tensors, or None, and returns a list of tensors.
        is_static: whether it sees one shape only, so that XLA may compile it.

    Attributes:
        traces: how often it was made into a graph.
        why_eager: why it cannot be a graph, as a sentence; "" if it is one.
    """

    def __init__(self, function: Callable[..., list[Any]], is_static: bool) -> None:
        self._function, self._is_static = function, is_static
        self.traces = 0
        self.why_eager = ""
        self._run: Callable[..., Any] | None = None

    def __call__(self, *arrays: Any) -> list[npt.NDArray[Any]]:
        """Returns what the function makes of the arrays, as arrays."""
        inputs = tf.nest.map_structure(lambda array: None if array is None else tf.convert_to_tensor(array), arrays)
        results = self._first(inputs) if self._run is None else self._run(*inputs)
        return [result.numpy() for result in results]

    def _first(self, inputs: Any) -> Any:
        # Layers whose shapes XLA cannot know, Python control flow on values: what a model does is known on trying only.
        for jit_compile in (True, False) if self._is_static else (False,):
            # A partial of its own: TensorFlow counts the traces of one function together, and warns of several loops as of one
            # that is traced again and again.
            run = tf.function(functools.partial(self._traced), autograph=False, jit_compile=jit_compile)
            try:
                results = run(*inputs)
            except Exception as error:
                if isinstance(error, tf.errors.OpError) and not jit_compile:
                    raise  # It was a graph, which failed when it ran, as it would op by op.
                self.why_eager = sentence_of(error)
            else:
                self._run, self.why_eager = run, ""
                return results
        results = self._function(*inputs)
        self._run = self._function
        return results

    def _traced(self, *inputs: Any) -> Any:
        self.traces += 1
        return self._function(*inputs)


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

    def described(self, tokens: Any, alternatives: int) -> list[Any]:
        """Returns the fields of `Drawn` for one token per row, int32 [rows]."""
        score = tf.gather(self.scores, tokens, batch_dims=1)
        rank = 1 + tf.math.count_nonzero(self.scores > score[:, None], axis=-1, dtype=tf.int32)
        probabilities = tf.where(self.is_broken[:, None], np.nan, tf.exp(self.chances))
        _, best = tf.math.top_k(self.scores, alternatives)
        return [
            tokens,
            tf.gather(probabilities, tokens, batch_dims=1),
            rank,
            best,
            tf.gather(probabilities, best, batch_dims=1),
        ]


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
    noise: Any,
    temperatures: Any,
    cut: tuple[Any, ...],
    stop: Any,
    first: int,
    alternatives: int,
) -> list[Any]:
    """Continues every row, and returns the fields of `Drawn`; runs inside compiled functions.

    Args:
        ask: says what comes next.
        carried: what it is given at the first column.
        tokens: int32 [rows, columns], the prompts and room for what follows.
        starts: int32 [rows], the column after each prompt.
        noise: float32 [rows, time] in [0, 1).
        temperatures: float32 [rows].
        cut: how many tokens and which share of the probability to choose from, empty for all.
        stop: int32, the token that ends a sample, -1 for none.
        first: the least of the starts.
        alternatives: how many of the most probable tokens to keep.
    """
    (rows, columns), time = tokens.shape, noise.shape[1]

    def unfinished(end: Any, tokens: Any, ended: Any, carried: Any, arrays: Any) -> Any:
        return tf.logical_not(tf.reduce_all(ended))

    def advance(end: Any, tokens: Any, ended: Any, carried: Any, arrays: Any) -> Any:
        scores, carried = ask(tokens, end, carried)
        outlook, offset = Outlook.of(scores), end - starts
        numbers = tf.gather(noise, tf.clip_by_value(offset, 0, time - 1), batch_dims=1)
        token = draw(outlook.scores, numbers, temperatures, *cut)
        # Where the model returns no numbers, generation goes on with token 0, and NaN as its probability.
        token = tf.where(outlook.is_broken, 0, token)
        written = outlook.described(token, alternatives)
        arrays = [array.write(end - first, value) for array, value in zip(arrays, written, strict=True)]
        in_prompt = offset < 0
        tokens = with_column(tokens, end, tf.where(in_prompt, tokens[:, end], token))
        is_last = tf.logical_or(offset >= time - 1, end >= columns - 1)
        ends = tf.logical_or(is_last, tf.logical_and(tf.logical_not(in_prompt), token == stop))
        return end + 1, tokens, tf.logical_or(ended, ends), carried, arrays

    arrays = arrays_of(columns - first, rows, alternatives)
    state = (tf.constant(first), tokens, tf.zeros((rows,), tf.bool), carried, arrays)
    *_, arrays = tf.while_loop(unfinished, advance, state)
    return [array.stack() for array in arrays]


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
