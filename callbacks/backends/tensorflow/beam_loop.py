"""How beam search runs on TensorFlow: as sampling does, with the hypotheses of all prompts as the rows of one loop."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.sampling_loop import Outlook, arrays_of, with_column
from tb_seqviz_plugin.callbacks.decoding.beam_search import Beam
from tb_seqviz_plugin.callbacks.decoding.drawn import Ask


def search(
    ask: Ask,
    carried: Any,
    tokens: Any,
    starts: Any,
    length_penalty: Any,
    stop: Any,
    width: int,
    max_length: int,
    first: int,
    alternatives: int,
) -> list[Any]:
    """Searches from every prompt, and returns the fields of `Drawn`, then those of `Kept`; runs inside compiled functions.

    Args:
        ask: says what comes next.
        carried: what it is given at the first column; of every tensor in it the first axis is that of the rows.
        tokens: int32 [prompts x width, columns], the prompts and room for what follows.
        starts: int32 [prompts x width], the column after each prompt.
        length_penalty: float32.
        stop: int32, the token that ends a hypothesis, -1 for none.
        width: hypotheses per prompt.
        max_length: how many tokens follow at most.
        first: the least of the starts.
        alternatives: how many of the most probable tokens to keep.
    """
    rows, columns = tokens.shape
    shape = (rows // width, width)
    of_prompt = width * tf.range(shape[0])[:, None]
    starts_of_prompts = tf.reshape(starts, shape)[:, :1]

    def unfinished(end: Any, tokens: Any, is_over: Any, beam: Beam, carried: Any, arrays: Any) -> Any:
        return tf.logical_not(tf.reduce_all(is_over))

    def advance(end: Any, tokens: Any, is_over: Any, beam: Beam, carried: Any, arrays: Any) -> Any:
        scores, carried = ask(tokens, end, carried)
        outlook = Outlook.of(scores)
        # Where the model returns no numbers, the search goes on with token 0 as one of all tokens alike.
        alike = tf.where(tf.range(scores.shape[1]) == 0, -np.log(np.float32(scores.shape[1])), -np.inf)
        chances = tf.where(outlook.is_broken[:, None], alike, outlook.chances)
        following, parents, token = beam.continued(tf.reshape(chances, (*shape, -1)), stop, length_penalty)
        in_prompt = end < starts_of_prompts
        parents = tf.where(in_prompt, tf.range(width), parents)
        beam = Beam(*(tf.where(in_prompt, old, new) for old, new in zip(beam, following, strict=True)))
        origins, token = tf.reshape(of_prompt + parents, (rows,)), tf.reshape(token, (rows,))
        outlook, tokens, carried = tf.nest.map_structure(
            lambda each: tf.gather(each, origins), (outlook, tokens, carried)
        )
        # One more, so that steps that the loop does not come to read as those that count for nothing.
        numbers = tf.where(tf.logical_or(in_prompt, is_over), 0, parents + 1)
        written = [
            *outlook.described(token, alternatives),
            tf.reshape(numbers, (rows,)),
            tf.reshape(beam.scores, (rows,)),
        ]
        arrays = [array.write(end - first, value) for array, value in zip(arrays, written, strict=True)]
        tokens = with_column(tokens, end, tf.where(end < starts, tokens[:, end], token))
        is_last = tf.logical_or(end + 1 >= starts_of_prompts + max_length, end + 1 >= columns)
        is_decided = beam.is_decided(max_length, length_penalty)[:, None]
        return end + 1, tokens, is_over | is_last | is_decided, beam, carried, arrays

    arrays = arrays_of(columns - first, rows, alternatives)
    arrays += [tf.TensorArray(dtype, columns - first, element_shape=(rows,)) for dtype in (tf.int32, tf.float32)]
    state = (tf.constant(first), tokens, tf.zeros((shape[0], 1), tf.bool), Beam.first(*shape), carried, arrays)
    *_, arrays = tf.while_loop(unfinished, advance, state)
    *drawn, numbers, scores = (array.stack() for array in arrays)
    return [*drawn, numbers - 1, scores]
