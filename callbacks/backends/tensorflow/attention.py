"""How attention is captured on TensorFlow: a forward pass with every softmax, and what a graph tells about each."""

from __future__ import annotations

from tb_seqviz_plugin.callbacks.backends.tensorflow.forward import record, to_numpy, to_tensors, traced
from tb_seqviz_plugin.callbacks.backends.tensorflow.softmaxes import NotedSoftmaxes

__all__ = ["NotedSoftmaxes", "record", "to_numpy", "to_tensors", "traced"]
