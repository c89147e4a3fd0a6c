"""One way to call a model: what one logger takes all take, and each sees what the model makes of it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.cases import others_long
from helpers.writing_runs import warnings_of
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger, EmbeddingLogger, StructureLogger, plot_structure
from tb_seqviz_plugin.callbacks.errors import ModelCallError
from tb_seqviz_plugin.callbacks.model.call import ways_to_call
from tb_seqviz_plugin.schema.statistics import STATISTICS

IDS = np.array([[3, 1, 4, 1, 5], [9, 2, 6, 5, 0]])
OTHERS = np.array([[2, 7, 1, 8, 2], [8, 1, 8, 2, 0]])
LABELS = np.array([0, 1])
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def attending(first: Any, second: Any, parts: Any) -> Any:
    """Returns two numbers per example, [batch, 2], of ids that attend to others."""
    query, value = parts.embedding(first), parts.embedding(second)
    return parts.head(ops.mean(parts.attention([query, value]), axis=1))


class Parts:
    def __init__(self) -> None:
        self.embedding = layers.Embedding(10, 4, embeddings_initializer="normal")
        self.attention = layers.Attention(name="attention")
        self.head = layers.Dense(2, name="head")


class Base(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="model")
        parts = Parts()
        self.embedding, self.attention, self.head = parts.embedding, parts.attention, parts.head


class OfOne(Base):
    def call(self, ids: Any) -> Any:
        return attending(ids, ids, self)


class OfPair(Base):
    def call(self, pair: Any) -> Any:
        return attending(*pair, self)


class OfTwo(Base):
    def call(self, source: Any, target: Any, training: bool = False) -> Any:
        return attending(source, target, self)


class OfOptional(Base):
    def call(self, source: Any, target: Any = None, mask: Any = None) -> Any:
        return attending(source, source if target is None else target, self)


class OfMask(Base):
    def call(self, ids: Any, mask: Any = None) -> Any:
        x = self.embedding(ids)
        attended = self.attention([x, x])
        return self.head(
            ops.mean(attended if mask is None else attended * ops.cast(mask, "float32")[..., None], axis=1)
        )


class OfNested(Base):
    def call(self, x: Any) -> Any:
        return attending(x["text"]["ids"], x["more"][0], self)


class OfSizeThree(Base):
    """Three rows are baked in where nothing tells."""

    def call(self, ids: Any) -> Any:
        return attending(ids, ids, self) + ops.zeros((3, 1))


class OfStatesOfThree(Base):
    """Of one example alone it makes three, by broadcasting."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = layers.GRU(4, return_sequences=True)

    def call(self, ids: Any) -> Any:
        x = self.gru(self.embedding(ids), initial_state=self.gru.get_initial_state(batch_size=3))
        return self.head(ops.mean(self.attention([x, x]), axis=1))


def functional(*names: str, batch: int | None = None, stateful: bool = False, as_dict: bool = False) -> keras.Model:
    inputs = {name: layers.Input(batch_shape=(batch, 5), dtype="int32", name=name) for name in names}
    parts = Parts()
    if stateful:
        parts.embedding = keras.Sequential(  # type: ignore[assignment]
            [parts.embedding, layers.GRU(4, return_sequences=True, stateful=True)]
        )
    first, *others = inputs.values()
    result = attending(first, others[0] if others else first, parts)
    given: Any = inputs if as_dict else list(inputs.values()) if others else first
    return keras.Model(given, result, name="model")


def built(model: keras.Model, *args: Any, **kwargs: Any) -> keras.Model:
    model(*args, **kwargs)
    return model


def batch_of(*structure: Any) -> Any:
    return next(iter(tf.data.Dataset.from_tensor_slices(structure).batch(2)))


class Data(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 1

    def __getitem__(self, number: int) -> Any:
        return IDS, LABELS


PAIR = {"source": IDS, "target": OTHERS}
NESTED = {"text": {"ids": IDS}, "more": (OTHERS, LABELS)}
MASK = IDS > 0

# A model, what a logger is given, and how the model itself is called on it.
Form = tuple[Callable[[], keras.Model], Callable[[], Any], Callable[[keras.Model], Any]]


def one(make: Callable[[], keras.Model], given: Callable[[], Any]) -> Form:
    return make, given, lambda model: model(IDS)


def two(make: Callable[[], keras.Model], given: Callable[[], Any]) -> Form:
    return make, given, lambda model: model((IDS, OTHERS))


def of_three(model: keras.Model) -> Any:
    with keras.StatelessScope():
        return model(np.concatenate([IDS, IDS[:1]]))[:2]


FORMS: dict[str, Form] = {
    "an array": one(lambda: functional("ids"), lambda: IDS),
    "lists": one(lambda: functional("ids"), lambda: IDS.tolist()),
    "a list of rows": one(lambda: built(OfOne(), IDS), lambda: list(IDS)),
    "a tensor": one(lambda: functional("ids"), lambda: tf.constant(IDS)),
    "float64": one(lambda: functional("ids"), lambda: IDS.astype("float64")),
    "a dict of one": one(lambda: functional("ids", as_dict=True), lambda: {"ids": IDS}),
    "a batch of a dataset": one(lambda: functional("ids"), lambda: batch_of(IDS, LABELS)),
    "a batch of a PyDataset": one(lambda: built(OfOne(), IDS), lambda: Data()[0]),
    "targets of the inputs' shape": one(lambda: built(OfOne(), IDS), lambda: (IDS, OTHERS)),
    "sample weights": one(lambda: built(OfOne(), IDS), lambda: (IDS, LABELS, np.ones(2))),
    "a pair": two(lambda: functional("source", "target"), lambda: (IDS, OTHERS)),
    "a list of two": two(lambda: functional("source", "target"), lambda: [IDS, OTHERS]),
    "a pair of lists": two(lambda: functional("source", "target"), lambda: (IDS.tolist(), OTHERS.tolist())),
    "a dict": two(lambda: functional("source", "target"), lambda: PAIR),
    "a pair with targets": two(lambda: functional("source", "target"), lambda: batch_of((IDS, OTHERS), LABELS)),
    "a dict with targets": two(lambda: functional("source", "target"), lambda: batch_of(PAIR, LABELS)),
    "a pair as one argument": two(lambda: built(OfPair(), (IDS, OTHERS)), lambda: (IDS, OTHERS)),
    "two arguments": (lambda: built(OfTwo(), IDS, OTHERS), lambda: (IDS, OTHERS), lambda m: m(IDS, OTHERS)),
    "two arguments with targets": (
        lambda: built(OfTwo(), IDS, OTHERS), lambda: ((IDS, OTHERS), LABELS), lambda m: m(IDS, OTHERS)),
    "two arguments by name": (lambda: built(OfTwo(), IDS, OTHERS), lambda: PAIR, lambda m: m(IDS, OTHERS)),
    "an optional argument": (lambda: built(OfOptional(), IDS), lambda: PAIR, lambda m: m(IDS, OTHERS)),
    "an optional argument left out": (lambda: built(OfOptional(), IDS), lambda: (IDS, LABELS), lambda m: m(IDS)),
    "a mask": (lambda: built(OfMask(), IDS), lambda: {"ids": IDS, "mask": MASK}, lambda m: m(IDS, mask=MASK)),
    "a nested dict": (lambda: built(OfNested(), NESTED), lambda: NESTED, lambda m: m(NESTED)),
    "a nested dict with targets": (lambda: built(OfNested(), NESTED), lambda: (NESTED, LABELS), lambda m: m(NESTED)),
    "a batch size declared": (lambda: functional("ids", batch=3), lambda: IDS, of_three),
    "a batch size of states": (lambda: functional("ids", batch=3, stateful=True), lambda: (IDS, LABELS), of_three),
    "a batch size that nothing tells": (lambda: built(OfSizeThree(), np.ones((3, 5), int)), lambda: IDS, of_three),
}  # fmt: skip
USUAL = [
    "an array",
    "a batch of a dataset",
    "targets of the inputs' shape",
    "sample weights",
    "an optional argument",
    "a mask",
    "a nested dict with targets",
    "a batch size of states",
    "a batch size that nothing tells",
]


@pytest.mark.filterwarnings("ignore:The structure of `inputs`", "ignore:Layer .* was passed an input with a mask")
@pytest.mark.parametrize("form", others_long(USUAL, FORMS))
def test_what_one_logger_takes_all_take(form: str, tmp_path: Path) -> None:
    make, given, call = FORMS[form]
    model = make()
    model.compile("sgd", LOSS)
    expected = np.asarray(call(model))
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "[A-Za-z]+Logger could not")
        for logger in (
            AttentionLogger(tmp_path, given()),
            StructureLogger(tmp_path, given(), statistics=("parameters", "activations")),
            EmbeddingLogger(tmp_path, outputs={"head": (given(), ["a", "b"])}),
        ):
            logger.set_model(model)
            logger.log(0)
            logger.close()
    attention = list(seqviz.read(tmp_path, "attention"))
    assert [record.tag for record in attention] == ["attention/probe/0", "attention/probe/1"]
    assert all(record.layers[0].weights.shape == (1, 5, 5) for record in attention)
    assert not np.allclose(*(record.layers[0].weights for record in attention))
    (vectors,) = (record.vectors for record in seqviz.read(tmp_path, "embeddings") if record.tag == "embeddings/head")
    np.testing.assert_allclose(vectors, expected, rtol=1e-5)
    (measured,) = (record.statistics for record in seqviz.read(tmp_path, "statistics"))
    head = measured.values[list(measured.layers).index("head")]
    np.testing.assert_allclose(head[STATISTICS.index("activation_norm")], np.linalg.norm(expected), rtol=1e-5)
    assert measured.examples == 2
    (structure,) = (record.structure for record in seqviz.read(tmp_path, "structure"))
    assert structure.notes == ()
    assert "attention" in plot_structure(model, given(), tmp_path / "model.svg").read_text(encoding="utf-8")


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a dataset": (
        lambda: tf.data.Dataset.from_tensors(IDS),
        r"are a dataset; expected one batch of it, since .+ Pass next\(iter\(dataset\)\), taken before training\.",
    ),
    "a PyDataset": (
        Data,
        r"are a dataset; expected one batch of it, since .+ Pass dataset\[0\], taken before training\.",
    ),
    "a generator": (lambda: (row for row in IDS), "are a dataset; expected one batch of it"),
    "no example": (lambda: IDS[:0], "which holds nothing; expected at least one example"),
    "rows of several lengths": (
        lambda: [[1, 2], [3]],
        r"cannot be made arrays \('tokens': .+\); expected rows of one length",
    ),
    "a number": (lambda: 3, "hold a single value, a int, 3, as 'tokens'; expected an array"),
    "numbers of examples": (
        lambda: {"source": IDS, "target": OTHERS[:1]},
        r"hold different numbers of examples: \{'source': 2, 'target': 1\}; expected the same of each\.",
    ),
}


@pytest.mark.parametrize("form", REFUSED)
def test_what_one_logger_refuses_all_refuse(form: str, tmp_path: Path) -> None:
    given, said = REFUSED[form]
    model = functional("ids")
    for refusing in (
        lambda: AttentionLogger(tmp_path, given()),
        lambda: StructureLogger(tmp_path, given()),
        lambda: EmbeddingLogger(tmp_path, outputs={"head": (given(), ["a", "b"])}),
        lambda: plot_structure(model, given(), tmp_path / "model.svg"),
    ):
        with pytest.raises(ModelCallError, match=f"^The inputs.* {said}"):
            refusing()
    assert not any(tmp_path.iterdir())


def test_more_examples_than_a_batch_are_run_in_several(tmp_path: Path) -> None:
    model, ids = functional("ids", batch=3), np.random.default_rng(0).integers(0, 10, (7, 5))
    logger = AttentionLogger(tmp_path, ids)
    logger.set_model(model)
    logger.log(0)
    logger.close()
    logged = np.concatenate([record.layers[0].weights for record in seqviz.read(tmp_path, "attention")])
    x = model.layers[1](ids)
    np.testing.assert_allclose(logged, keras.ops.softmax(x @ ops.transpose(x, (0, 2, 1))), atol=2 / 255)
    structure = StructureLogger(tmp_path, ids, statistics="activations")
    structure.set_model(model)
    with pytest.warns(
        UserWarning, match="statistics are of the first 3 examples, as many as the model takes at a time"
    ):
        structure.log(0)
    structure.close()


def test_rows_that_a_model_makes_of_one_example_are_no_examples(tmp_path: Path) -> None:
    model = built(OfStatesOfThree(), np.ones((3, 5), int))
    model.compile("sgd", LOSS)
    expected = model(np.concatenate([IDS, IDS[:1]]))[:1]
    for logger in (
        AttentionLogger(tmp_path, IDS[:1], model=model),
        StructureLogger(tmp_path, (IDS[:1], LABELS[:1]), model=model),
        EmbeddingLogger(tmp_path, outputs={"head": (IDS[:1], ["a"])}, model=model),
    ):
        logger.log(0)
    assert [record.tag for record in seqviz.read(tmp_path, "attention")] == ["attention/probe/0"]
    (vectors,) = (record.vectors for record in seqviz.read(tmp_path, "embeddings") if record.tag == "embeddings/head")
    np.testing.assert_allclose(vectors, expected, rtol=1e-5)
    (measured,) = (record.statistics for record in seqviz.read(tmp_path, "statistics"))
    head = measured.values[list(measured.layers).index("head")]
    assert head[STATISTICS.index("activation_norm")] == pytest.approx(np.linalg.norm(expected), rel=1e-5)


def test_gradients_are_those_of_the_examples_alone(tmp_path: Path) -> None:
    model = functional("ids", batch=3)
    model.compile("sgd", LOSS)
    with tf.GradientTape() as tape:
        loss = ops.mean(keras.losses.sparse_categorical_crossentropy(LABELS, of_three(model), from_logits=True))
    expected = np.linalg.norm(
        np.concatenate([np.ravel(each) for each in tape.gradient(loss, model.layers[-1].weights)])
    )
    logger = StructureLogger(tmp_path, (IDS, LABELS))
    logger.set_model(model)
    logger.log(0)
    logger.close()
    (measured,) = (record.statistics for record in seqviz.read(tmp_path, "statistics"))
    head = measured.values[list(measured.layers).index("head")]
    assert head[STATISTICS.index("gradient_norm")] == pytest.approx(expected, rel=1e-5)


class WithoutCall(keras.Model):
    """As in Keras' examples of generative models: a `train_step` of its own that calls what is inside."""

    def __init__(self) -> None:
        super().__init__(name="pair")
        self.encoder, self.decoder = (
            functional("ids"),
            keras.Sequential([layers.Input((2,)), layers.Dense(2)], name="decoder"),
        )

    def train_step(self, data: Any) -> Any:
        x, y = data
        with tf.GradientTape() as tape:
            loss = ops.mean(LOSS(y, self.decoder(self.encoder(x))))
        self.optimizer.apply_gradients(
            zip(tape.gradient(loss, self.trainable_weights), self.trainable_weights, strict=True)
        )
        return {"loss": loss}


def test_a_model_without_call(tmp_path: Path) -> None:
    model = WithoutCall()
    model.compile("sgd")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(
            IDS, LABELS, verbose=0, callbacks=[AttentionLogger(tmp_path, IDS), StructureLogger(tmp_path, (IDS, LABELS))]
        )
    said = [str(each.message) for each in caught if "pair" in str(each.message)]
    assert len(said) == 3
    assert re.search("AttentionLogger could not log .*'pair' has no call method, .* such as model.encoder", said[0])
    assert "Its layers are shown without what flows between them." in said[1]
    assert said[2] == "There are no activations and gradients, since the model 'pair' has no call method."
    (structure,) = (record.structure for record in seqviz.read(tmp_path, "structure"))
    assert {"pair", "model", "decoder", "model/head"} <= {node.path for node in structure.nodes}
    (measured,) = (record.statistics for record in seqviz.read(tmp_path, "statistics"))
    norms = measured.values[:, STATISTICS.index("parameter_norm")]
    assert norms[list(measured.layers).index("decoder")] > 0


def test_a_model_that_fails_has_statistics_of_its_weights(tmp_path: Path) -> None:
    logger = StructureLogger(tmp_path, np.ones((2, 7), int))
    logger.set_model(functional("ids"))
    on_structure, on_statistics = warnings_of(lambda: logger.log(0))
    what = 'of layer "model"' if keras.__version__.startswith("3.5.") else "with name 'ids'"
    assert f"'model': The forward pass ended early (ValueError: Input 0 {what}" in on_structure
    assert re.search("statistics of the weights only, since the model could not be run: .*5", on_statistics)
    logger.close()
    assert [record.step for record in seqviz.read(tmp_path, "statistics")] == [0]


def test_a_batch_size_that_nothing_tells_is_spoken_of(tmp_path: Path) -> None:
    class Silent(OfSizeThree):
        def get_build_config(self) -> Any:
            return None

    model = built(Silent(), np.ones((3, 5), int))
    logger = AttentionLogger(tmp_path, IDS)
    logger.set_model(model)
    with pytest.warns(UserWarning, match="'model' takes one batch size only, pass as many examples; there are 2"):
        logger.log(0)


def test_the_first_way_that_runs_is_taken() -> None:
    """Where nothing tells whether a pair is two inputs or one with its targets."""
    one_input, pair = (
        ways_to_call(OfOne(), (IDS, OTHERS))[0],
        ways_to_call(built(OfPair(), (IDS, OTHERS)), (IDS, OTHERS))[0],
    )
    assert one_input.targets is not None
    assert pair.targets is None
