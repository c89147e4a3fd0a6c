"""How generation runs on TensorFlow: one loop over the tokens, traced once, compiled by XLA where shapes are static.

What a backend has to offer is a class like `Loop`; all else of generation is common to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.context import Context
from tb_seqviz_plugin.callbacks.next_token import NextToken
from tb_seqviz_plugin.callbacks.sampling import draw


class Drawn(NamedTuple):
    """What a loop returns, time first; zeros where all samples had ended before.

    Args:
        tokens: int32 [time, rows].
        probabilities: float32 [time, rows], of the tokens, in the model's own distribution.
        ranks: int32 [time, rows], 1 for the most probable.
        alternatives: int32 [time, rows, alternatives], the most probable tokens.
        alternative_probabilities: float32 [time, rows, alternatives].
    """

    tokens: npt.NDArray[np.int32]
    probabilities: npt.NDArray[np.float32]
    ranks: npt.NDArray[np.int32]
    alternatives: npt.NDArray[np.int32]
    alternative_probabilities: npt.NDArray[np.float32]


class Loop:
    """Generates as often as it is called, with the model's weights as they are then.

    Args:
        model: says what comes next.
        context: what it is shown.
        alternatives: how many of the most probable tokens to keep.
        is_cut: whether `top_k` and `top_p` are heeded.

    Attributes:
        traces: how often the loop was made into a graph.
        why_eager: why it cannot be a graph, "" if it is one.
    """

    def __init__(self, model: NextToken, context: Context, alternatives: int, is_cut: bool) -> None:
        self._model, self._context, self._alternatives, self._is_cut = model, context, alternatives, is_cut
        self.traces = 0
        self.why_eager = ""
        self._run: Callable[..., Any] | None = None

    def __call__(
        self,
        prompts: npt.NDArray[np.int32],
        offsets: npt.NDArray[np.int32],
        noise: npt.NDArray[np.float32],
        temperatures: npt.NDArray[np.float32],
        top_k: int,
        top_p: float,
        stop: int,
        source: npt.NDArray[Any] | None,
    ) -> Drawn:
        """Continues the prompts.

        Args:
            prompts: int32 [rows, columns], ending at the right.
            offsets: int32 [rows], the column at which each prompt begins.
            noise: float32 [time, rows] in [0, 1).
            temperatures: float32 [rows].
            top_k: how many tokens to choose from.
            top_p: the share of the probability to choose from.
            stop: the token that ends a sample, -1 for none.
            source: [rows, ...], None if the model takes none.
        """
        scalars = tf.constant(top_k), tf.constant(top_p, tf.float32), tf.constant(stop)
        tensors = [tf.convert_to_tensor(array) for array in (prompts, offsets, noise, temperatures)]
        inputs = [*tensors, *scalars, None if source is None else tf.convert_to_tensor(source)]
        results = self._first(inputs) if self._run is None else self._run(*inputs)
        return Drawn(*(result.numpy() for result in results))

    def _first(self, inputs: list[Any]) -> Any:
        """Runs the loop in the fastest way that the model allows, and keeps to it."""
        # Layers whose shapes XLA cannot know, Python control flow on values: what a model does is known on trying only.
        for jit_compile in (True, False) if self._context.is_static else (False,):
            run = tf.function(self._traced, autograph=False, jit_compile=jit_compile)
            try:
                results = run(*inputs)
            except Exception as error:
                self.why_eager = f"{type(error).__name__}: {error}"
            else:
                self._run, self.why_eager = run, ""
                return results
        results = self._loop(*inputs)
        self._run = self._loop
        return results

    def _traced(self, *inputs: Any) -> Any:
        self.traces += 1
        return self._loop(*inputs)

    def _loop(
        self, prompts: Any, offsets: Any, noise: Any, temperatures: Any, top_k: Any, top_p: Any, stop: Any, source: Any
    ) -> list[Any]:
        time, rows = noise.shape
        columns = self._context.prompt_columns + time
        one, several = (rows,), (rows, self._alternatives)
        kinds = [(tf.int32, one), (tf.float32, one), (tf.int32, one), (tf.int32, several), (tf.float32, several)]
        arrays = [tf.TensorArray(dtype, time, element_shape=shape) for dtype, shape in kinds]
        cut = (top_k, top_p) if self._is_cut else ()

        def unfinished(step: Any, buffer: Any, ended: Any, *arrays: Any) -> Any:
            return tf.logical_and(step < time, tf.logical_not(tf.reduce_all(ended)))

        def advance(step: Any, buffer: Any, ended: Any, *arrays: Any) -> Any:
            end = self._context.prompt_columns + step
            scores = tf.concat(list(self._scores(buffer, offsets, end, source)), axis=0)
            chances = tf.nn.log_softmax(scores)
            # Where the model returns no numbers, generation goes on with token 0, and NaN as its probability.
            is_broken = tf.reduce_any(tf.math.is_nan(chances), axis=-1)
            scores = tf.where(is_broken[:, None], tf.zeros_like(scores), scores)
            token = tf.where(is_broken, 0, draw(scores, noise[step], temperatures, *cut))
            score = tf.gather(scores, token, batch_dims=1)
            rank = 1 + tf.math.count_nonzero(scores > score[:, None], axis=-1, dtype=tf.int32)
            probabilities = tf.where(is_broken[:, None], np.nan, tf.exp(chances))
            _, best = tf.math.top_k(scores, self._alternatives)
            values = [
                token,
                tf.gather(probabilities, token, batch_dims=1),
                rank,
                best,
                tf.gather(probabilities, best, batch_dims=1),
            ]
            buffer = tf.where(tf.range(columns) == end, token[:, None], buffer)
            written = [array.write(step, value) for array, value in zip(arrays, values, strict=True)]
            return step + 1, buffer, tf.logical_or(ended, token == stop), *written

        buffer = tf.concat([prompts, tf.zeros((rows, time), tf.int32)], axis=1)
        state = tf.while_loop(unfinished, advance, (tf.constant(0), buffer, tf.zeros((rows,), tf.bool), *arrays))
        return [array.stack() for array in state[3:]]

    def _scores(self, buffer: Any, offsets: Any, end: Any, source: Any) -> Iterator[Any]:
        """Yields the scores of each group of rows."""
        width, limit = self._context.width, self._context.limit
        if self._context.to_left:
            start = offsets if limit is None else tf.maximum(offsets, end - limit)
            longest = end if limit is None else tf.minimum(end, limit)
            places = start[:, None] + tf.range(longest if width is None else width)
            tokens = tf.gather(buffer, tf.minimum(places, buffer.shape[1] - 1), batch_dims=1)
            yield self._model(tf.where(places < end, tokens, 0), end - start - 1, source)
        elif width is not None:
            yield self._model(tf.slice(buffer, [0, end - width], [buffer.shape[0], width]), None, source)
        else:
            for top, bottom, first in self._context.groups:
                start = first if limit is None else tf.maximum(first, end - limit)
                yield self._model(
                    buffer[top:bottom][:, start:end], None, None if source is None else source[top:bottom]
                )
