"""What a framework has to give: a module for each of these parts, in a folder of its own beside this file.

All else of the callbacks speaks numpy, `keras.ops`, or to these. A tensor is whatever the framework calls one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import keras
    import numpy.typing as npt
    from tensorboard.plugins.projector.projector_config_pb2 import EmbeddingInfo

    from tb_seqviz_plugin.callbacks.decoding.drawn import Ask, Draws, Stepper
    from tb_seqviz_plugin.callbacks.generation.context import Context
    from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
    from tb_seqviz_plugin.callbacks.model.call import ModelCall
    from tb_seqviz_plugin.callbacks.model.calls import Call, Read
    from tb_seqviz_plugin.callbacks.model.program import Program
    from tb_seqviz_plugin.callbacks.model.recorder import Recorder
    from tb_seqviz_plugin.callbacks.model.sources import Source
    from tb_seqviz_plugin.callbacks.model.trace import Trace
    from tb_seqviz_plugin.projector.files import Cloud

Tensor = Any
Tensors = Mapping[str, Tensor]
Reduction = tuple[Literal["largest", "length"], int, tuple[int, ...]]
"""What is asked for of a tensor, its number, and the axes: the largest entry along them, or the length; they stay, with size 1."""
Run = Callable[[Tensors], Any]
"""Calls a model on the tensors of a probe batch, by input name."""


class ReadPass(Protocol):
    """A forward pass as a program.

    Attributes:
        recorder: the calls and softmaxes.
        program: its ops.
    """

    recorder: Recorder
    program: Program

    def number_of(self, tensor: Tensor) -> int | None:
        """Returns the number of a tensor in the program, None if it is not in it."""

    def normalised(self, candidates: Sequence[tuple[int, int]]) -> list[bool]:
        """Returns for each tensor and axis whether its values are not negative, sum to 1 along it, and are not alike.

        Where there are no values, of none.
        """


class ForwardPass(ReadPass, Protocol):
    """A forward pass that can be asked for the values of any tensor in it.

    Attributes:
        hides: whether softmaxes run in an inner graph, such as the body of a loop, where they cannot be followed.
    """

    hides: bool

    def values(
        self, numbers: Sequence[int], inputs: Tensors | None = None, reductions: Sequence[Reduction] = ()
    ) -> list[npt.NDArray[Any]]:
        """Returns the values of tensors, for the inputs of the pass or for others, and after them the reductions.

        Raises:
            ValueError: if the model takes another way on these inputs.
        """


class TracedPass(ForwardPass, Protocol):
    """A forward pass through a graph, traced once."""

    def function(
        self, numbers: Sequence[int], reductions: Sequence[Reduction] = ()
    ) -> Callable[[Tensors], list[npt.NDArray[Any]]]:
        """Returns a function that computes tensors, then reductions, and nothing that they do not need; compiled once."""


class Attention(Protocol):
    """How the attention of an unchanged model is captured."""

    def to_tensors(self, inputs: Mapping[str, Any]) -> dict[str, Tensor]:
        """Returns arrays as tensors."""

    def trace(self, run: Run, model: keras.Model, inputs: Tensors, *, unroll: bool = False) -> TracedPass:
        """Returns a forward pass through a graph; loops of known length become part of it where that is asked for.

        Raises:
            Exception: whatever the model raises where it cannot be traced.
        """

    def run_eagerly(self, run: Run, model: keras.Model, inputs: Tensors) -> ForwardPass:
        """Returns a forward pass that runs op by op."""


Compiling = Callable[[float], AbstractContextManager[Any] | None]
"""(seconds) -> in what to compile something, which takes about so long; None where it is not to be compiled now."""


class CompiledLoop(Protocol):
    """A function of arrays, compiled on its first call in the fastest way that works.

    Attributes:
        traces: how often it was compiled.
        why_eager: why it cannot be compiled, as a sentence; "" if it is.
    """

    traces: int
    why_eager: str

    @property
    def waits(self) -> bool:
        """Whether it is still to be compiled in a slower and faster way."""

    def __call__(self, *arrays: Any) -> list[npt.NDArray[Any]]:
        """Returns what the function makes of the arrays, as arrays."""


class Generation(Protocol):
    """How a model writes: the loops over its tokens."""

    def Compiled(  # noqa: N802, a class
        self, function: Callable[..., list[Tensor]], is_static: bool, compiling: Compiling | None = None
    ) -> CompiledLoop:
        """Returns a function of arrays that is compiled on its first call.

        Args:
            function: takes tensors and returns some.
            is_static: whether it sees one shape only.
            compiling: gives leave to compile it in the slower and faster of two ways, once that repays; None if it is
                compiled so at once.
        """

    def asking(self, model: NextToken, context: Context, offsets: Tensor, source: Tensor) -> Ask:
        """Returns what asks a model that is shown all that it needs at every step; inside compiled functions."""

    def sample(
        self,
        ask: Ask,
        carried: Any,
        tokens: Tensor,
        starts: Tensor,
        known: Tensor,
        is_over: Tensor,
        draws: Draws,
        begin: Tensor,
        first: int,
        alternatives: int | None,
    ) -> list[Tensor]:
        """Continues every row, and returns the fields of `Drawn`, or the tokens alone; inside compiled functions."""

    def first_scores(self, ask: Ask, carried: Any, tokens: Tensor, count: int, vocabulary: int) -> Tensor:
        """Returns scores of what follows each of the first tokens, [count, rows, vocabulary]; inside compiled functions."""

    def Cut(self, model: NextToken) -> Stepper:  # noqa: N802, a class
        """Returns what steps with any causal model."""

    def redraw(self, scores: Tensor, starts: Tensor, draws: Draws, alternatives: int) -> list[Tensor]:
        """Returns the fields of `Drawn` of what follows every token of texts; inside compiled functions."""

    def search(
        self,
        ask: Ask,
        carried: Any,
        tokens: Tensor,
        starts: Tensor,
        length_penalty: Tensor,
        stop: Tensor,
        width: int,
        max_length: int,
        first: int,
        alternatives: int,
    ) -> list[Tensor]:
        """Searches from every prompt, and returns the fields of `Drawn`, then those of `Kept`; inside compiled functions."""


class Flow(Protocol):
    """Which call's output each tensor of a trace is computed from.

    Attributes:
        reads: weights that calls read of other layers, each with the call of that layer.
    """

    reads: list[tuple[Read, Call]]

    def sources_of(self, tensor: Tensor) -> tuple[Source, ...]:
        """Returns where a tensor comes from."""

    def is_inside(self, call: Call) -> bool:
        """Returns whether a call was made inside a loop."""


class Structure(Protocol):
    """How the forward pass of a model is traced, with every call of every layer."""

    def build(self, model: keras.Model, call: ModelCall) -> None:
        """Makes the weights that are still missing, as the first call of the model would."""

    def trace_graph(self, model: keras.Model, call: ModelCall, examples: int | None = None) -> Trace:
        """Returns a forward pass in which nothing is computed; the number of examples may be left open."""

    def trace_eagerly(self, model: keras.Model, call: ModelCall) -> Trace:
        """Returns a forward pass that runs op by op."""

    def read(self, trace: Trace, examples: int) -> Iterable[ReadPass]:
        """Returns the graphs of a trace in which there may be attention, with so many examples where that was left open."""

    def Flow(self, trace: Trace) -> Flow:  # noqa: N802, a class
        """Returns the sources of every tensor of a trace."""


@dataclass(eq=False)
class Measured:
    """Tensors of a forward and backward pass, or their values.

    A summary is what `callbacks/structure/moments.py` reads, float64 [8 + buckets].

    Args:
        parameters: by `id(weight)`, its summary.
        gradients: by `id(weight)`, that of the gradient.
        activations: by call, that of what it returned.
        saturated: by call, the share of saturated units.
        saturated_gates: by `id(layer)` of a recurrent layer, the share of saturated gates of each of its calls.
        over_time: by `id(layer)` of a recurrent layer, the squared norms of d loss / d state, [time] of each of its calls.
    """

    parameters: dict[int, Any] = field(default_factory=dict)
    gradients: dict[int, Any] = field(default_factory=dict)
    activations: dict[Call, Any] = field(default_factory=dict)
    saturated: dict[Call, Any] = field(default_factory=dict)
    saturated_gates: dict[int, list[Any]] = field(default_factory=dict)
    over_time: dict[int, list[Any]] = field(default_factory=dict)

    def map(self, function: Callable[[Any], Any]) -> Measured:
        """Returns the same with each tensor changed, always in the same order."""

        def each(tensors: Mapping[Any, Any]) -> dict[Any, Any]:
            return {key: function(tensor) for key, tensor in tensors.items()}

        def all_of_each(tensors: Mapping[int, list[Any]]) -> dict[int, list[Any]]:
            return {key: [function(tensor) for tensor in of_calls] for key, of_calls in tensors.items()}

        return Measured(
            each(self.parameters),
            each(self.gradients),
            each(self.activations),
            each(self.saturated),
            all_of_each(self.saturated_gates),
            all_of_each(self.over_time),
        )


class Measurement(Protocol):
    """Measures a model on one batch as often as it is called; the model is compiled once that repays.

    Attributes:
        calls: every call of a layer in the forward pass, in the order in which they began.
        no_loss: why there are no gradients though they were asked for, as a sentence; "" if there are.
    """

    calls: list[Call]
    no_loss: str

    def __call__(self) -> Measured:
        """Returns what is measured of the model as it is now, as arrays."""


class Updates(Protocol):
    """The trainable weights of a model at one moment, and what training changes in them since."""

    def since(self, model: keras.Model) -> dict[int, tuple[float, float]]:
        """Returns by `id(weight)` the squared norms of what was changed since, and of the weight then."""

    def steps(self, model: keras.Model, batches: int) -> int:
        """Returns how many training steps there were since, 0 if unknown."""


class Statistics(Protocol):
    """How weights, gradients and activations are measured, apart from the training step."""

    def Measurement(  # noqa: N802, a class
        self, model: keras.Model, call: ModelCall | None, groups: frozenset[str], compiling: Compiling | None = None
    ) -> Measurement:
        """Returns what measures these groups of a model; without a call its weights only.

        Args:
            model: the model.
            call: how to call it.
            groups: of "parameters", "gradients" and "activations" some.
            compiling: gives leave to compile it, once that repays; None if it is compiled at once.
        """

    def Updates(self, model: keras.Model, batches: int) -> Updates:  # noqa: N802, a class
        """Remembers the weights as they are, after so many batches of `fit`."""


class Evaluation(Protocol):
    """How the predictions of a model are reduced to what measures need, on the device."""

    def compiled(self, function: Callable[..., list[Tensor]]) -> Callable[..., list[npt.NDArray[Any]]]:
        """Returns a function of arrays, compiled on its first call for batches of any size.

        Args:
            function: takes tensors and returns some.
        """


@dataclass(frozen=True)
class StandIn:
    """What stands in, for one thread, for functions of a module that all threads share, such as those of a generator.

    Args:
        module: the module.
        names: its functions; those that are no methods of what stands in are left alone.
        make: returns what stands in; where it draws, begun with a seed.
    """

    module: Any
    names: Sequence[str]
    make: Callable[[int], Any]


class Randomness(Protocol):
    """What a run of a model draws from and changes, without Keras knowing it."""

    def stand_ins(self) -> Sequence[StandIn]:
        """Returns what stands in for what all threads draw from, and for what keeps what they drew."""

    def state_kept(self, model: keras.Model) -> AbstractContextManager[None]:
        """Leaves what a model keeps without Keras as it was."""


class Checkpoint(Protocol):
    """How vectors are stored as a checkpoint of the framework's own, for TensorBoard's Projector."""

    def store_checkpoint(self, folder: Path, clouds: Sequence[Cloud]) -> list[EmbeddingInfo]:
        """Writes a checkpoint, and returns where in it the vectors are."""
