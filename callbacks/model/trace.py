"""What running a model once brings to light: its calls and the tensors that they made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.model.calls import Call, Read
from tb_seqviz_plugin.callbacks.model.recorder import Recorder


@dataclass(frozen=True, eq=False)
class Made:
    """How a tensor of an eager pass was computed.

    Args:
        type: the op's type, such as "MatMul".
        inputs: what it was computed from.
        outputs: the tensor and others that were made at once; kept, since a tensor is known by its id.
    """

    type: str
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]


@dataclass(eq=False)
class Trace:
    """A forward pass.

    Args:
        call: how the model was called.
        recorder: holds its calls, the model's own first; none if it did not begin.
        eager: whether it ran op by op, so that tensors have values rather than ops.
        examples: the number of examples it ran on, 0 where that was left open.
        feeds: what stands in a graph for the leaves of the call, in order.
        made: by the id of each tensor the op that made it, of an eager pass only.
        error: what ended it, None if nothing did.
        why_eager: why it could not run as a graph, "" if it could.
        only_reads: whether it is known that no op of it does anything that lasts, as with a variable anything but read it, or draw
            random numbers of TensorFlow's own.
    """

    call: ModelCall
    recorder: Recorder
    eager: bool
    examples: int
    feeds: list[Any] = field(default_factory=list)
    made: dict[int, Made] = field(default_factory=dict)
    error: Exception | None = None
    why_eager: str = ""
    only_reads: bool = False

    @property
    def calls(self) -> list[Call]:
        """Every call in the order in which they began."""
        return self.recorder.calls

    @property
    def reads(self) -> list[Read]:
        """Weights that calls read of other layers."""
        return self.recorder.reads

    def first_identity(self, tensor: Any) -> int:
        """Returns the id of a tensor, the same for it under identities of its own."""
        return self.recorder.first_identity(tensor)
