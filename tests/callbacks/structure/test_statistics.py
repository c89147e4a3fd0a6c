"""Statistics equal what `tf.GradientTape` and direct computation give; the structure is logged once; training stays the same."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.structure_zoo import Calling
from keras import layers, ops
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import StructureLogger
from tb_seqviz_plugin.callbacks.backends.tensorflow import statistics as tensorflow_statistics
from tb_seqviz_plugin.callbacks.backends.tensorflow.moments import summarise
from tb_seqviz_plugin.callbacks.model.call import ways_to_call
from tb_seqviz_plugin.callbacks.structure.moments import histogram_of, joined, moments_of
from tb_seqviz_plugin.callbacks.structure.statistics import GROUPS, ModelStatistics
from tb_seqviz_plugin.records.statistics.record import Statistics
from tb_seqviz_plugin.schema.statistics import STATISTICS

BATCH, LENGTH, WORDS = 3, 5, 7
_random = np.random.default_rng(3)
X = _random.integers(1, WORDS, (BATCH, LENGTH)).astype("int32")
X[0, 3:] = 0
Y = _random.integers(0, 4, (BATCH,)).astype("int32")


def numbers(values: Any) -> dict[str, float]:
    """Returns what is to be logged of values, plainly."""
    flat = np.concatenate([np.asarray(value, np.float64).ravel() for value in values])
    finite = flat[np.isfinite(flat)]
    return {
        "norm": float(np.sqrt((finite**2).sum())),
        "mean": float(finite.mean()),
        "deviation": float(finite.std()),
        "zeros": float((finite == 0).mean()),
        "not_finite": float(1 - len(finite) / len(flat)),
    }


def assert_numbers(statistics: Statistics, path: str, group: str, values: Any) -> None:
    found = statistics.of(path)
    for name, value in numbers(values).items():
        assert found[f"{group}_{name}"] == pytest.approx(value, rel=2e-4, abs=1e-6), (path, group, name)


def recurrent_model(recurrent: str = "LSTM", **options: Any) -> keras.Model:
    keras.utils.set_random_seed(5)
    model = keras.Sequential(
        [
            layers.Input((LENGTH,), dtype="int32", name="ids"),
            layers.Embedding(WORDS, 4, mask_zero=True, name="words"),
            getattr(layers, recurrent)(6, name="rnn", **options),
            layers.Dense(5, activation="tanh", kernel_regularizer="l2", name="dense"),
            layers.Dense(4, name="head"),
        ],
        name="model",
    )
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model(X)
    return model


def statistics_of(model: keras.Model, inputs: Any, groups: Any = GROUPS) -> Statistics:
    return ModelStatistics(model, ways_to_call(model, inputs)[0], groups)()


def test_numbers_equal_those_computed_directly() -> None:
    model = recurrent_model()
    model.get_layer("dense").bias.assign([0.5, 3, -3, 0, 0])
    statistics = statistics_of(model, (X, Y))
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x=X, y=Y, y_pred=model(X, training=False))
    weights = model.trainable_weights
    found = tape.gradient(loss, [weight.value for weight in weights])
    gradients = {id(weight): tf.convert_to_tensor(gradient) for weight, gradient in zip(weights, found, strict=True)}
    assert statistics.examples == BATCH
    for layer in (model, *model.layers):
        assert_numbers(statistics, layer.name, "parameter", layer.weights)
        assert_numbers(
            statistics, layer.name, "gradient", [gradients[id(weight)] for weight in layer.trainable_weights]
        )
    for name in ("words", "rnn", "dense", "head"):
        direct = keras.Model(model.inputs, model.get_layer(name).output)(X)
        assert_numbers(statistics, name, "activation", [direct])
        if name == "dense":
            saturated = float(np.mean(np.abs(direct) > 0.8))
            assert 0 < saturated < 1
            assert statistics.of("dense")["activation_saturated"] == pytest.approx(saturated)


def test_activations_of_every_layer_equal_those_of_a_direct_sub_model() -> None:
    keras.utils.set_random_seed(5)
    inputs = layers.Input((LENGTH, 4), name="inputs")
    shared = layers.Dense(4, activation="relu", name="shared")
    hidden = layers.BatchNormalization(name="norm")(shared(inputs))
    attended = layers.MultiHeadAttention(2, 4, name="attention")(hidden, inputs)
    hidden = layers.Dropout(0.5, name="dropout")(layers.Add(name="add")([attended, shared(hidden)]))
    inner = keras.Sequential([layers.Dense(3, activation="gelu"), layers.Dense(2)], name="inner")
    model = keras.Model(inputs, layers.Bidirectional(layers.GRU(3), name="both")(inner(hidden)), name="model")
    model.get_layer("norm").set_weights([np.full(4, value, "float32") for value in (2, 1, 0.5, 3)])
    x = _random.normal(size=(BATCH, LENGTH, 4)).astype("float32")
    statistics = statistics_of(model, x)
    for layer in model.layers[1:]:
        calls = [node.output_tensors[0] for node in layer._inbound_nodes]
        results = [keras.Model(inputs, call)(x, training=False) for call in calls]
        assert_numbers(statistics, layer.name, "activation", results)
    assert_numbers(statistics, "model", "activation", [model(x)])
    assert statistics.of("shared")["activation_zeros"] > 0


@pytest.mark.parametrize(
    ("recurrent", "options"),
    [
        ("LSTM", {}),
        pytest.param("GRU", {"reset_after": False}, marks=pytest.mark.long),
        pytest.param("SimpleRNN", {"unroll": True}, marks=pytest.mark.long),
        ("GRU", {"go_backwards": True, "return_sequences": False}),
    ],
)
def test_gradients_over_time_are_those_of_the_states(recurrent: str, options: dict[str, Any]) -> None:
    model = recurrent_model(recurrent, **options)
    found = statistics_of(model, (X, Y)).gradients_over_time["rnn"]
    cell, backwards = model.get_layer("rnn").cell, options.get("go_backwards", False)
    words = model.get_layer("words")(X)
    states: list[list[Any]] = []
    with tf.GradientTape(persistent=True) as tape:
        now = [tf.zeros((BATCH, 6))] * (2 if recurrent == "LSTM" else 1)
        for step in reversed(range(LENGTH)) if backwards else range(LENGTH):
            made = cell(words[:, step], now)[1]
            keep = (X[:, step] == 0)[:, None]
            # Zeros added where a state is made, and dropped where the mask keeps the one before.
            added = [tf.zeros_like(each) for each in now]
            for zeros in added:
                tape.watch(zeros)
            now = [tf.where(keep, old, new + zeros) for old, new, zeros in zip(now, made, added, strict=True)]
            states.append(added)
        predicted = model.get_layer("head")(model.get_layer("dense")(now[0]))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(Y, predicted)
    # What the last step carries on leads nowhere.
    slopes = [[tape.gradient(loss, zeros, unconnected_gradients="zero") for zeros in added] for added in states]
    norms = [np.sqrt(sum(float(tf.reduce_sum(slope**2)) for slope in each)) for each in slopes]
    assert found == pytest.approx(norms[::-1] if backwards else norms, rel=1e-4)
    assert min(norms) < max(norms)


def test_saturated_gates_are_counted() -> None:
    model = recurrent_model("GRU", reset_after=False)
    kernel, recurrent, bias = model.get_layer("rnn").get_weights()
    bias[:6], bias[6:12] = 9, 0  # update gates open, reset gates in the middle
    model.get_layer("rnn").set_weights([kernel * 0.01, recurrent * 0.01, bias])
    assert statistics_of(model, (X, Y)).of("rnn")["activation_saturated"] == pytest.approx(0.5)


def test_a_cell_called_step_by_step_has_gradients_over_time() -> None:
    def call(self: Any, x: Any) -> Any:
        state = [tf.zeros((tf.shape(x)[0], 4))]
        for step in range(3):
            output, state = self.cell(x[:, step], state)
        return self.head(output)

    model = Calling(call, cell=layers.GRUCell(4, name="cell"), head=layers.Dense(1, name="head"))
    x, y = _random.normal(size=(2, 3, 2)).astype("float32"), np.ones((2, 1), "float32")
    model.compile("sgd", "mse")
    model(x)
    found = statistics_of(model, (x, y)).gradients_over_time["cell"]
    states = []
    with tf.GradientTape(persistent=True) as tape:
        state = tf.zeros((2, 4))
        for step in range(3):
            state = model.cell(x[:, step], [state])[1][0] + 0.0
            states.append(state)
        loss = tf.reduce_mean((model.head(state) - y) ** 2)
    assert found == pytest.approx([float(tf.norm(tape.gradient(loss, each))) for each in states], rel=1e-4)


def test_what_runs_only_op_by_op_is_measured_too() -> None:
    model = Calling(lambda self, x: self.head(x) * float(tf.reduce_sum(x)), head=layers.Dense(2, name="head"))
    model.compile("sgd", "mse")
    x, y = np.ones((2, 3), "float32"), np.ones((2, 2), "float32")
    model(x)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x) - y) ** 2)
    statistics = statistics_of(model, (x, y))
    assert_numbers(statistics, "head", "gradient", tape.gradient(loss, [w.value for w in model.trainable_weights]))


class OwnLoss(keras.Model):
    """A model that is compiled without a loss and has one all the same."""

    def __init__(self, kind: str) -> None:
        super().__init__(name="model")
        self.kind, self.head = kind, layers.Dense(2, name="head")

    def call(self, x: Any) -> Any:
        result = self.head(x)
        if self.kind == "add_loss":
            self.add_loss(ops.mean(result**2))
        return result

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *args: Any, **kwargs: Any) -> Any:
        if self.kind == "broken":
            raise TypeError("Not today")
        if self.kind == "compute_loss":
            return ops.mean((y - y_pred) ** 2)
        return super().compute_loss(x, y, y_pred, *args, **kwargs)


@pytest.mark.parametrize("kind", ["add_loss", "compute_loss", "broken"])
def test_losses_that_are_not_compiled_count(kind: str) -> None:
    model = OwnLoss(kind)
    model.compile("sgd")
    x, y = np.ones((2, 3), "float32"), np.full((2, 2), 3.0, "float32")
    with tf.GradientTape() as tape:
        loss = ops.mean((model(x) - (0 if kind == "add_loss" else y)) ** 2)
    statistics = statistics_of(model, x if kind == "add_loss" else (x, y))
    if kind == "broken":
        assert "loss of the model 'model' cannot be computed: TypeError: Not today." in statistics.notes[0]
        assert "gradient_norm" not in statistics.of("head")
        assert "activation_norm" in statistics.of("head")
    else:
        gradients = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
        assert_numbers(statistics, "head", "gradient", gradients)


@pytest.mark.parametrize("parts", [1, 3])
def test_moments_join_and_what_is_not_finite_is_counted(parts: int) -> None:
    values = _random.normal(1e3, 1, 60).astype("float32")
    values[[3, 7, 8]], values[[20, 21]] = [np.nan, np.inf, -np.inf], 0
    summaries = [summarise(part).numpy() for part in np.split(values, parts)]
    row = joined(map(moments_of, summaries)).row
    assert row == pytest.approx(tuple(numbers([values]).values()), rel=1e-4)
    histogram = histogram_of(summarise(values).numpy())
    finite = values[np.isfinite(values)]
    assert histogram[:, 2].tolist() == np.histogram(finite, 30)[0].tolist()
    assert histogram[[0, -1], [0, 1]] == pytest.approx([finite.min(), finite.max()])
    constant = histogram_of(summarise(np.full(4, 2.0)).numpy())
    assert constant[-1].tolist() == [2, 2, 4]


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(_random.normal(size=999), id="around 0"),
        pytest.param(_random.normal(300, 1, 999), id="far from 0"),
        pytest.param(np.maximum(_random.normal(size=999), 0), id="half of them 0"),
        pytest.param(np.array([-3e38, 0, 1, 3e38]), id="as far apart as can be"),
        pytest.param(np.array([0, 0, 1e-36, 4e-36]), id="next to each other"),
    ],
)
def test_a_summary_is_of_any_values(values: Any) -> None:
    values = values.astype("float32")
    summary, exact = summarise(values).numpy(), values.astype(np.float64)
    with np.errstate(over="ignore"):
        expected = [exact.sum(), ((exact - exact.mean()) ** 2).sum(), (exact**2).sum()]
        expected = np.array([*expected, (exact == 0).sum()]).astype(np.float32)
    assert summary[2:6] == pytest.approx(expected, rel=1e-5, abs=1e-4)
    assert summary[6:8].tolist() == [values.min(), values.max()]
    assert summary[8:].tolist() == np.histogram(exact, 30)[0].tolist()


class Training:
    """A small training, with or without the callback."""

    def __init__(self, log_dir: Path, logged: bool, **options: Any) -> None:
        keras.utils.clear_session(free_memory=False)  # and the seed generator that early versions of Keras 3 keep
        keras.utils.set_random_seed(11)
        x = np.random.default_rng(1).normal(size=(24, LENGTH, 4)).astype("float32")
        y = np.random.default_rng(2).normal(size=(24, 1)).astype("float32")
        inputs = layers.Input((LENGTH, 4), batch_size=8)
        hidden = layers.LSTM(4, stateful=True, return_sequences=True, dropout=0.2, name="lstm")(inputs)
        hidden = layers.BatchNormalization()(
            layers.MultiHeadAttention(2, 4, dropout=0.3, name="attention")(hidden, hidden)
        )
        noise = layers.GaussianNoise(0.1)(layers.Flatten()(layers.Activation("tanh")(hidden)))
        self.model = keras.Model(inputs, layers.Dense(1, activity_regularizer="l2", name="dense")(noise))
        self.model.compile(keras.optimizers.SGD(0.01, momentum=0.9), "mse", jit_compile=False)
        options.setdefault("inputs", (x[:8], y[:8]))
        callbacks = [StructureLogger(log_dir, **options)] if logged else []
        history = self.model.fit(x, y, epochs=2, batch_size=8, verbose=0, callbacks=callbacks).history
        variables = [variable.numpy() for variable in (*self.model.variables, *self.model.optimizer.variables)]
        self.result = [*variables, np.random.random(3), keras.random.normal((3,)).numpy(), np.array(history["loss"])]
        self.loss_ids = [len(layer._loss_ids) for layer in self.model.layers]


def test_training_is_the_same_to_the_last_bit_and_everything_is_logged(tmp_path: Path) -> None:
    alone, logged = Training(tmp_path, False), Training(tmp_path, True, schedule=2)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(alone.result, logged.result, strict=True))
    assert logged.loss_ids == alone.loss_ids
    (structure,) = seqviz.read(tmp_path, "structure")
    assert structure.step == 2
    assert sum(node.parameters for node in structure.nodes) == logged.model.count_params()
    attention = {node.path: node.attention for node in structure.nodes if node.attention}
    assert attention == {"attention": "attention"}
    records = list(seqviz.read(tmp_path, "statistics"))
    assert [record.step for record in records] == [2, 4, 6]
    assert [list(record.layers) for record in records] == [[node.path for node in structure.nodes]] * 3
    assert {record.statistics.update_steps for record in records} == {1}
    for record in records:
        assert 0 < record.of("lstm")["update_ratio"] < 0.1
        assert record.gradients_over_time["lstm"].shape == (LENGTH,)
    events = EventAccumulator(str(tmp_path / "seqviz"), {"tensors": 0}).Reload()
    tags = set(events.Tags()["tensors"])
    assert {"parameters/dense/kernel", "gradients/lstm/recurrent_kernel", "activations/lstm"} <= tags
    histogram = tf.make_ndarray(events.Tensors("parameters/dense/kernel")[-1].tensor_proto)
    assert histogram[:, 2].sum() == LENGTH * 4


def test_update_ratio_is_what_the_last_step_changed(tmp_path: Path) -> None:
    model = recurrent_model()
    model.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    logger = StructureLogger(tmp_path, (X, Y), statistics=["parameters"])
    logger.set_model(model)
    logger.log(0)
    before = [weight.numpy() for weight in model.get_layer("head").weights]
    model.train_on_batch(X, Y)
    model.train_on_batch(X, Y)
    logger.log(1)
    logger.close()
    first, second = seqviz.read(tmp_path, "statistics")
    after = [weight.numpy() for weight in model.get_layer("head").weights]
    changed = np.sqrt(sum(((b - a) ** 2).sum() for a, b in zip(before, after, strict=True)))
    ratio = changed / np.sqrt(sum((a**2).sum() for a in before))
    assert "update_ratio" not in first.of("head")
    assert second.of("head")["update_ratio"] == pytest.approx(ratio, rel=1e-4)
    assert second.statistics.update_steps == 2
    assert "gradient_norm" not in second.of("head")


def test_gradients_may_be_accumulated(tmp_path: Path) -> None:
    model = recurrent_model()
    model.compile(keras.optimizers.SGD(gradient_accumulation_steps=2), "mse")
    data = np.repeat(X, 4, 0), np.zeros((4 * BATCH, 4), "float32")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model.fit(
            *data, batch_size=BATCH, epochs=2, verbose=0, callbacks=[StructureLogger(tmp_path, (X, data[1][:BATCH]))]
        )
    first, second = seqviz.read(tmp_path, "statistics")
    assert first.statistics.update_steps == second.statistics.update_steps == 1
    assert second.statistics.of("head")["update_ratio"] > 0


def test_update_ratio_is_of_one_step_however_the_data_come(tmp_path: Path) -> None:
    batches = tf.data.Dataset.from_generator(
        lambda: iter([(X, Y)] * 3), output_signature=(tf.TensorSpec(X.shape, "int32"), tf.TensorSpec(Y.shape, "int32"))
    )
    with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
        model = recurrent_model()
    model.fit(batches, epochs=2, verbose=0, callbacks=[StructureLogger(tmp_path, statistics=["parameters"])])
    records = list(seqviz.read(tmp_path, "statistics"))
    assert [record.statistics.update_steps for record in records] == [1, 1]
    assert all(0 < record.of("head")["update_ratio"] < 0.1 for record in records)


def test_variables_that_keras_does_not_know_keep_their_values(tmp_path: Path) -> None:
    def call(self: Any, x: Any) -> Any:
        self.count.assign_add(1.0)
        return self.head(x)

    model = Calling(call, head=layers.Dense(1, name="head"))
    model.count = tf.Variable(0.0)
    model.compile("sgd", "mse")
    x = np.ones((2, 3), "float32")
    model(x)
    logger = StructureLogger(tmp_path, (x, np.ones((2, 1))))
    logger.set_model(model)
    logger.log(0)
    logger.close()
    assert model.count.numpy() == 1
    assert "gradient_norm" in next(iter(seqviz.read(tmp_path, "statistics"))).of("head")


def test_random_numbers_of_tensorflow_are_drawn_from_those_of_training_by_no_log(tmp_path: Path) -> None:
    found = []
    for logs in (False, True):
        keras.utils.set_random_seed(0)
        model = Calling(lambda self, x: self.head(x + tf.random.normal((3,))), head=layers.Dense(1, name="head"))
        model.compile("sgd", "mse")
        x = np.ones((2, 3), "float32")
        model(x)
        if logs:
            logger = StructureLogger(tmp_path, (x, np.ones((2, 1))))
            logger.set_model(model)
            logger.log(0)
            logger.close()
        found.append(tf.random.normal((3,)).numpy().tolist())
    assert found[0] == found[1]
    assert "gradient_norm" in next(iter(seqviz.read(tmp_path, "statistics"))).of("head")


@pytest.mark.parametrize(("inner", "begins"), [(layers.Dense(4, name="inner"), "op by op"), (layers.GRU(4), "graph")])
def test_a_model_is_measured_op_by_op_until_a_graph_repays(
    inner: Any, begins: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced: list[str] = []
    trace = tensorflow_statistics.traced
    monkeypatch.setattr(tensorflow_statistics, "traced", lambda *given: traced.append("graph") or trace(*given))
    monkeypatch.setattr(tensorflow_statistics, "GRAPH_TAKES", 0)
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Input((5, 3)), inner, layers.Dense(1)])
    model.compile("sgd", "mse")
    logger = StructureLogger(tmp_path, (np.ones((2, 5, 3)), np.ones((2, 5 if begins == "op by op" else 1, 1))))
    logger.set_model(model)
    logger.log(0)
    assert (traced or ["op by op"]) == [begins]
    for step in (1, 2):
        logger.log(step)
    logger.close()
    assert traced == ["graph"]
    values = [record.statistics.values for record in seqviz.read(tmp_path, "statistics")]
    column = STATISTICS.index("update_ratio")
    for each in values[1:]:
        np.testing.assert_allclose(np.delete(each, column, 1), np.delete(values[0], column, 1), rtol=1e-5)


def test_structure_is_written_again_only_where_it_changed(tmp_path: Path) -> None:
    for _ in range(2):
        logger = StructureLogger(tmp_path, (X, Y), statistics=())
        model = recurrent_model()
        logger.set_model(model)
        logger.log(0)
        logger.close()
    assert len(list(seqviz.read(tmp_path, "structure"))) == 1
    assert not list(seqviz.read(tmp_path, "statistics"))
    logger = StructureLogger(tmp_path, (X, Y), statistics=())
    logger.set_model(recurrent_model("GRU"))
    logger.log(1)
    logger.close()
    assert [record.nodes[2].class_name for record in seqviz.read(tmp_path, "structure")] == ["LSTM", "GRU"]


class Pair(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="pair")
        self.head = layers.Dense(1, name="head")

    def call(self, pair: Any) -> Any:
        left, right = pair
        return self.head(ops.concatenate([left, right], axis=-1))


def test_fit_says_what_a_model_takes(tmp_path: Path) -> None:
    left, right = np.ones((4, 3), "float32"), np.ones((4, 2), "float32")
    model = Pair()
    model.compile("sgd", "mse")
    with pytest.warns(
        UserWarning, match=r"There are no activations and gradients, since no batch was given; pass inputs=\(x, y\)"
    ):
        model.fit((left, right), np.ones((4, 1)), verbose=0, callbacks=[StructureLogger(tmp_path)])
    assert "call" not in vars(model)
    (record,) = seqviz.read(tmp_path, "structure")
    assert [tuple(shape) for shape in record.nodes[0].inputs] == [(None, 3), (None, 2)]
    (statistics,) = seqviz.read(tmp_path, "statistics")
    assert statistics.of("head")["parameter_norm"] > 0


def test_of_very_many_layers_only_the_weights_are_measured() -> None:
    model = Calling(
        lambda self, x: self.head(x), head=layers.Dense(2), parts=[layers.Activation("relu") for _ in range(2001)]
    )
    x = np.ones((1, 2), "float32")
    model(x)
    statistics = statistics_of(model, (x, x))
    assert statistics.notes[0].startswith("There are no activations and gradients, since the model has 2,00")
    assert statistics.of("dense")["parameter_norm"] > 0


@pytest.mark.parametrize(
    ("inputs", "compiled", "message"),
    [
        (X, True, "There are no gradients, since the probe batch has no targets"),
        ((X, Y), False, "There are no gradients, since the model 'model' has no loss"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(inputs: Any, compiled: bool, message: str, tmp_path: Path) -> None:
    model = recurrent_model() if compiled else keras.Sequential(recurrent_model().layers, name="model")
    logger = StructureLogger(tmp_path, inputs)
    logger.set_model(model)
    with pytest.warns(UserWarning, match=message):
        logger.log(0)
    logger.close()
    (record,) = seqviz.read(tmp_path, "statistics")
    assert "activation_norm" in record.of("rnn")
    assert "gradient_norm" not in record.of("rnn")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"statistics": ["weights"]}, "statistics= holds 'weights'; expected some of 'parameters'"),
        ({"inputs": 3}, "The inputs hold a single value, a int, 3, as 'tokens'"),
        ({"schedule": "never"}, "The schedule is 'never'"),
        ({"name": " "}, "The name of a record"),
    ],
)
def test_a_wrong_argument_fails_at_once(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        StructureLogger(tmp_path, **options)


def test_trouble_does_not_end_training(tmp_path: Path) -> None:
    logger = StructureLogger(tmp_path, (X, Y))
    with pytest.warns(UserWarning, match=r"The callback has no model; pass it, as in StructureLogger"):
        logger.log(0)
