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
    squares = tf.reduce_sum(tf.square(values))
    # A sum that is finite is of finite numbers, as almost always; these need half of the work.
    return tf.cond(tf.math.is_finite(squares), lambda: _of_all(values, squares), lambda: _of_finite(values))


def _of_all(values: Any, squares: Any) -> Any:
    size, total = tf.size(values), tf.reduce_sum(values)
    low, high = tf.reduce_min(values), tf.reduce_max(values)
    mean = total / tf.maximum(tf.cast(size, tf.float32), 1.0)
    return _summary(
        [
            size,
            size,
            total,
            tf.reduce_sum(tf.math.squared_difference(values, mean)),
            squares,
            tf.reduce_sum(tf.cast(values == 0, tf.float32)),
            tf.where(size > 0, low, 0.0),
            tf.where(size > 0, high, 0.0),
        ],
        tf.math.bincount(_buckets(values, low, high), minlength=BUCKETS, maxlength=BUCKETS),
    )


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
    buckets = _buckets(values, low, high)
    return _summary(
        [
            tf.size(values),
            finite,
            total,
            tf.reduce_sum(present * tf.math.squared_difference(values, mean)),
            tf.reduce_sum(tf.square(values)),
            tf.reduce_sum(present * tf.cast(values == 0, tf.float32)),
            low,
            high,
        ],
        tf.math.bincount(buckets, weights=present, minlength=BUCKETS, maxlength=BUCKETS),
    )


def _buckets(values: Any, low: Any, high: Any) -> Any:
    width = high - low
    # All values alike: TensorBoard's own histograms then have them in the last bucket.
    place = tf.where(width > 0, (values - low) / width, 1.0)
    return tf.cast(tf.clip_by_value(place * BUCKETS, 0.0, BUCKETS - 1.0), tf.int32)


def _summary(numbers: list[Any], counts: Any) -> Any:
    return tf.concat([tf.stack([tf.cast(number, tf.float64) for number in numbers]), tf.cast(counts, tf.float64)], 0)
