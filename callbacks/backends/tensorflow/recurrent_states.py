"""What happens inside recurrent layers: how the loss depends on the state after each step, and how far the gates are saturated.

A loop's inner tensors cannot be had from outside. So zeros are added to the state after each step: the layer computes what it
always does, and the gradient of the loss with respect to these zeros is that with respect to the state, all later steps included.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from tb_seqviz_plugin.callbacks.model.layers import shadow
from tb_seqviz_plugin.callbacks.model.private_parts import layers_of

_BOUNDS = {"sigmoid": (0.1, 0.9), "hard_sigmoid": (0.1, 0.9), "tanh": (-0.8, 0.8)}


@dataclass(eq=False)
class StateProbe:
    """What is kept of one recurrent layer in one forward pass.

    Args:
        zeros: what was added to the states, [batch, time, units], or [batch, 1, units] for each call of a cell by itself.
        saturated: the share of saturated gates in each call, scalars.
    """

    zeros: list[Any] = field(default_factory=list)
    saturated: list[Any] = field(default_factory=list)


def saturation_of(activation: Any, values: Any) -> Any:
    """Returns the share of values in the outer tenths of the range of an activation, None where that has no bounds."""
    outside = _outside(activation, values)
    return None if outside is None else tf.reduce_mean(outside)


@contextlib.contextmanager
def probing_states(model: keras.Model, tape: tf.GradientTape | None) -> Iterator[dict[int, StateProbe]]:
    """Adds zeros to the states of recurrent layers while the model runs.

    Args:
        model: the model.
        tape: is told to watch the zeros; None where there is no loss.

    Yields:
        what is kept by `id(layer)`; of an RNN under its own, else under that of the cell.
    """
    probes: dict[int, StateProbe] = {}
    layers = layers_of(model)
    of_loops = {id(part) for layer in layers if isinstance(layer, keras.layers.RNN) for part in layers_of(layer)}
    with contextlib.ExitStack() as undo:
        for layer in layers:
            if isinstance(layer, keras.layers.RNN):
                probe = probes[id(layer)] = StateProbe()
                shadow(undo, layer, "inner_loop", _probing_loop(layer, probe, tape))
            elif hasattr(layer, "state_size") and id(layer) not in of_loops:
                probe = probes[id(layer)] = StateProbe()
                shadow(undo, layer, "call", _probing_cell(layer, probe, tape))
        yield probes


def _probing_loop(layer: keras.layers.RNN, probe: StateProbe, tape: tf.GradientTape | None) -> Callable[..., Any]:
    run, cell = layer.inner_loop, layer.cell

    def probing(sequences: Any, initial_state: Any, mask: Any = None, training: bool = False) -> Any:
        states = keras.tree.flatten(initial_state)
        sizes = [state.shape[-1] for state in states]
        known = tf.is_tensor(sequences) and sequences.shape.rank == 3 and all(state.shape.rank == 2 for state in states)
        if not known or None in sizes or sequences.shape[-1] is None:
            return run(sequences=sequences, initial_state=initial_state, mask=mask, training=training)
        shape = tf.shape(sequences)
        zeros = tf.zeros([shape[0], shape[1], sum(sizes)], sequences.dtype)
        if tape is not None:
            tape.watch(zeros)
        probe.zeros.append(zeros)
        features = sequences.shape[-1]
        compute = cell.call

        def step(inputs: Any, states: Any, *args: Any, **kwargs: Any) -> Any:
            inputs, added = tf.split(inputs, [features, sum(sizes)], axis=-1)
            with contextlib.ExitStack() as gating:
                gates = _noted_gates(gating, cell)
                output, new = compute(inputs, states, *args, **kwargs)
            output, new = _added(output, new, tf.split(added, sizes, axis=-1))
            return (output, _share_per_example(cell, gates, inputs)), new

        with contextlib.ExitStack() as undo:
            shadow(undo, cell, "call", step)
            # The fused kernels know no such cell, an unrolled loop no outputs in pairs; and the shares of every step are wanted.
            for name, value in {"use_cudnn": False, "unroll": False, "return_sequences": True}.items():
                shadow(undo, layer, name, value)
            augmented = tf.concat([sequences, zeros], axis=-1)
            last, outputs, states = run(sequences=augmented, initial_state=initial_state, mask=mask, training=training)
        if _bounds(getattr(cell, "recurrent_activation", None)) is not None:
            probe.saturated.append(_mean_where(outputs[1][..., 0], mask))
        return last[0], outputs[0], states

    return probing


def _probing_cell(cell: keras.layers.Layer, probe: StateProbe, tape: tf.GradientTape | None) -> Callable[..., Any]:
    compute = cell.call

    def probing(inputs: Any, states: Any, *args: Any, **kwargs: Any) -> Any:
        with contextlib.ExitStack() as gating:
            gates = _noted_gates(gating, cell)
            output, new = compute(inputs, states, *args, **kwargs)
        flat = keras.tree.flatten(new)
        if any(state.shape.rank != 2 for state in flat):
            return output, new
        zeros = [tf.zeros_like(state)[:, None] for state in flat]
        joined = tf.concat(zeros, axis=-1)
        if tape is not None:
            tape.watch(joined)
        probe.zeros.append(joined)
        if gates:
            probe.saturated.append(tf.reduce_mean(_share_per_example(cell, gates, flat[0])))
        return _added(output, new, tf.split(joined[:, 0], [state.shape[-1] for state in flat], axis=-1))

    return probing


def _added(output: Any, states: Any, zeros: list[Any]) -> tuple[Any, Any]:
    """Returns a cell's output and states with zeros added; an output that is a state stays that state."""
    flat = keras.tree.flatten(states)
    summed = [state + zero for state, zero in zip(flat, zeros, strict=True)]
    output = next((new for old, new in zip(flat, summed, strict=True) if old is output), output)
    return output, keras.tree.pack_sequence_as(states, summed) if keras.tree.is_nested(states) else summed[0]


def _noted_gates(undo: contextlib.ExitStack, cell: keras.layers.Layer) -> list[Any]:
    """Returns a list to which the values of each gate are added while the cell computes."""
    gates: list[Any] = []
    activate = getattr(cell, "recurrent_activation", None)
    if activate is None or _bounds(activate) is None:
        return gates

    def noting(values: Any, *args: Any, **kwargs: Any) -> Any:
        result = activate(values, *args, **kwargs)
        gates.append(result)
        return result

    shadow(undo, cell, "recurrent_activation", noting)
    return gates


def _share_per_example(cell: keras.layers.Layer, gates: list[Any], like: Any) -> Any:
    """Returns the share of saturated gates of a cell, [batch, 1]; zeros if there are none."""
    if not gates:
        return tf.zeros_like(like[:, :1])
    # All gates at once: of a loop the number of ops is what it costs.
    outside = _outside(cell.recurrent_activation, tf.concat(gates, axis=-1))
    return tf.cast(tf.reduce_mean(outside, axis=-1, keepdims=True), like.dtype)


def _mean_where(values: Any, mask: Any) -> Any:
    mask = keras.tree.flatten(mask)[0] if mask is not None else None
    values = tf.cast(values, tf.float32)
    if mask is None:
        return tf.reduce_mean(values)
    weights = tf.cast(tf.reshape(mask, tf.shape(values)), tf.float32)
    return tf.reduce_sum(values * weights) / tf.maximum(tf.reduce_sum(weights), 1.0)


def _bounds(activation: Any) -> tuple[float, float] | None:
    return _BOUNDS.get(getattr(activation, "__name__", ""))


def _outside(activation: Any, values: Any) -> Any:
    bounds = _bounds(activation)
    if bounds is None:
        return None
    return tf.cast((values < bounds[0]) | (values > bounds[1]), tf.float32)
