"""Under `keras.distribution` on JAX, as the README says it: attention is logged through `Writer`, and training does not notice."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from helpers.sources import ROOT

import tb_seqviz_plugin as seqviz

pytestmark = pytest.mark.skipif(keras.backend.backend() != "jax", reason="Devices are made of one processor by JAX.")

(SNIPPET,) = (
    code
    for code in re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    if "jax_state_sync" in code
)

PROGRAM = """
import sys
import keras, numpy as np
from keras import layers
import tb_seqviz_plugin as seqviz

kind, folder, state = sys.argv[1:]
devices = keras.distribution.list_devices()
assert len(devices) == 4
if kind == "data":
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))
else:
    mesh = keras.distribution.DeviceMesh((2, 2), ["batch", "model"], devices)
    layout = keras.distribution.LayoutMap(mesh)
    layout["attention/(query|key|value)/kernel"] = (None, "model", None)
    keras.distribution.set_distribution(keras.distribution.ModelParallel(layout_map=layout, batch_dim_name="batch"))
keras.utils.set_random_seed(0)
x_test = ((np.arange(32)[:, None] + np.arange(8)) % 12).astype("int32")
ids = layers.Input((8,), dtype="int32")
e = layers.Embedding(12, 16, name="tokens")(ids)
attended, _ = layers.MultiHeadAttention(4, 8, dropout=0.1, name="attention")(e, e, return_attention_scores=True)
model = keras.Model(ids, layers.Dense(12)(layers.BatchNormalization()(e + attended)))
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
callbacks = []
if folder:
    writer = seqviz.Writer(folder)
    exec(sys.stdin.read())
    callbacks = [Log()]
model.fit(x_test, (x_test + 1) % 12, batch_size=8, epochs=3, verbose=0, callbacks=callbacks)
if folder:
    writer.close()
np.savez(state, **{weight.path: np.asarray(weight.value) for weight in model.weights})
"""


def trained(tmp_path: Path, kind: str, folder: str) -> dict[str, np.ndarray]:
    """Returns the weights that a training on 4 devices ends with."""
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    state = tmp_path / "state.npz"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, kind, folder, str(state)],
        input=SNIPPET,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(state) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("kind", ["data", "model"])
def test_attention_of_a_model_on_several_devices(tmp_path: Path, kind: str) -> None:
    weights = trained(tmp_path, kind, str(tmp_path / "log"))
    records = list(seqviz.read(tmp_path / "log", "attention"))
    assert [(record.tag, record.step) for record in records] == [
        (f"attention/probe/{example}", epoch) for example in range(4) for epoch in range(3)
    ]

    def of(name: str) -> np.ndarray:
        return next(array for path, array in weights.items() if path.endswith(name))

    # By hand, from what the training ended with.
    embedded = of("tokens/embeddings")[(np.arange(4)[:, None] + np.arange(8)) % 12]
    query, key = (
        np.einsum("btd,dhk->bhtk", embedded, of(f"{side}/kernel")) + of(f"{side}/bias")[:, None]
        for side in ("query", "key")
    )
    logits = query @ key.transpose(0, 1, 3, 2) / np.sqrt(8)
    expected = np.exp(logits - logits.max(-1, keepdims=True))
    expected /= expected.sum(-1, keepdims=True)
    for example in range(4):
        (layer,) = records[3 * example + 2].layers
        np.testing.assert_allclose(layer.weights, expected[example], atol=1 / 255)
    for path, plain in trained(tmp_path, kind, "").items():
        np.testing.assert_array_equal(weights[path], plain)
