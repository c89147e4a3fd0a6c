"""The summary of a tensor that `callbacks/structure/moments.py` reads, as one small function of the graph."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from tb_seqviz_plugin.callbacks.structure.moments import BUCKETS


def summarise(tensor: Any) -> Any:
    """Returns the summary, float64 [8 + buckets], of a tensor of numbers of any shape."""
    return _summarise(tf.reshape(tf.cast(tensor, tf.float32), [-1]))


# Traced once for all shapes and never inlined, so that the graph of a model with many layers stays small.
@tf.function(  # type: ignore[untyped-decorator]
    input_signature=[tf.TensorSpec([None], tf.float32)], autograph=False, experimental_attributes={"_noinline": True}
)
def _summarise(values: Any) -> Any:
    squares = _squares(values)
    # A sum that is finite is of finite numbers, as almost always; these need a third of the work.
    return tf.cond(tf.math.is_finite(squares), lambda: _of_all(values, squares), lambda: _of_finite(values))


def _of_all(values: Any, squares: Any) -> Any:
    size, total = tf.size(values), tf.reduce_sum(values)
    low, high = tf.reduce_min(values), tf.reduce_max(values)
    mean = total / tf.maximum(tf.cast(size, tf.float32), 1.0)
    is_zero = tf.equal(values, 0.0)
    zeros = tf.cond(
        tf.reduce_any(is_zero), lambda: tf.reduce_sum(tf.cast(is_zero, tf.float32)), lambda: tf.constant(0.0)
    )
    counts = tf.math.bincount(_buckets_of_usual(values, low, high), minlength=BUCKETS + 1, maxlength=BUCKETS + 1)
    numbers = [
        size,
        size,
        total,
        _spread(values, mean, squares),
        squares,
        zeros,
        tf.where(size > 0, low, 0.0),
        tf.where(size > 0, high, 0.0),
    ]
    return _summary(numbers, counts)


def _squares(values: Any) -> Any:
    # The one op that squares and sums without writing the squares down.
    return 2.0 * tf.nn.l2_loss(values)


def _spread(values: Any, mean: Any, squares: Any) -> Any:
    """Returns the sum of the squares of distances to the mean, from the sum of squares where nothing cancels out."""
    between = mean * mean * tf.cast(tf.size(values), tf.float32)
    return tf.cond(between < 0.5 * squares, lambda: squares - between, lambda: _squares(values - mean))


def _of_finite(values: Any) -> Any:
    is_finite = tf.math.is_finite(values)
    present = tf.cast(is_finite, tf.float32)
    values = tf.where(is_finite, values, 0.0)
    finite = tf.reduce_sum(tf.cast(is_finite, tf.float64))
    total = tf.reduce_sum(values)
    mean = total / tf.maximum(tf.cast(finite, tf.float32), 1.0)
    low = tf.reduce_min(tf.where(is_finite, values, values.dtype.max))
    high = tf.reduce_max(tf.where(is_finite, values, values.dtype.min))
    low, high = tf.where(finite > 0, low, 0.0), tf.where(finite > 0, high, 0.0)
    places = tf.where(is_finite, _buckets(values, low, high), BUCKETS + 1)
    counts = tf.math.bincount(places, minlength=BUCKETS + 1, maxlength=BUCKETS + 1)
    numbers = [
        tf.size(values),
        finite,
        total,
        tf.reduce_sum(present * tf.math.squared_difference(values, mean)),
        tf.reduce_sum(tf.square(values)),
        tf.reduce_sum(present * tf.cast(values == 0, tf.float32)),
        low,
        high,
    ]
    return _summary(numbers, counts)


def _buckets(values: Any, low: Any, high: Any) -> Any:
    """Returns the bucket of each finite value, whatever its size; that of the largest comes after the last."""
    # Halves, so that no difference overflows.
    width = high / 2.0 - low / 2.0
    # All values alike: TensorBoard's own histograms then have them in the last bucket.
    place = tf.where(width > 0, (values / 2.0 - low / 2.0) / width, 1.0)
    return tf.cast(tf.clip_by_value(place, 0.0, 1.0) * BUCKETS, tf.int32)


def _buckets_of_usual(values: Any, low: Any, high: Any) -> Any:
    """Returns the same with fewer ops where no factor overflows."""
    width = high - low
    return tf.cond(
        width > 1e-30,
        lambda: tf.cast((values - low) * (BUCKETS / width), tf.int32),
        lambda: _buckets(values, low, high),
    )


def _summary(numbers: list[Any], counts: Any) -> Any:
    counts = tf.concat([counts[: BUCKETS - 1], counts[BUCKETS - 1 : BUCKETS] + counts[BUCKETS:]], 0)
    return tf.concat([tf.stack([tf.cast(number, tf.float64) for number in numbers]), tf.cast(counts, tf.float64)], 0)
