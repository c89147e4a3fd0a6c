"""How models write on TensorFlow: the loops over their tokens."""

from __future__ import annotations

from tb_seqviz_plugin.callbacks.backends.tensorflow.beam_loop import search
from tb_seqviz_plugin.callbacks.backends.tensorflow.sampling_loop import Compiled, asking, sample

__all__ = ["Compiled", "asking", "sample", "search"]
