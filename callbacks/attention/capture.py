"""Capture: the attention weights of an unchanged model on a probe batch.

Once, a forward pass is read as a program, in which the sums that attention weights enter are found, with their axes and what lies
along them. From then on, only these weights are computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.callbacks import backends
from tb_seqviz_plugin.callbacks.attention.axes import Along
from tb_seqviz_plugin.callbacks.attention.finding import Finding, Found
from tb_seqviz_plugin.callbacks.attention.lengths import Lengths
from tb_seqviz_plugin.callbacks.attention.scores import Peaks
from tb_seqviz_plugin.callbacks.backends.interface import Reduction, TracedPass
from tb_seqviz_plugin.callbacks.errors import CaptureError

Float = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Captured:
    """The weights of one call of one layer.

    Args:
        path: that of the layer, followed by the name that `sow` was given, if it was.
        class_name: class of the layer.
        call: which call of this layer it is, from 0.
        weights: float32 [batch, heads, queries, keys], as the model used them.
        softmax: float32 [batch, heads, queries, keys], what they were made from, None where it is the same.
        max_logit: float32 [batch, heads], the largest score before the softmax; None where there are none.
        value_norms: float32 [batch, heads, keys], the lengths of the values that it weighs; None where they are not known.
        notes: what was done in between, as sentences.
        queries: what lies along the queries.
        keys: what lies along the keys.
        key_names: what `sow` named them, if it did.
        place: among the calls of the forward pass; the parts of a call that sees several sentences at once have the same.
        reads: places of the other calls that it is computed from.
    """

    path: str
    class_name: str
    call: int
    weights: Float
    softmax: Float | None = None
    max_logit: Float | None = None
    value_norms: Float | None = None
    notes: tuple[str, ...] = ()
    queries: Along = field(default_factory=Along)
    keys: Along = field(default_factory=Along)
    key_names: tuple[str, ...] = ()
    place: int = 0
    reads: frozenset[int] = frozenset()


class Capture:
    """Captures attention as often as it is called; the model is traced once.

    Args:
        model: a built model.
        inputs: the probe by input name, arrays with the batch first.
        run: calls the model on such inputs.
        keeps_result: whether what `run` returns, one tensor, is kept, too.

    Attributes:
        result: what `run` returned last, if it is kept; None if it is not, and where the model cannot run as a graph.
        problems: what could not be captured, as sentences without their full stop.
        why_eager: why the model cannot run as a graph, "" if it does.

    Raises:
        CaptureError: if the model is not built.
        BackendError: if Keras runs on a backend on which attention cannot be captured.

    >>> from keras import layers
    >>> tokens = layers.Input((4, 8))
    >>> model = keras.Model(tokens, layers.MultiHeadAttention(2, 4, name="attention")(tokens, tokens))
    >>> x = np.ones((1, 4, 8), "float32")
    >>> capture = Capture(model, {"tokens": x}, lambda inputs: model(inputs["tokens"], training=False))
    >>> [(found.path, found.weights.shape) for found in capture()]
    [('attention', (1, 2, 4, 4))]
    """

    def __init__(
        self,
        model: keras.Model,
        inputs: Mapping[str, npt.NDArray[Any]],
        run: Callable[[Mapping[str, Any]], Any],
        keeps_result: bool = False,
    ) -> None:
        self._backend = backends.attention()
        self.result: npt.NDArray[Any] | None = None
        if not model.built:
            raise CaptureError(
                f"The model {model.name!r} is not built, so it has no weights to look at. Call it once on a batch, or "
                "train one step, before logging."
            )
        self.problems: list[str] = []
        self._model, self._run = model, run
        self._inputs = self._backend.to_tensors(inputs)
        self._rolled = self._roll(inputs)
        self._batch = len(next(iter(inputs.values())))
        self._function: Callable[[Mapping[str, Any]], list[npt.NDArray[Any]]] | None = None
        try:
            traced = self._trace()
        except Exception as error:  # Python control flow on values, .numpy(), and whatever else a graph cannot hold
            self.why_eager = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            return
        self.why_eager = "attention inside a loop" if traced.hides else ""
        if not traced.hides:
            self._finding = Finding(self._model, traced, self._batch, self._rolled)
            self._report(self._finding.problems)
            self._results = traced.program.outputs[:1] if keeps_result else []
            self._function = traced.function([*self._finding.tensors, *self._results], self._finding.reductions)

    def __call__(self, inputs: Mapping[str, npt.NDArray[Any]] | None = None) -> list[Captured]:
        """Returns the weights of every attention call, in the order of the forward pass.

        Args:
            inputs: other values for the probe, of the same names, shapes and types; None for those it was made with.
        """
        if inputs is not None:
            self._inputs = self._backend.to_tensors(inputs)
            self._rolled = self._roll(inputs)
        if self._function is not None:
            arrays, count = self._function(self._inputs), len(self._finding.tensors)
            after = count + len(self._results)
            self.result = next(iter(arrays[count:after]), None)
            return self._finish(self._finding, [*arrays[:count], *arrays[after:]])
        ran = self._backend.run_eagerly(self._run, self._model, self._inputs)
        finding = Finding(self._model, ran, self._batch, self._rolled)
        self._report(finding.problems)
        return self._finish(finding, ran.values(finding.tensors, reductions=finding.reductions))

    def _roll(self, inputs: Mapping[str, npt.NDArray[Any]]) -> Mapping[str, Any]:
        return self._backend.to_tensors({name: np.roll(array, 1, axis=0) for name, array in inputs.items()})

    def _trace(self) -> TracedPass:
        traced = self._backend.trace(self._run, self._model, self._inputs)
        if traced.hides:
            return self._backend.trace(self._run, self._model, self._inputs, unroll=True)
        return traced

    def _finish(self, finding: Finding, arrays: Sequence[npt.NDArray[Any]]) -> list[Captured]:
        count = len(finding.tensors)
        values = dict(zip(finding.tensors, arrays[:count], strict=True))
        reduced = dict(zip(finding.reductions, arrays[count:], strict=True))
        calls: Counter[str] = Counter()
        result: list[Captured] = []
        for place, (heads, reads) in enumerate(zip(finding.layers, finding.reads, strict=True)):
            first = heads[0]
            weights = _side_by_side([each.layout(values[each.weights], self._batch) for each in heads])
            softmax, notes = self._softmax(heads, values, weights)
            call = calls[first.path]
            calls[first.path] += 1
            max_logit = self._of_heads([each.peaks for each in heads], reduced)
            value_norms = self._of_heads([each.lengths for each in heads], reduced)
            result.append(
                Captured(
                    first.path,
                    first.class_name,
                    call,
                    weights,
                    softmax,
                    max_logit,
                    value_norms,
                    notes,
                    first.queries,
                    first.keys,
                    first.key_names,
                    place,
                    reads,
                )
            )
        return result

    def _of_heads(
        self, heads: Sequence[Peaks | Lengths | None], reduced: Mapping[Reduction, npt.NDArray[Any]]
    ) -> Float | None:
        """Returns what was computed of heads beside each other, None where it is not known of all."""
        known = [each for each in heads if each is not None]
        if len(known) < len(heads):
            return None
        return _side_by_side([each.of_heads(reduced[each.reduction], self._batch) for each in known])

    def _softmax(
        self, heads: Sequence[Found], values: Mapping[int, npt.NDArray[Any]], weights: Float
    ) -> tuple[Float | None, tuple[str, ...]]:
        """Returns what the weights of a layer were made from, None where it is the same, and what was done in between."""
        plain = [layout(values[number], self._batch) for each in heads for number, layout in each.softmaxes]
        if not plain:
            return None, ()
        softmax = _side_by_side(plain)
        if softmax.shape == weights.shape and np.allclose(softmax, weights, atol=1e-6):
            return None, ()
        return softmax, (heads[0].note,)

    def _report(self, problems: Sequence[str]) -> None:
        self.problems += [problem for problem in problems if problem not in self.problems]


def _side_by_side(heads: Sequence[Float]) -> Float:
    return heads[0] if len(heads) == 1 else np.concatenate(heads, axis=1)
