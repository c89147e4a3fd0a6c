"""Which table labels belong to is told by the table's own name, class or attribute, not by the path that leads to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.writing_runs import warnings_of
from keras import layers, ops

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import EmbeddingLogger
from tb_seqviz_plugin.callbacks.embeddings.tables import find_tables

WORDS = [f"w{number}" for number in range(7)]


class TokenAndPositionEmbedding(layers.Layer):
    """As in the usual small GPT; the names of its tables are Keras' own, and only the attributes tell them apart."""

    def __init__(self, places: int = 4, **names: str) -> None:
        super().__init__()
        self.token_emb = layers.Embedding(7, 4, **names)
        self.pos_emb = layers.Embedding(places, 4)

    def call(self, x: Any) -> Any:
        return self.token_emb(x) + self.pos_emb(ops.arange(x.shape[1]))


def _logged(folder: Path, model: keras.Model, **options: Any) -> tuple[dict[str, list[str]], list[str]]:
    """Returns the labels of each table, and what was warned of."""
    said = warnings_of(lambda: EmbeddingLogger(folder, model=model, **options).log(0))
    return {record.layer.rsplit("/", 1)[-1]: list(record.labels) for record in seqviz.read(folder, "embeddings")}, said


@pytest.mark.parametrize("places", [4, 7], ids=["of another length", "of the same length"])
def test_labels_of_tokens_beside_positions(places: int, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), TokenAndPositionEmbedding(places)])
    labels, said = _logged(tmp_path, model, labels=WORDS)
    assert labels == {"embedding": WORDS, "embedding_1": [str(row) for row in range(places)]}
    assert said == []


@pytest.mark.parametrize(
    ("name", "is_of_positions"),
    [("position_embedding", True), ("pos_emb", True), ("wpe", True), ("token_position", False), ("words", False)],
)
def test_a_table_is_of_positions_by_its_own_name(name: str, is_of_positions: bool) -> None:
    inner = keras.Sequential(
        [layers.Input((4,)), layers.Embedding(7, 4, name=name)], name="token_and_position_embedding"
    )
    (table,) = find_tables(keras.Sequential([keras.Input((4,)), inner]))
    assert table.is_of_positions == is_of_positions


def test_labels_that_are_for_no_table_are_told(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((4,)), layers.Embedding(7, 4, name="positions")])
    labels, said = _logged(tmp_path, model, labels=WORDS)
    assert labels == {"positions": [str(row) for row in range(7)]}
    assert said == [
        "labels= names no row: the only tables are of positions, 'positions'; give them by layer, as labels={'positions': ...}."
    ]
    labels, said = _logged(tmp_path / "by layer", model, labels={"positions": WORDS})
    assert (labels, said) == ({"positions": WORDS}, [])


def test_the_closest_table_gets_labels_that_fit_none(tmp_path: Path) -> None:
    ids = layers.Input((4,))
    x = layers.Embedding(9, 3, name="near")(ids) + layers.Embedding(30, 3, name="far")(ids)
    labels, said = _logged(tmp_path, keras.Model(ids, x), labels=np.array(WORDS))
    assert labels == {"near": [*WORDS, "[7]", "[8]"], "far": [str(row) for row in range(30)]}
    assert said == [
        "Layer 'near' has 9 rows and 7 labels were given, 2 fewer; the last 2 rows are named by their numbers."
    ]
