"""Which vocabulary belongs to which embedding: that of the input which it reads, whatever the model calls it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from helpers.logging_runs import translator
from keras import layers

from tb_seqviz_plugin.callbacks.composing.vocabularies import labels_by_layer, vocabularies_in
from tb_seqviz_plugin.callbacks.model.layers import inputs_of
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of

SOURCE, TARGET = np.ones((2, 5), "int32"), np.ones((2, 6), "int32")


class TargetFirst(keras.Model):
    """Reads its second input first."""

    def __init__(self) -> None:
        super().__init__()
        self.reads, self.writes = (layers.Embedding(9, 4, name=name) for name in ("reads", "writes"))
        self.dense = layers.Dense(9)

    def call(self, pair: Any) -> Any:
        source, target = pair
        return self.dense(self.writes(target) + keras.ops.mean(self.reads(source), axis=1, keepdims=True))


def by_name() -> keras.Model:
    """A functional model of a dict, the target first."""
    inputs = {name: layers.Input((None,), dtype="int32", name=name) for name in ("target", "source")}
    embedded = {name: layers.Embedding(9, 4, name=f"of_{name}")(given) for name, given in inputs.items()}
    pooled = layers.GlobalAveragePooling1D()(embedded["source"])
    return keras.Model(inputs, layers.Dense(9)(embedded["target"] + pooled[:, None]))


@pytest.mark.parametrize(
    ("make", "inputs", "expected"),
    [
        (translator, (SOURCE, TARGET), {"embedding": 0, "embedding_1": 1}),
        (TargetFirst, (SOURCE, TARGET), {"reads": 0, "writes": 1}),
        (by_name, {"target": TARGET, "source": SOURCE}, {"of_target": "target", "of_source": "source"}),
    ],
)
def test_each_embedding_gets_the_vocabulary_of_its_input(make: Any, inputs: Any, expected: dict[str, Any]) -> None:
    model = make()
    structure = structure_of(model, inputs).structure
    vocabularies: dict[str | int, Any] = {name: name for name in (inputs if isinstance(inputs, dict) else (0, 1))}
    assert labels_by_layer(structure, vocabularies, [tensor.name for tensor in inputs_of(model)]) == expected


def test_where_the_inputs_are_called_otherwise_none_is_guessed() -> None:
    structure = structure_of(translator(), (SOURCE, TARGET)).structure
    assert labels_by_layer(structure, {"english": "a", "spanish": "b"}) == {}
    assert labels_by_layer(structure, {0: "a", "target": "b"}) == {"embedding_1": "b"}


def test_vocabularies_among_tokens() -> None:
    words, rows = ["a", "b"], [["a", "b"], ["b"]]
    assert vocabularies_in(None) == {}
    assert vocabularies_in(rows) == {}
    assert vocabularies_in(words) == {0: words}
    assert vocabularies_in(("a", "b")) == {0: ("a", "b")}
    assert vocabularies_in({"a": 0, "b": 1}) == {0: {"a": 0, "b": 1}}
    assert vocabularies_in((rows, words)) == {1: words}
    assert vocabularies_in((ord, chr), several=False) == {0: (ord, chr)}
    assert vocabularies_in((ord, chr)) == {0: ord, 1: chr}
    assert vocabularies_in({"source": words, "target": "xyz"}) == {"source": words, "target": "xyz"}
