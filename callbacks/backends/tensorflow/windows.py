"""TensorFlow's convolutions and poolings: which place of the input is in the middle of what each place of the output sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_CONVOLUTIONS = {"Conv2D", "Conv3D", "DepthwiseConv2dNative"}
WINDOWS = {*_CONVOLUTIONS, "MaxPool", "MaxPoolV2", "AvgPool", "MaxPool3D", "AvgPool3D"}


def middles_of(
    op: Any, shape: tuple[int, ...], target: tuple[int, ...], padded: Sequence[tuple[int, int, int]]
) -> tuple[dict[int, npt.NDArray[np.int64]], int, bool]:
    """Returns by axis the place in the middle of each window, the axis of features if they are mixed, and whether it has a kernel.

    Where windows lie apart, each stands for several places alike: then there is none in the middle, -1.

    Args:
        op: one of `WINDOWS`.
        shape: of its first input.
        target: of its output.
        padded: of axes that were padded before, their size, how much was put before them, and how much there was: what is as long
            as before the padding stands for what was there, as in a causal convolution.
    """
    layout = op.attributes("data_format")
    layout = layout.decode() if isinstance(layout, bytes) else layout
    features = layout.index("C")
    has_kernel = op.type in _CONVOLUTIONS
    strides = op.attributes("strides")
    padding = op.attributes("padding")
    padding = padding.decode() if isinstance(padding, bytes) else padding
    spatial = [axis for axis in range(len(shape)) if axis not in (0, features)]
    middles = {}
    for axis in spatial:
        before, after = shape[axis], target[axis]
        if strides[axis] != 1:
            middles[axis] = np.full(after, -1)
        elif padding == "SAME":
            middles[axis] = np.arange(after)
        else:
            starts = [start for size, start, there in padded if (size, there) == (before, after)]
            middles[axis] = np.arange(after) + (starts[0] if starts else (before - after) // 2)
    return middles, features if op.type in ("Conv2D", "Conv3D") else -1, has_kernel
