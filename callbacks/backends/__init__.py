"""What differs from framework to framework, and whether what is asked for can be had on the one that Keras runs on.

Each folder in here is the only place that imports its framework.
"""

from __future__ import annotations

import keras

from tb_seqviz_plugin.callbacks.errors import CaptureError

_SUPPORTED_BACKENDS = ("tensorflow",)


def check_backend() -> None:
    """Raises a CaptureError unless Keras runs on a backend that attention can be captured on."""
    backend = keras.backend.backend()
    if backend not in _SUPPORTED_BACKENDS:
        raise CaptureError(
            f"Keras runs on the backend {backend!r}; attention is captured on {', '.join(_SUPPORTED_BACKENDS)} in this "
            "version. Compute the weights yourself and log them with tb_seqviz_plugin.Writer(log_dir).attention(...)."
        )
