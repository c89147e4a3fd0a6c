"""How models write on TensorFlow: the loops over their tokens."""

from __future__ import annotations

from tb_seqviz_plugin.callbacks.backends.tensorflow.beam_loop import search
from tb_seqviz_plugin.callbacks.backends.tensorflow.checking_pass import redraw
from tb_seqviz_plugin.callbacks.backends.tensorflow.compiled import Compiled
from tb_seqviz_plugin.callbacks.backends.tensorflow.cut.stepper import Cut
from tb_seqviz_plugin.callbacks.backends.tensorflow.sampling_loop import asking, first_scores, sample

__all__ = ["Compiled", "Cut", "asking", "first_scores", "redraw", "sample", "search"]
