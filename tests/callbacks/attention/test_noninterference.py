"""Training with the callback is training without it, to the last bit; and the model and Keras are left as they were."""

from __future__ import annotations

import functools
import pickle
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.capturing import capture_of
from helpers.zoo import CASES
from helpers.zoo.case import Calling, X, of_one_input
from keras import layers, ops

from tb_seqviz_plugin.callbacks import AttentionLogger

BATCH, LENGTH, FEATURES, EXAMPLES = 8, 5, 4, 24
_random = np.random.default_rng(7)
INPUTS = _random.normal(size=(EXAMPLES, LENGTH, FEATURES)).astype("float32")
TARGETS = _random.normal(size=(EXAMPLES, 1)).astype("float32")
PROBE = _random.normal(size=(BATCH, LENGTH, FEATURES)).astype("float32")


class OwnSeed(layers.Layer):
    """Random at inference, too, from a seed generator of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seed = keras.random.SeedGenerator(3)

    def call(self, x: Any) -> Any:
        return x + 0.1 * keras.random.normal(ops.shape(x), seed=self.seed)


class GlobalSeed(layers.Layer):
    """Random at inference, too, from Keras' global seed."""

    def call(self, x: Any) -> Any:
        return x + 0.1 * keras.random.normal(ops.shape(x))


class Assigning(layers.Layer):
    """Assigns variables at inference: one that Keras knows and one that it does not."""

    def build(self, shape: Any) -> None:
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.bare = tf.Variable(0.0, trainable=False)

    def call(self, x: Any) -> Any:
        self.calls.assign(self.calls + 1.0)
        self.bare.assign_add(1.0)
        return x * (1 + 0.001 * self.calls + 0.001 * self.bare)


class InPlainPython(layers.Layer):
    """Keeps the model from running as a graph."""

    def call(self, x: Any) -> Any:
        return x * float(np.sign(x.numpy().max()))

    def compute_output_spec(self, x: Any) -> Any:
        return keras.KerasTensor(x.shape, x.dtype)


def _attending(*before: layers.Layer) -> keras.Model:
    inputs = layers.Input((LENGTH, FEATURES), batch_size=BATCH)
    x = inputs
    for layer in before:
        x = layer(x)
    x = layers.MultiHeadAttention(2, 4, dropout=0.3)(x, x)
    return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(layers.Dropout(0.3)(x))))


MODELS: dict[str, Callable[[], keras.Model]] = {
    "dropout": _attending,
    "batch normalisation": lambda: _attending(layers.BatchNormalization()),
    "stateful LSTM": lambda: _attending(
        layers.BatchNormalization(), layers.LSTM(4, stateful=True, return_sequences=True, dropout=0.2)
    ),
    "GRU": lambda: _attending(layers.GRU(4, return_sequences=True, recurrent_dropout=0.2)),
    "own seed": lambda: _attending(OwnSeed()),
    "global seed": lambda: _attending(GlobalSeed()),
    "assigned at inference": lambda: _attending(Assigning()),
}


class Drawing(keras.utils.PyDataset):
    """Batches drawn from numpy's global random numbers."""

    def __len__(self) -> int:
        return EXAMPLES // BATCH

    def __getitem__(self, index: int) -> Any:
        rows = np.random.permutation(EXAMPLES)[:BATCH]
        return INPUTS[rows], TARGETS[rows]


def _dataset(seed: int | None) -> tf.data.Dataset:
    return tf.data.Dataset.from_tensor_slices((INPUTS, TARGETS)).shuffle(EXAMPLES, seed=seed).batch(BATCH)


DATA: dict[str, Callable[[], dict[str, Any]]] = {
    "arrays": lambda: {"x": INPUTS, "y": TARGETS, "batch_size": BATCH},
    "dataset": lambda: {"x": _dataset(seed=None), "shuffle": False},
    "seeded dataset": lambda: {"x": _dataset(seed=5), "shuffle": False},
    "PyDataset": lambda: {"x": Drawing(workers=1)},
}


def _trained(
    model: str, data: str, callbacks: list[keras.callbacks.Callback], run_eagerly: bool = False
) -> list[np.ndarray[Any, Any]]:
    """Returns everything that training makes: weights, states, seeds, optimizer and history."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(42)
    made = MODELS[model]()
    # By Adam and XLA once: they take long.
    is_first = model == "dropout" and data == "arrays"
    optimizer = "adam" if is_first else keras.optimizers.SGD(0.01, momentum=0.9)
    made.compile(optimizer, "mse", metrics=["mae"], run_eagerly=run_eagerly, jit_compile=is_first)
    history = made.fit(**DATA[data](), epochs=2, verbose=0, callbacks=callbacks).history
    bare = [layer.bare for layer in made.layers if isinstance(layer, Assigning)]
    numbers = [variable.numpy() for variable in (*made.variables, *made.optimizer.variables, *bare)]
    next_random = [np.random.random(3), keras.random.normal((3,)).numpy(), tf.random.normal((3,)).numpy()]
    return numbers + next_random + [np.array(history[name]) for name in sorted(history)]


def _same(one: list[np.ndarray[Any, Any]], other: list[np.ndarray[Any, Any]]) -> bool:
    return len(one) == len(other) and all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


@functools.cache
def _trained_alone(model: str, data: str) -> list[np.ndarray[Any, Any]]:
    return _trained(model, data, [])


@pytest.mark.parametrize(
    ("model", "data", "schedule"),
    [("dropout", "arrays", 1), pytest.param("stateful LSTM", "PyDataset", 1, marks=pytest.mark.long)]
    + [pytest.param(model, "arrays", 1, marks=pytest.mark.long) for model in MODELS if model != "dropout"]
    + [pytest.param("dropout", data, 1, marks=pytest.mark.long) for data in DATA if data != "arrays"]
    + [pytest.param(model, "arrays", "epoch", marks=pytest.mark.long) for model in ("global seed", "stateful LSTM")],
)
def test_training_is_the_same_to_the_last_bit(model: str, data: str, schedule: Any, tmp_path: Path) -> None:
    with_logger = _trained(model, data, [AttentionLogger(tmp_path, PROBE, schedule=schedule)])
    assert _same(_trained_alone(model, data), with_logger)
    assert any(tmp_path.rglob("*tfevents*"))


@pytest.mark.parametrize(
    "model", ["stateful LSTM", *(pytest.param(seed, marks=pytest.mark.long) for seed in ("own seed", "global seed"))]
)
def test_training_is_the_same_where_the_model_runs_op_by_op(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = MODELS[model]
    monkeypatch.setitem(
        MODELS,
        model,
        lambda: keras.Sequential([layers.Input((LENGTH, FEATURES), batch_size=BATCH), InPlainPython(), build()]),
    )
    without = _trained(model, "arrays", [], run_eagerly=True)
    assert _same(without, _trained(model, "arrays", [AttentionLogger(tmp_path, PROBE)], run_eagerly=True))
    assert any(tmp_path.rglob("*tfevents*"))


class Disturbing(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        keras.random.normal((1,))


def test_the_comparison_can_fail() -> None:
    once, again, other = (
        _trained("global seed", "arrays", callbacks, run_eagerly=True) for callbacks in ([], [], [Disturbing()])
    )
    assert _same(once, again)
    assert not _same(once, other)


def test_a_loop_of_ones_own_is_the_same_to_the_last_bit(tmp_path: Path) -> None:
    def train(log: bool) -> list[np.ndarray[Any, Any]]:
        keras.utils.set_random_seed(42)
        model = MODELS["stateful LSTM"]()
        optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
        optimizer.build(model.trainable_variables)
        logger = AttentionLogger(tmp_path, PROBE)
        logger.set_model(model)

        @tf.function
        def step(x: Any, y: Any) -> None:
            with tf.GradientTape() as tape:
                loss = ops.mean((model(x, training=True) - y) ** 2)
            optimizer.apply(tape.gradient(loss, model.trainable_variables))

        for number, (x, y) in enumerate(_dataset(seed=1).repeat(2)):
            step(x, y)
            if log:
                logger.log(number)
        logger.close()
        return [variable.numpy() for variable in (*model.variables, *optimizer.variables)]

    without = train(log=False)
    assert not any(tmp_path.iterdir())
    assert _same(without, train(log=True))
    assert any(tmp_path.rglob("*tfevents*"))


_CACHES = {"_dropout_mask", "_recurrent_dropout_mask"}
"""Where the cells of older versions of Keras note that they have no mask."""


def _left_behind(model: keras.Model) -> Any:
    """Returns all that capturing might leave on a model."""
    summary: list[str] = []
    model.summary(print_fn=summary.append, expand_nested=True)
    parts = model._flatten_layers(include_self=True, recursive=True)
    return (
        [sorted(set(vars(layer)) - _CACHES) for layer in parts],
        [id(vars(layer).get("call")) for layer in parts],
        [len(layer._inbound_nodes) for layer in parts],
        [variable.path for variable in model.variables],
        summary,
    )


GLOBALS: dict[str, Callable[[], Any]] = {
    "tf.nn.softmax": lambda: tf.nn.softmax,
    "Softmax.call": lambda: keras.layers.Softmax.call,
    "tf.function": lambda: type(tf.function(lambda: None)).__call__,
    "name scopes": lambda: keras.src.backend.common.global_state.get_global_attribute("name_scope_stack") or [],
    "stateless scope": keras.src.backend.common.stateless_scope.in_stateless_scope,
}


@pytest.fixture(autouse=True)
def _globals_are_restored() -> Iterator[None]:
    before = {name: get() for name, get in GLOBALS.items()}
    yield
    assert {name: get() for name, get in GLOBALS.items()} == before


@pytest.mark.parametrize(
    "name",
    ["multi_head_padding_mask_dropout", "nested_models", "cell_of_a_recurrent_layer", "time_distributed", "while_loop",
     "numpy_inside_call"],
)  # fmt: skip
def test_a_model_is_left_as_it_was(name: str) -> None:
    case = CASES[name]()
    before = _left_behind(case.model)
    capture_of(case.model, case.inputs)()
    assert _left_behind(case.model) == before


def test_a_model_is_saved_as_before(tmp_path: Path) -> None:
    def saved() -> tuple[bytes, str]:
        model.save(tmp_path / "model.keras")
        config = keras.saving.load_model(tmp_path / "model.keras").get_config()
        return pickle.dumps(config), model.to_json()

    model = of_one_input(lambda x: layers.MultiHeadAttention(2, 4, dropout=0.1, name="attention")(x, x))
    before = saved()
    capture_of(model, X)()
    assert saved() == before


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_all_is_restored_after_an_error(error: type[BaseException]) -> None:
    class Failing(layers.Layer):
        def call(self, x: Any) -> Any:
            if self.failing:
                raise error("out of it")
            return x

    failing = Failing()
    failing.failing = False
    attention = layers.MultiHeadAttention(2, 4, dropout=0.1)
    model = of_one_input(lambda x: failing(attention(x, x)))
    before = _left_behind(model)
    failing.failing = True
    with pytest.raises(error, match="out of it"):
        capture_of(model, X)()
    assert _left_behind(model) == before
    failing.failing = False
    assert len(capture_of(model, X)()) == 1


def test_another_thread_trains_meanwhile_undisturbed() -> None:
    keras.utils.set_random_seed(1)
    other = of_one_input(lambda x: layers.MultiHeadAttention(2, 4)(x, x))
    other.compile("sgd", "mse")
    start = other.get_weights()
    other.fit(X, X, epochs=15, batch_size=2, verbose=0)
    alone = other.get_weights()
    other.set_weights(start)
    running, captured = threading.Event(), threading.Event()

    class Meanwhile(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            running.set()
            if epoch == 14:
                captured.wait(60)

    options = {"epochs": 15, "batch_size": 2, "verbose": 0, "callbacks": [Meanwhile()]}
    training = threading.Thread(target=lambda: other.fit(X, X, **options))
    case = CASES["subclassed_with_lists_and_dicts"]()
    training.start()
    running.wait(60)
    counts = {len(capture_of(case.model, case.inputs)()) for _ in range(4)}
    captured.set()
    training.join()
    assert counts == {len(case.expected)}
    assert all(np.array_equal(a, b) for a, b in zip(alone, other.get_weights(), strict=True))


@pytest.mark.long
def test_two_threads_capture_at_once() -> None:
    cases = [CASES["heads_as_layers"](), CASES["multi_head_padding_mask_dropout"]()]
    found: dict[int, set[int]] = {0: set(), 1: set()}

    def work(number: int) -> None:
        for _ in range(8):
            found[number].add(len(capture_of(cases[number].model, cases[number].inputs)()))

    threads = [threading.Thread(target=work, args=(number,)) for number in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: {len(cases[number].expected)} for number in found}


def test_an_unchanged_call_of_the_instance_is_kept() -> None:
    """Some libraries put a `call` of their own on an instance."""
    model = Calling(lambda self, x: self.attention([x, x]), attention=layers.Attention(name="attention"))
    own = model.attention.call
    model.attention.__dict__["call"] = own
    assert len(capture_of(model, X)()) == 1
    assert model.attention.__dict__["call"] is own
