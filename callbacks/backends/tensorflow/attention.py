"""How attention is captured on TensorFlow: a forward pass read as a program, of which any tensor can be had."""

from __future__ import annotations

from tb_seqviz_plugin.callbacks.backends.tensorflow.forward import to_tensors
from tb_seqviz_plugin.callbacks.backends.tensorflow.passes import EagerPass as run_eagerly  # noqa: N813, as the interface has them
from tb_seqviz_plugin.callbacks.backends.tensorflow.passes import GraphPass as trace  # noqa: N813

__all__ = ["run_eagerly", "to_tensors", "trace"]
