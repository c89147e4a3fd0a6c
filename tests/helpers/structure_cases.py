"""A structure and statistics with everything that there may be in them."""

from __future__ import annotations

import numpy as np

from tb_seqviz_plugin import Edge, Node, Shape, Statistics, Structure
from tb_seqviz_plugin.schema.statistics import STATISTICS

_IDS = Shape((None, 7), ("batch", "time"), "inputs", "int32")
_VECTORS = Shape((None, 7, 8), ("batch", "time", "features"))
_STATE = Shape((None, 4), ("batch", "units"), "1", "float16")
_STEP = Shape((None, 4), ("batch", "units"), "0")
_MASK = Shape((None, 7), ("", ""), "", "bool")
_EMBEDDING = "encoder/einbettung ∕ 語"

STRUCTURE_CASE = Structure(
    name="seq",
    nodes=(
        Node("seq", "Seq2Seq", "", 3, 131, 128, (_IDS,), (_VECTORS,), notes=("Not all of it was traced.",)),
        Node("encoder", "Encoder", "seq", 0, 80, 80, (_IDS,), (_VECTORS, _STATE), "mixed_float16", "encoder"),
        Node(
            path=_EMBEDDING,
            class_name="Embedding",
            parent="encoder",
            parameters=80,
            total=80,
            trainable=80,
            inputs=(_IDS,),
            outputs=(_VECTORS,),
            role="embedding",
            calls=2,
            config={"input_dim": "10", "output_dim": "8"},
        ),
        Node("cell", "Cell", "seq", 48, 48, 48, calls=-1, repeats="Cell 1", attention="cell/attention"),
        Node("head", "Head", "seq", 0, 80, 80, role="output", shared_with=_EMBEDDING),
    ),
    edges=(
        Edge("inputs/tokens", _EMBEDDING, _IDS, "inputs", tensor=0, enters=(0,)),
        Edge(_EMBEDDING, "cell", _STEP, "initial_state", "", "state", 1, (4,)),
        Edge(_EMBEDDING, "cell", _MASK, "mask", "NotEqual", "mask", 2, (-1,)),
        Edge("cell", "head", Shape((), (), "x"), "x", "Add, Relu", tensor=3),
        Edge("head", "outputs/0", _VECTORS, tensor=5),
    ),
    tensors=(_IDS, _STEP, _MASK, Shape((), (), "x"), _STATE, _VECTORS),
    notes=("It was traced op by op.",),
)

STATISTICS_CASE = Statistics(
    layers=("seq", "encoder"),
    values=np.array([[0.5] * len(STATISTICS), [np.nan, *range(1, len(STATISTICS))]], np.float32),
    gradients_over_time={"encoder": np.array([0.5, 0.25, np.nan], np.float32)},
    examples=4,
    update_steps=1,
    histograms={"activations/encoder": np.array([[0.0, 1, 3], [1, 2, 0]])},
    notes=("A note.",),
)
