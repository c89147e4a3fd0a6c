"""A canary for each private part of others that we use: it fails, naming it, once that is gone or another."""

from __future__ import annotations

import concurrent.futures.thread
import subprocess
import sys
import threading
from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.sources import foreign_privates, modules
from keras import layers
from tensorflow.core.protobuf.config_pb2 import ConfigProto

Canary = Callable[[], bool]

CANARIES: dict[str, Canary] = {}


def canary(name: str) -> Callable[[Canary], Canary]:
    def add(holds: Canary) -> Canary:
        CANARIES[name] = holds
        return holds

    return add


def assert_holds(name: str, holds: Canary) -> None:
    try:
        problem = "" if holds() else "means something else"
    except Exception as error:  # an AttributeError where it is gone
        problem = f"cannot be used ({error})"
    assert not problem, (
        f"{name} {problem} in Keras {keras.__version__} on TensorFlow {tf.__version__}. Mend what uses it, in callbacks/model/ or "
        "callbacks/backends/, so that it works with this version and those before."
    )


def nested() -> tuple[keras.Model, layers.Layer, layers.Layer]:
    """Returns a built model, a model in it, and a layer in that."""
    dense = layers.Dense(2)
    inner = keras.Sequential([dense])
    return keras.Sequential([layers.Input((3,)), inner]), inner, dense


@canary("_flatten_layers")
def _() -> bool:
    model, inner, dense = nested()
    every = model._flatten_layers(include_self=True, recursive=True)
    direct = model._flatten_layers(include_self=False, recursive=False)
    return model in every and dense in every and inner in direct and dense not in direct and model not in direct


@canary("_trainable_variables")
def _() -> bool:
    _, inner, dense = nested()
    return dense._trainable_variables == [dense.kernel, dense.bias] and not inner._trainable_variables


@canary("_non_trainable_variables")
def _() -> bool:
    norm = layers.BatchNormalization()
    norm.build((None, 2))
    return norm._non_trainable_variables == [norm.moving_mean, norm.moving_variance]


@canary("_embeddings")
def _() -> bool:
    embedding = layers.Embedding(5, 2)
    before = getattr(embedding, "_embeddings", None)
    embedding.build()
    return before is None and tuple(embedding._embeddings.shape) == (5, 2)


@canary("_value")
def _() -> bool:
    variable = keras.Variable([1.0])
    with keras.StatelessScope() as scope:
        scope.add_update((variable, tf.constant([2.0])))
        return float(variable.value[0]) == 2 and float(variable._value[0]) == 1


@canary("_inputs_struct")
def _() -> bool:
    inputs = {name: layers.Input((2,), name=name) for name in ("a", "b")}
    model = keras.Model(inputs, layers.Add()([inputs["a"], inputs["b"]]))
    return sorted(model._inputs_struct) == ["a", "b"] and not hasattr(layers.Dense(1), "_inputs_struct")


@canary("_keras_history")
def _() -> bool:
    return str(layers.Input((2,), name="ids")._keras_history.operation.name) == "ids"


@canary("_keras_mask")
def _() -> bool:
    embedded = layers.Embedding(5, 2, mask_zero=True)(tf.constant([[1, 0]]))
    masked = tf.constant([[[1.0], [3.0]]])
    masked._keras_mask = embedded._keras_mask
    mean = float(layers.GlobalAveragePooling1D()(masked)[0, 0])
    return np.array_equal(embedded._keras_mask, [[True, False]]) and mean == 1


@canary("_compile_loss")
def _() -> bool:
    model, _, _ = nested()
    before = getattr(model, "_compile_loss", None)
    model.compile(loss="mse")
    return before is None and model._compile_loss is not None


@canary("_loss_ids")
def _() -> bool:
    _, inner, dense = nested()
    loss = tf.constant(1.0)
    with keras.StatelessScope(collect_losses=True):
        dense.add_loss(loss)
    return dense._loss_ids == {id(loss)} and not inner._loss_ids


@canary("_remat_mode")
def _() -> bool:
    scope = getattr(keras, "RematScope", None)
    if scope is None:  # Keras before 3.9 computes nothing anew
        return not hasattr(layers.Dense(1), "_remat_mode")
    with scope(mode="full"):
        inside = layers.Dense(1)
    return inside._remat_mode is not None and layers.Dense(1)._remat_mode is None


@canary("tensorflow.python.framework.op_callbacks")
def _() -> bool:
    from tensorflow.python.framework import op_callbacks

    seen = []

    def note(op_type: str, inputs: object, attrs: object, outputs: object, *_: object) -> None:
        seen.append(str(op_type))

    op_callbacks.add_op_callback(note)
    try:
        tf.nn.relu(tf.ones(2))
    finally:
        op_callbacks.remove_op_callback(note)
    tf.nn.tanh(tf.ones(2))
    return any("Relu" in each for each in seen) and not any("Tanh" in each for each in seen)


@canary("__internal__")
def _() -> bool:
    graph = tf.__internal__.FuncGraph("canary")
    with graph.as_default():
        doubled = tf.compat.v1.placeholder("float32", (None, 2)) * 2
    return doubled.graph is graph and doubled.op.type == "Mul"


@canary("_fields")
def _() -> bool:
    from typing import NamedTuple

    class Pair(NamedTuple):
        left: int

    return Pair._fields == ("left",) and not hasattr((), "_fields")


@canary("_getframe")
def _() -> bool:
    inside = "seen"
    return sys._getframe(0).f_locals["inside"] == inside


@canary("tensorflow.python.eager.context")
def _() -> bool:
    from tensorflow.python.eager import context

    asked = []
    names = ("global_seed", "internal_operation_seed", "set_global_seed")
    before = {name: getattr(context, name) for name in names}
    try:
        for name in names:
            setattr(context, name, lambda *seed, name=name: asked.append((name, *seed)) or 1)
        tf.random.normal((1,))
        tf.random.set_seed(3)
    finally:
        for name in names:
            setattr(context, name, before[name])
    own, config = context.context(), ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    given = own.function_call_options
    try:
        own.function_call_options = context.FunctionCallOptions(given.executor_type, config)
        is_taken = own.function_call_options.config_proto_serialized == config.SerializeToString()
    finally:
        own.function_call_options = given
    return is_taken and asked == [("global_seed",), ("internal_operation_seed",), ("set_global_seed", 3)]


@canary("tensorflow.python.ops.control_flow_util.GraphOrParentsInXlaContext")
def _() -> bool:
    from tensorflow.python.ops.control_flow_util import GraphOrParentsInXlaContext

    seen = []

    def looking() -> tf.Tensor:
        seen.append(GraphOrParentsInXlaContext(tf.compat.v1.get_default_graph()))
        return tf.constant(0)

    tf.function(looking, jit_compile=True)()
    tf.function(looking)()
    return seen == [True, False]


@canary("tensorflow.python.ops.script_ops")
def _() -> bool:
    from tensorflow.python.ops import script_ops

    made, original = [], script_ops._internal_py_func

    def noting(func: Callable[..., object], *args: object, **kwargs: object) -> object:
        made.append(func)
        return original(func, *args, **kwargs)

    script_ops._internal_py_func = noting
    try:
        with tf.Graph().as_default():
            tf.numpy_function(np.sin, [tf.zeros(2)], tf.float32)
            tf.py_function(func=tf.sin, inp=[tf.zeros(2)], Tout=tf.float32)
    finally:
        script_ops._internal_py_func = original
    return made == [np.sin, tf.sin]


@canary("tensorflow.python.eager.polymorphic_function.function_context")
def _() -> bool:
    from tensorflow.python.eager.polymorphic_function import function_context

    original = function_context.make_function_context
    function = tf.function(lambda: tf.zeros(()))
    function()
    function_context.make_function_context = lambda *args: original(*args)._replace(context=("own", original(*args)))
    try:
        function()
        function()
    finally:
        function_context.make_function_context = original
    function()
    return function.experimental_get_tracing_count() == 2


@canary("tensorflow.python.ops.stateful_random_ops")
def _() -> bool:
    from tensorflow.python.ops import stateful_random_ops

    return stateful_random_ops.global_generator is None or (
        stateful_random_ops.global_generator is tf.random.get_global_generator()
    )


@canary("tensorflow.python.eager.execute")
def _() -> bool:
    from tensorflow.python.eager import context, execute

    context.ensure_initialized()
    attributes = ("T", tf.int32.as_datatype_enum)
    (added,) = execute.execute("AddV2", 1, [tf.constant(2), tf.constant(3)], attributes, context.context())
    return int(added) == 5


@canary("tensorflow.python.ops.while_loop")
def _() -> bool:
    from tensorflow.python.ops import while_loop

    return callable(while_loop.while_loop)


@canary("_register_atexit")
def _() -> bool:
    program = (
        "import concurrent.futures, threading\n"
        "pool = concurrent.futures.ThreadPoolExecutor()\n"
        "threading._register_atexit(lambda: print(pool.submit(lambda: 'still runs').result()))"
    )
    return (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        == "still runs\n"
    )


@canary("_threads_queues")
def _() -> bool:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        thread = pool.submit(threading.current_thread).result()
        return thread in concurrent.futures.thread._threads_queues


@pytest.mark.parametrize("name", CANARIES)
def test_private_parts_are_what_we_take_them_for(name: str) -> None:
    assert_holds(name, CANARIES[name])


def test_every_private_part_that_we_use_has_a_canary() -> None:
    used = {name for path in modules().values() for name in foreign_privates(path.read_text(encoding="utf-8"))}
    assert used == set(CANARIES)


@pytest.mark.parametrize("holds", [lambda: False, lambda: layers.Dense(1)._gone])
def test_a_canary_that_fails_names_what_is_gone(holds: Canary) -> None:
    with pytest.raises(AssertionError, match=r"_gone (means something else|cannot be used \(.*\)) in Keras 3"):
        assert_holds("_gone", holds)
