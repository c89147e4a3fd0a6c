"""Numbers about the layers of a model on one probe batch: its weights, the gradients of its loss, and what its layers return.

Everything runs outside the training step, as one graph that is traced once, inside `keras.StatelessScope()` and with
`training=False`: no variable, seed or state changes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.tensorflow.moments import Moments, histogram_of, joined, moments_of, summarise
from tb_seqviz_plugin.callbacks.backends.tensorflow.recording import CallRecorder, recording
from tb_seqviz_plugin.callbacks.backends.tensorflow.recurrent_states import StateProbe, probing_states, saturation_of
from tb_seqviz_plugin.callbacks.errors import NoLossError
from tb_seqviz_plugin.callbacks.model.call import ModelCall, leaves_of, map_leaves
from tb_seqviz_plugin.callbacks.model.calls import Call
from tb_seqviz_plugin.callbacks.model.loss import loss_of, why_no_loss
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of, losses_kept
from tb_seqviz_plugin.callbacks.structure.nodes import Place, places_of
from tb_seqviz_plugin.callbacks.structure.parameters import owners_of
from tb_seqviz_plugin.records.structure.record import Statistics
from tb_seqviz_plugin.schema import STATISTICS

Groups = tuple[str, ...]
GROUPS: Groups = ("parameters", "gradients", "activations")
_FORMS = ("norm", "mean", "deviation", "zeros", "not_finite")
_MOST_HISTOGRAMS = 1000
_MOST_LAYERS = 2000
"""Of larger models only the weights are measured: one graph of all layers with their gradients would take minutes and gigabytes."""


@dataclass(eq=False)
class _Measured:
    """Tensors of a forward and backward pass, or their values.

    Args:
        parameters: by `id(weight)`, a summary.
        gradients: by `id(weight)`, a summary.
        activations: per place its summaries.
        saturated: per place the shares of saturated units.
        over_time: per place the squared norms of d loss / d state, [time] of each call.
    """

    parameters: dict[Any, Any] = field(default_factory=dict)
    gradients: dict[Any, Any] = field(default_factory=dict)
    activations: dict[Any, list[Any]] = field(default_factory=dict)
    saturated: dict[Any, list[Any]] = field(default_factory=dict)
    over_time: dict[Any, list[Any]] = field(default_factory=dict)


class ModelStatistics:
    """Measures a model as often as it is called; the model is traced once.

    Args:
        model: a built model.
        call: how to call it, None to look at its weights only.
        groups: which of "parameters", "gradients" and "activations" to measure.

    Attributes:
        notes: what cannot be measured and why, as sentences.
    """

    def __init__(self, model: keras.Model, call: ModelCall | None, groups: Groups) -> None:
        self._model, self._call = model, call
        self._groups = set(groups)
        self.notes = tuple(self._left_out())
        self._root: Place | None = None
        self._run = self._trace()

    def __call__(self, updates: Mapping[int, tuple[float, float]] | None = None, steps: int = 0) -> Statistics:
        """Returns the statistics of the model as it is now.

        Args:
            updates: by `id(weight)`, the squared norms of what training changed in it, and of the weight before.
            steps: how many training steps that took, 0 if unknown.
        """
        measured = _Measured(*keras.tree.map_structure(np.asarray, _values_of(self._run())))
        assert self._root is not None
        places = list(self._root.walk())
        owned = owners_of(self._root)
        values = np.full((len(places), len(STATISTICS)), np.nan)
        column = {name: place for place, name in enumerate(STATISTICS)}
        parameters, gradients = _moments(measured.parameters), _moments(measured.gradients)
        for row, place in enumerate(places):
            weights = [id(weight) for weight in owned[place].all]
            found = {
                "parameter": joined(parameters[weight] for weight in weights if weight in parameters),
                "gradient": joined(gradients[weight] for weight in weights if weight in gradients),
                "activation": joined(map(moments_of, measured.activations.get(place, ()))),
            }
            for prefix, moments in found.items():
                for form, value in zip(_FORMS, moments.row, strict=True):
                    values[row, column[f"{prefix}_{form}"]] = value
            if measured.saturated.get(place):
                values[row, column["activation_saturated"]] = np.mean(measured.saturated[place])
            changes = [updates[weight] for weight in weights if weight in updates] if updates else []
            if changes:
                changed, before = np.sum(changes, axis=0) ** 0.5
                values[row, column["update_ratio"]] = changed / before if before else np.nan
        return Statistics(
            layers=tuple(place.path for place in places),
            values=values.astype(np.float32),
            gradients_over_time={
                place.path: np.sqrt(np.concatenate(norms)).astype(np.float32)
                for place, norms in measured.over_time.items()
            },
            examples=0 if self._call is None else self._call.examples,
            update_steps=steps,
            histograms=dict(self._histograms(measured)),
            notes=self.notes,
        )

    def _left_out(self) -> Iterator[str]:
        wants_batch = sorted(self._groups - {"parameters"})
        count = len(layers_of(self._model))
        if wants_batch and count > _MOST_LAYERS:
            yield (
                f"There are no {' and '.join(wants_batch)}, since the model has {count:,} layers and of more than {_MOST_LAYERS:,} "
                "only the weights are measured."
            )
            self._groups &= {"parameters"}
        elif wants_batch and (self._call is None or not self._call.has_values):
            yield (
                f"There are no {' and '.join(wants_batch)}, since no batch was given; pass inputs=(x, y), such as "
                "inputs=(x_train[:32], y_train[:32])."
            )
            self._groups &= {"parameters"}
        if "gradients" not in self._groups or self._call is None:
            return
        reason = why_no_loss(self._model, self._call)
        if reason:
            yield reason
            self._groups.discard("gradients")

    def _trace(self) -> Callable[[], _Measured]:
        """Returns what runs the model and measures it: a graph if the model can be one, else op by op."""
        if self._call is None or not self._groups - {"parameters"}:
            return lambda: self._measure((), {}, None, None)
        leaves = [tf.convert_to_tensor(leaf) for leaf in leaves_of(self._structures())]

        def forward(*tensors: Any) -> list[Any]:
            waiting = iter(tensors)
            structures = map_leaves(lambda _: next(waiting), self._structures())
            self._measured = self._measure(*structures)
            return keras.tree.flatten(_values_of(self._measured))

        try:
            # Unlike tf.function this runs only what is asked for, and so no assignment to variables that Keras does not know.
            function = tf.compat.v1.wrap_function(forward, [tf.TensorSpec(leaf.shape, leaf.dtype) for leaf in leaves])
        except Exception:  # Python control flow on values, .numpy(), and whatever else a graph cannot hold
            return self._op_by_op()
        template = _values_of(self._measured)
        return lambda: _Measured(*keras.tree.pack_sequence_as(template, function(*leaves)))

    def _op_by_op(self) -> Callable[[], _Measured]:
        def run() -> _Measured:
            return self._measure(*map_leaves(tf.convert_to_tensor, self._structures()))

        try:
            run()
        except NoLossError as error:
            self._groups.discard("gradients")
            self.notes += (str(error),)
            return self._trace()
        return run

    def _structures(self) -> tuple[Any, ...]:
        assert self._call is not None
        return self._call.args, dict(self._call.kwargs), self._call.targets, self._call.weights

    def _measure(self, args: Any, kwargs: Any, targets: Any, weights: Any) -> _Measured:
        model, recorder, loss = self._model, CallRecorder(), None
        tape = tf.GradientTape(persistent=True) if "gradients" in self._groups else None
        probes: dict[int, StateProbe] = {}
        if args or kwargs:
            with contextlib.ExitStack() as open_while_running:
                open_while_running.enter_context(losses_kept(model))
                scope = open_while_running.enter_context(recording(model, recorder, losses=True))
                probes = open_while_running.enter_context(probing_states(model, tape))
                if tape is not None:
                    open_while_running.enter_context(tape)
                    for weight in model.trainable_weights:
                        if weight.regularizer is not None:  # whose loss Keras computes from what the scope holds
                            scope.add_update((weight, tf.identity(weight.value)))
                result = model(*args, **kwargs, training=False)
                if tape is not None:
                    loss = loss_of(model, ModelCall(args, kwargs, targets, weights), result)
        self._root, place_of = places_of(model, recorder.calls)
        measured = _Measured()
        if "parameters" in self._groups:
            measured.parameters = {
                id(weight): summarise(weight.value) for weight in _unique(model.weights) if _is_continuous(weight)
            }
        if tape is not None:
            self._measure_gradients(measured, tape, loss, probes)
        if "activations" in self._groups:
            _measure_activations(measured, recorder.calls, place_of, probes)
        return measured

    def _measure_gradients(self, measured: _Measured, tape: Any, loss: Any, probes: Mapping[int, StateProbe]) -> None:
        assert self._root is not None
        weights = _unique(self._model.trainable_weights)
        for weight, gradient in zip(weights, tape.gradient(loss, [weight.value for weight in weights]), strict=True):
            if gradient is not None:
                measured.gradients[id(weight)] = summarise(tf.convert_to_tensor(gradient))
        for place in self._root.walk():
            zeros = probes[id(place.layer)].zeros if id(place.layer) in probes else []
            if zeros and not any(known.layer is place.layer for known in measured.over_time):
                found = [gradient for gradient in tape.gradient(loss, zeros) if gradient is not None]
                squares = [tf.reduce_sum(tf.cast(gradient, tf.float32) ** 2, axis=[0, 2]) for gradient in found]
                if squares:
                    measured.over_time[place] = squares

    def _histograms(self, measured: _Measured) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
        assert self._root is not None
        owned = owners_of(self._root)
        left = _MOST_HISTOGRAMS
        for place in self._root.walk():
            names: dict[str, Any] = {}
            for group, summaries in (("parameters", measured.parameters), ("gradients", measured.gradients)):
                for weight in owned[place].own:
                    if id(weight) in summaries:
                        name = f"{group}/{place.path}/{weight.name}"
                        names[name if name not in names else f"{name} ({len(names)})"] = summaries[id(weight)]
            if not place.children and place in measured.activations:
                names[f"activations/{place.path}"] = measured.activations[place][0]
            for name, summary in names.items():
                if left > 0 and summary[1] > 0:
                    left -= 1
                    yield name, histogram_of(summary)


def _values_of(measured: _Measured) -> tuple[Any, ...]:
    """Returns the fields of what was measured, in order."""
    return (measured.parameters, measured.gradients, measured.activations, measured.saturated, measured.over_time)


def _measure_activations(
    measured: _Measured, calls: Sequence[Call], place_of: Mapping[Call, Place], probes: Mapping[int, StateProbe]
) -> None:
    outer = getattr(calls[0].arguments[0][1], "graph", None) if calls and calls[0].arguments else None
    for call in calls:
        place = place_of[call]
        for _, tensor in call.outputs[:1]:
            within_reach = isinstance(tensor, tf.Tensor) and getattr(tensor, "graph", None) is outer
            if not within_reach or not tensor.dtype.is_floating:
                continue
            measured.activations.setdefault(place, []).append(summarise(tensor))
            share = saturation_of(getattr(call.layer, "activation", None), tensor)
            gated = id(call.layer) in probes and probes[id(call.layer)].saturated
            if share is not None and not gated and not call.children:
                measured.saturated.setdefault(place, []).append(share)
    seen: set[int] = set()
    for place in place_of.values():
        probe = probes.get(id(place.layer))
        if probe is not None and probe.saturated and id(place.layer) not in seen:
            seen.add(id(place.layer))
            measured.saturated[place] = list(probe.saturated)


def _moments(summaries: Mapping[Any, Any]) -> dict[Any, Moments]:
    return {key: moments_of(summary) for key, summary in summaries.items()}


def _unique(weights: Sequence[Any]) -> list[Any]:
    return list({id(weight): weight for weight in weights}.values())


def _is_continuous(weight: Any) -> bool:
    return str(weight.dtype).startswith(("float", "bfloat"))
