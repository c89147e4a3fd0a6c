"""A layer has the same path in every record, so that these join."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.capturing import capture_of
from helpers.cases import others_long
from helpers.structure_zoo import MODELS, Calling
from helpers.zoo import CASES, SPECIMENS
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger, EmbeddingLogger, StructureLogger, sow
from tb_seqviz_plugin.callbacks.attention.capture import Capture
from tb_seqviz_plugin.callbacks.embeddings.tables import find_tables
from tb_seqviz_plugin.callbacks.model.outputs import OutputError, output_of
from tb_seqviz_plugin.callbacks.structure.statistics import ModelStatistics
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of


def paths_of(model: keras.Model, inputs: Any) -> list[str]:
    return [node.path for node in structure_of(model, inputs).structure.nodes]


def is_of(path: str, layers_: Collection[str]) -> bool:
    """Returns whether a path is that of a layer, or below it comes what was sown or a weight's name."""
    return path in layers_ or path.rpartition("/")[0] in layers_


@pytest.mark.parametrize("name", others_long(sorted(CASES)[::3], CASES))
def test_layers_that_attend_are_those_of_the_structure(name: str) -> None:
    case = CASES[name]()
    structure = structure_of(case.model, case.inputs).structure
    nodes = [node.path for node in structure.nodes]
    assert [path for path in case.paths if not is_of(path, nodes)] == []
    attending = {node.attention for node in structure.nodes if node.attention}
    assert attending == set(case.paths) or structure.notes  # of what could be run only op by op


@pytest.mark.parametrize("name", ["experts_by_einsum", "words_fed_back", "words_as_an_output", "gates_of_features"])
def test_what_does_not_attend_is_not_marked_in_the_structure(name: str) -> None:
    specimen = SPECIMENS[name]()
    nodes = structure_of(specimen.model, specimen.inputs).structure.nodes
    assert {node.attention for node in nodes if node.attention} == {"block"}


@pytest.mark.parametrize("name", others_long(sorted(MODELS)[::3], MODELS))
def test_layers_with_vectors_are_those_of_the_structure(name: str) -> None:
    expected = MODELS[name]()
    nodes = paths_of(expected.model, expected.inputs)
    assert [table.path for table in find_tables(expected.model) if not is_of(table.path, nodes)] == []


class Head(layers.Layer):
    """Attends with a table that it shares."""

    def __init__(self, words: layers.Embedding, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.words = words

    def call(self, ids: Any) -> Any:
        x = self.words(ids)
        return ops.matmul(ops.softmax(ops.matmul(x, ops.swapaxes(x, 1, 2))), x)


def heads(**arguments: Any) -> tuple[keras.Model, layers.Embedding]:
    words = layers.Embedding(9, 4, name="words")
    first, second = Head(words, name="head", **arguments), Head(words, name="head", **arguments)
    # Called in another order than that in which they are held, and with the embedding held above them, too.
    return Calling(lambda self, ids: self.second(ids) + self.first(ids), words=words, first=first, second=second), words


IDS = np.array([[1, 2, 3]])


def test_all_records_call_a_layer_alike_whatever_holds_it() -> None:
    model, _ = heads()
    model(IDS)
    traced = structure_of(model, IDS)
    nodes = {node.path: node for node in traced.structure.nodes}
    assert list(nodes) == ["model", "head (2)", "head (2)/words", "head", "head/words"]
    assert nodes["head/words"].shared_with == "head (2)/words"
    assert [captured.path for captured in capture_of(model, IDS)()] == ["head (2)", "head"]
    assert [table.path for table in find_tables(model)] == ["head (2)/words"]
    assert ModelStatistics(model, traced.call, ("parameters",), traced.calls)().layers == tuple(nodes)


def test_vectors_of_a_model_that_does_not_say_what_it_takes_are_called_by_what_holds_them() -> None:
    class Two(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="two")
            self.words = layers.Embedding(9, 4, name="words")
            self.reader = Head(self.words, name="reader")

        def call(self, a: Any, b: Any) -> Any:
            return self.reader(a) + self.reader(b)

    model = Two()
    model(IDS, IDS)
    assert [table.path for table in find_tables(model)] == ["words"]


def test_names_with_a_slash_and_names_that_are_taken() -> None:
    model = keras.Sequential(
        [layers.Input((2,)), *(layers.Dense(2, name=name) for name in ("a", "model", "inputs"))], name="model"
    )
    model.layers[0].name = "a/b"
    assert paths_of(model, None) == ["model", "a∕b", "model (2)", "inputs (2)"]


def test_wrappers_are_layers_around_what_they_wrap() -> None:
    model = keras.Sequential(
        [
            layers.Input((3, 4)),
            layers.Bidirectional(layers.GRU(2, return_sequences=True, name="gru"), name="both"),
            layers.TimeDistributed(layers.Dense(2, name="dense"), name="each"),
        ],
        name="model",
    )
    nodes = paths_of(model, None)
    assert nodes == ["model", "both", "both/forward_gru", "both/backward_gru", "each", "each/dense"]


def test_a_layer_that_runs_outside_of_the_model_is_below_it() -> None:
    class Scored(keras.Model):
        def __init__(self) -> None:
            super().__init__(name="scored")
            self.head = layers.Attention(name="head")

        def call(self, x: Any) -> Any:
            return self.head([x, x])

    model = Scored()
    x = np.ones((1, 3, 2), "float32")
    model(x)
    capture = Capture(model, {"x": x}, lambda inputs: model.head([inputs["x"], inputs["x"]]))
    assert [captured.path for captured in capture()] == ["head"]


def test_records_of_one_training_join(tmp_path: Path) -> None:
    class Decoder(layers.Layer):
        def __init__(self, words: layers.Embedding) -> None:
            super().__init__(name="decoder")
            self.words, self.attention = words, layers.MultiHeadAttention(2, 2, name="attention")
            self.gate = layers.Dense(4, name="gate")

        def call(self, ids: Any) -> Any:
            x = self.words(ids)
            return x * sow("mine", ops.sigmoid(self.gate(self.attention(x, x))))

    words = layers.Embedding(9, 4, name="words")
    model = Calling(lambda self, ids: self.decoder(ids), words=words, decoder=Decoder(words))
    model.compile("sgd", "mse")
    ids, targets = np.array([[1, 2, 3]] * 4), np.zeros((4, 3, 4))
    callbacks = [
        AttentionLogger(tmp_path, ids[:2]),
        EmbeddingLogger(tmp_path),
        StructureLogger(tmp_path, (ids, targets)),
    ]
    model.fit(ids, targets, verbose=0, callbacks=callbacks)
    (structure,) = seqviz.read(tmp_path, "structure")
    nodes = {node.path: node for node in structure.nodes}
    assert "decoder/words" in nodes
    assert [record.layers for record in seqviz.read(tmp_path, "statistics")] == [tuple(nodes)]
    assert [record.tag for record in seqviz.read(tmp_path, "embeddings")] == ["embeddings/decoder/words"]
    attention = next(iter(seqviz.read(tmp_path, "attention")))
    assert [layer.path for layer in attention.layers] == ["decoder/attention", "decoder/mine"]
    attended = {path: node.attention for path, node in nodes.items() if node.attention}
    assert attended == {"decoder/attention": "decoder/attention", "decoder": "decoder/mine"}


def test_outputs_are_asked_for_by_the_path() -> None:
    parts = [keras.Sequential([layers.Dense(2, name="dense")], name="part") for _ in range(2)]
    model = Calling(lambda self, x: self.second(self.first(x)), first=parts[0], second=parts[1])
    x = np.ones((3, 4), "float32")
    whole = np.asarray(model(x))
    assert np.array_equal(output_of(model, "part (2)/dense", x)[0], whole)
    assert not np.array_equal(output_of(model, "part/dense", x)[0], whole)
    with pytest.raises(OutputError, match=r"^'part' has no layer 'lost'; expected one of 'dense'\.$"):
        output_of(model, "part (2)/lost", x)
