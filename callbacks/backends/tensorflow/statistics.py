"""How weights, gradients and activations are measured on TensorFlow: op by op, and by one graph once that repays."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tb_seqviz_plugin.callbacks.backends.interface import Compiling, Measured
from tb_seqviz_plugin.callbacks.backends.tensorflow.compiled import GRAPH_TAKES
from tb_seqviz_plugin.callbacks.backends.tensorflow.distribution import outside_of_scopes
from tb_seqviz_plugin.callbacks.backends.tensorflow.forward import recording, traced
from tb_seqviz_plugin.callbacks.backends.tensorflow.moments import summarise
from tb_seqviz_plugin.callbacks.backends.tensorflow.recurrent_states import StateProbe, probing_states, saturation_of
from tb_seqviz_plugin.callbacks.backends.tensorflow.updates import Updates
from tb_seqviz_plugin.callbacks.backends.tensorflow.waiting import Waiting
from tb_seqviz_plugin.callbacks.errors import NoLossError
from tb_seqviz_plugin.callbacks.model.batch import leaves_of, map_leaves
from tb_seqviz_plugin.callbacks.model.call import ModelCall
from tb_seqviz_plugin.callbacks.model.calls import Call
from tb_seqviz_plugin.callbacks.model.loss import loss_of
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of, losses_kept
from tb_seqviz_plugin.callbacks.model.recorder import Recorder

__all__ = ["Measurement", "Updates"]


class Measurement:
    """Measures a model on one batch as often as it is called.

    It runs op by op until that has taken as long as to trace it once; a model with loops over time, which op by op takes many times
    as long, is traced at once.

    Args:
        model: a built model.
        call: how to call it, None to look at its weights only.
        groups: which of "parameters", "gradients" and "activations" to measure.
        compiling: gives leave to trace it, once that repays; None if it is traced at once, as where the model does something else
            with variables than read them, which a graph leaves out.

    Attributes:
        calls: every call of a layer in the forward pass, in the order in which they began.
        no_loss: why there are no gradients though they were asked for, as a sentence; "" if there are.
    """

    def __init__(
        self, model: keras.Model, call: ModelCall | None, groups: frozenset[str], compiling: Compiling | None = None
    ) -> None:
        self._model, self._call, self._groups = model, call, groups
        self.calls: list[Call] = []
        self.no_loss = ""
        is_run = call is not None and bool(groups - {"parameters"})
        has_loops = any(isinstance(layer, keras.layers.RNN) for layer in layers_of(model))
        self._waiting = Waiting(GRAPH_TAKES, compiling if is_run and not has_loops else None)
        self._run: Callable[[], Measured] = lambda: self._measure((), {}, None, None)
        if is_run:
            self._run = outside_of_scopes(self._begun)

    def __call__(self) -> Measured:
        """Returns what is measured of the model as it is now, as arrays."""
        leave = self._waiting.leave()
        if leave is not None:
            with leave:
                self._run = outside_of_scopes(self._traced)
        with self._waiting.running():
            return outside_of_scopes(self._run).map(np.asarray)

    def _begun(self) -> Callable[[], Measured]:
        """Returns what measures the model for now."""
        if self._waiting.is_on:
            with contextlib.suppress(Exception), self._waiting.running():  # of a model that runs as a graph only
                return self._op_by_op()
            self._waiting.end()
        return self._traced()

    def _traced(self) -> Callable[[], Measured]:
        """Returns what runs the model and measures it: a graph if the model can be one, else op by op."""
        leaves = [tf.convert_to_tensor(leaf) for leaf in leaves_of(self._structures())]
        symbolic = Measured()

        def forward(*tensors: Any) -> list[Any]:
            nonlocal symbolic
            waiting = iter(tensors)
            symbolic = self._measure(*map_leaves(lambda _: next(waiting), self._structures()))
            results: list[Any] = []
            symbolic.map(results.append)
            return results

        try:
            function = traced(forward, leaves)
        except Exception:  # Python control flow on values, .numpy(), and whatever else a graph cannot hold
            return self._op_by_op()

        def run() -> Measured:
            results = iter(function(*leaves))
            return symbolic.map(lambda _: next(results))

        return run

    def _op_by_op(self) -> Callable[[], Measured]:
        def run() -> Measured:
            return self._measure(*map_leaves(tf.convert_to_tensor, self._structures()))

        try:
            tried = [run()]
        except NoLossError as error:
            self._groups -= {"gradients"}
            self.no_loss = error.args[0]
            return self._op_by_op() if self._waiting.is_on else self._traced()
        return lambda: tried.pop() if tried else run()

    def _structures(self) -> tuple[Any, ...]:
        assert self._call is not None
        return self._call.args, dict(self._call.kwargs), self._call.targets, self._call.weights

    def _measure(self, args: Any, kwargs: Any, targets: Any, weights: Any) -> Measured:
        model, recorder, loss = self._model, Recorder(renew=tf.identity), None
        tape = tf.GradientTape() if "gradients" in self._groups else None
        probes: dict[int, StateProbe] = {}
        call = ModelCall((), {}) if self._call is None else replace(self._call, args=args, kwargs=kwargs)
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
                result = call.run(model, call.leaves())
                if tape is not None:
                    loss = loss_of(model, replace(call, targets=targets, weights=weights), result)
        self.calls = recorder.calls
        measured = Measured()
        if "parameters" in self._groups:
            measured.parameters = {
                id(weight): summarise(weight.value) for weight in _unique(model.weights) if _is_continuous(weight)
            }
        if tape is not None:
            _measure_gradients(measured, model, tape, loss, probes)
        if "activations" in self._groups:
            _measure_activations(measured, recorder.calls, probes, call.cut_one)
        recorder.forget_tensors()
        return measured


def _measure_gradients(
    measured: Measured, model: keras.Model, tape: Any, loss: Any, probes: Mapping[int, StateProbe]
) -> None:
    weights = _unique(model.trainable_weights)
    # All at once, so that the loss is taken back through the model once.
    of_weights, of_states = tape.gradient(
        loss, ([weight.value for weight in weights], {layer: probe.zeros for layer, probe in probes.items()})
    )
    for weight, gradient in zip(weights, of_weights, strict=True):
        if gradient is not None:
            measured.gradients[id(weight)] = summarise(tf.convert_to_tensor(gradient))
    for layer, gradients in of_states.items():
        found = [gradient for gradient in gradients if gradient is not None]
        if found:
            measured.over_time[layer] = [
                tf.reduce_sum(tf.cast(gradient, tf.float32) ** 2, axis=[0, 2]) for gradient in found
            ]


def _measure_activations(
    measured: Measured, calls: Sequence[Call], probes: Mapping[int, StateProbe], cut: Callable[[Any], Any]
) -> None:
    measured.saturated_gates = {layer: list(probe.saturated) for layer, probe in probes.items() if probe.saturated}
    outer = getattr(calls[0].arguments[0][1], "graph", None) if calls and calls[0].arguments else None
    known: dict[Any, Any] = {}
    for call in calls:
        for _, tensor in call.outputs[:1]:
            within_reach = isinstance(tensor, tf.Tensor) and getattr(tensor, "graph", None) is outer
            if not within_reach or not tensor.dtype.is_floating:
                continue
            own, origin = cut(tensor), _origin(tensor)
            # What a block returns its last layer has returned, too.
            if origin not in known:
                known[origin] = summarise(own)
            measured.activations[call] = known[origin]
            share = saturation_of(getattr(call.layer, "activation", None), own)
            if share is not None and id(call.layer) not in measured.saturated_gates and not call.children:
                measured.saturated[call] = share


def _origin(tensor: Any) -> Any:
    """Returns the name of the tensor in a graph that another is the same as; op by op the tensor's number."""
    if tf.executing_eagerly():
        return id(tensor)
    while tensor.op.type == "Identity":
        [tensor] = tensor.op.inputs
    return tensor.name


def _unique(weights: Sequence[Any]) -> list[Any]:
    return list({id(weight): weight for weight in weights}.values())


def _is_continuous(weight: Any) -> bool:
    return str(weight.dtype).startswith(("float", "bfloat"))
