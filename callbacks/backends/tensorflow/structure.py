"""How structure is traced on TensorFlow: a forward pass with every call, and what flows between the calls."""

from __future__ import annotations

from tb_seqviz_plugin.callbacks.backends.tensorflow.flow import Flow
from tb_seqviz_plugin.callbacks.backends.tensorflow.forward import build, trace_eagerly, trace_graph
from tb_seqviz_plugin.callbacks.backends.tensorflow.reading import read

__all__ = ["Flow", "build", "read", "trace_eagerly", "trace_graph"]
