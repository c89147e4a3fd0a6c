"""TensorBoard's own Projector on what `EmbeddingLogger` wrote: plain `tensorboard --logdir`, with and without TensorFlow."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import PIL.Image
import pytest
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import EmbeddingLogger, Labels, ProjectorOptions
from tb_seqviz_plugin.projector import sprite
from tb_seqviz_plugin.projector.files import Cloud, describe, store_bytes, store_tsv, write_snapshot

WORDS = ["", "[UNK]", *(f"word {number}" for number in range(28)), "tab\there", "日本", "line\nbreak", "x" * 300]
LETTERS = list("abcdefgh")
IDS = np.random.default_rng(0).integers(0, 8, (6, 5))
TARGETS = np.arange(6.0)[:, None]

SHOWN = "{}/seqviz/embeddings/step-{:06d}"


def build() -> keras.Model:
    keras.utils.set_random_seed(1)
    ids = layers.Input((5,), dtype="int32")
    words = layers.Embedding(len(WORDS), 6, name="words")(ids)
    letters = keras.Sequential([layers.Embedding(len(LETTERS), 3, name="letters")], name="encoder")(ids)
    x = layers.GlobalAveragePooling1D()(layers.Concatenate()([words, letters]))
    model = keras.Model(ids, layers.Dense(1)(x))
    model.compile(keras.optimizers.SGD(1.0), "mse", jit_compile=False)
    return model


def fit(folder: Path, *callbacks: keras.callbacks.Callback, epochs: int = 2) -> None:
    build().fit(IDS, TARGETS, epochs=epochs, verbose=0, callbacks=[keras.callbacks.TensorBoard(folder), *callbacks])


LABELS = {"words": Labels(WORDS, {"count": range(len(WORDS))}), "encoder/*": LETTERS}


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    fit(folder / "ours", EmbeddingLogger(folder / "ours", labels=LABELS))
    fit(
        folder / "text",
        EmbeddingLogger(folder / "text", labels=LABELS, projector=ProjectorOptions(format="tsv")),
        epochs=1,
    )
    fit(
        folder / "tutorial",
        EmbeddingLogger(folder / "tutorial", layers="words", projector=ProjectorOptions(format="checkpoint")),
        epochs=1,
    )
    with keras.device("cpu"):
        metadata = {"words": "metadata.tsv"}
        build().fit(
            IDS,
            TARGETS,
            verbose=0,
            callbacks=[keras.callbacks.TensorBoard(folder / "keras", embeddings_freq=1, embeddings_metadata=metadata)],
        )
    return folder


@dataclass(frozen=True)
class Server:
    """A running TensorBoard over the logs."""

    address: str
    has_tensorflow: bool

    def ask(self, route: str, plugin: str = "projector", **query: Any) -> bytes:
        url = f"{self.address}/data/plugin/{plugin}/{route}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=60) as response:
            body: bytes = response.read()
        return gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body

    def wait_for(self, runs: set[str]) -> None:
        """Waits until the Projector lists these runs, and no others."""
        deadline = time.monotonic() + 60
        while set(listed := json.loads(self.ask("runs"))) != runs:
            if time.monotonic() > deadline:
                pytest.fail(f"The Projector lists {sorted(listed)}; expected {sorted(runs)}")
            time.sleep(0.2)

    def vectors(self, run: str) -> dict[str, np.ndarray[Any, Any]]:
        """Returns what it shows of a run, by the names of the tensors."""
        infos = json.loads(self.ask("info", run=run))["embeddings"]
        return {
            info["tensorName"]: np.frombuffer(self.ask("tensor", run=run, name=info["tensorName"]), "<f4").reshape(
                info["tensorShape"]
            )
            for info in infos
        }

    def labels(self, run: str, name: str) -> list[str]:
        return self.ask("metadata", run=run, name=name).decode().removesuffix("\n").split("\n")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((True, "false"), id="with TensorFlow, Python loader", marks=pytest.mark.slow),
        pytest.param((False, "true"), id="without TensorFlow, fast loader", marks=pytest.mark.slow),
    ],
)
def server(
    request: pytest.FixtureRequest,
    logs: Path,
    start_tensorboard: Callable[..., str],
) -> Server:
    has_tensorflow, load_fast = request.param
    flags = f"--load_fast={load_fast}", "--reload_interval=1"
    return Server(start_tensorboard(logs, *flags, tensorflow=has_tensorflow), has_tensorflow)


def runs_of(logs: Path, server: Server) -> set[str]:
    """Returns the runs that the Projector should show: all snapshots, but checkpoints only where TensorFlow can read them."""
    runs = {
        path.parent.relative_to(logs).as_posix() for path in logs.glob("*/seqviz/embeddings/*/projector_config.pbtxt")
    }
    return {run for run in runs if server.has_tensorflow or not run.startswith("tutorial")}


def records_of(logs: Path, run: str) -> dict[str, list[seqviz.EmbeddingsRecord]]:
    """Returns what was logged, by layer, in the order of the steps."""
    records: dict[str, list[seqviz.EmbeddingsRecord]] = {}
    for record in seqviz.read(logs / run, "embeddings"):
        records.setdefault(record.layer, []).append(record)
    return records


def test_it_shows_each_snapshot_and_nothing_of_keras_own_callback(server: Server, logs: Path) -> None:
    expected = runs_of(logs, server)
    assert {SHOWN.format("ours", 0), SHOWN.format("ours", 1), SHOWN.format("text", 0)} <= expected
    server.wait_for(expected)
    # Keras wrote all that its own callback writes, for the very same model.
    assert (logs / "keras" / "train" / "projector_config.pbtxt").is_file() or (
        logs / "keras" / "projector_config.pbtxt"
    ).is_file()
    assert not any(run.startswith("keras") for run in expected)


def test_vectors_are_those_that_were_logged(server: Server, logs: Path) -> None:
    server.wait_for(runs_of(logs, server))
    for layer, records in records_of(logs, "ours").items():
        shown = [server.vectors(SHOWN.format("ours", record.step))[layer] for record in records[:2]]
        assert shown[0].tobytes() == records[0].vectors.tobytes()
        left, _, right = np.linalg.svd(records[1].vectors.T.astype(float) @ records[0].vectors)
        np.testing.assert_allclose(shown[1], records[1].vectors @ (left @ right), atol=1e-6)
        assert not np.allclose(records[0].vectors, records[1].vectors, atol=1e-3)
        (record,) = records_of(logs, "text")[layer]
        np.testing.assert_allclose(server.vectors(SHOWN.format("text", 0))[layer], record.vectors, rtol=5e-6)


def test_below_our_address_it_has_one_run_and_layer(server: Server, logs: Path) -> None:
    server.wait_for(runs_of(logs, server))
    run = SHOWN.format("ours", 1)

    def ask(wanted: str, layer: str | None, route: str = "", **query: str) -> bytes:
        key = base64.urlsafe_b64encode(json.dumps([wanted, layer]).encode()).decode()
        return server.ask(f"projector/{key}/{route}", "seqviz", **query)

    assert b"projector_binary.html" in ask(run, "words")
    assert b"</html>" in ask(run, "words", "projector_binary.html")
    assert json.loads(ask(run, "words", "runs")) == [run]
    for layer, names in (
        ("words", ["words"]),
        (None, ["words", "encoder/letters"]),
        ("nope", ["words", "encoder/letters"]),
    ):
        info = json.loads(ask(run, layer, "info", run=run))
        assert [each["tensorName"] for each in info["embeddings"]] == names
    for route in ("tensor", "metadata"):
        assert ask(run, "words", route, run=run, name="words") == server.ask(route, run=run, name="words")
    for wrong, route, said in (("gone", "", "no run 'gone'"), (run, "nope", "no route 'nope'")):
        with pytest.raises(urllib.error.HTTPError) as failure:
            ask(wrong, None, route)
        assert failure.value.code == 404
        assert said in json.load(failure.value)["error"]
    with pytest.raises(urllib.error.HTTPError) as failure:
        server.ask("projector/nonsense/", "seqviz")
    assert "expected the URL-safe Base64" in json.load(failure.value)["error"]


def test_labels_are_those_that_were_logged(server: Server, logs: Path) -> None:
    server.wait_for(runs_of(logs, server))
    for run in (SHOWN.format("ours", 0), SHOWN.format("ours", 1), SHOWN.format("text", 0)):
        assert server.labels(run, "encoder/letters") == LETTERS
        heading, *rows = server.labels(run, "words")
        assert heading == "label\tcount"
        assert rows == [f"{describe(word, row)}\t{row}" for row, word in enumerate(WORDS)]
        assert rows[2:3] + rows[-4:-1] == ["word 0\t2", "tab\\there\t30", "日本\t31", "line\\nbreak\t32"]


def test_the_tutorials_checkpoint(server: Server, logs: Path) -> None:
    server.wait_for(runs_of(logs, server))
    if server.has_tensorflow:
        run = SHOWN.format("tutorial", 0)
        (record,) = records_of(logs, "tutorial")["words"]
        shown = server.vectors(run)["embedding/.ATTRIBUTES/VARIABLE_VALUE"]
        assert shown.tobytes() == record.vectors.tobytes()
        assert server.labels(run, "embedding/.ATTRIBUTES/VARIABLE_VALUE")[3] == "3"
    else:
        assert not any(run.startswith("tutorial") for run in json.loads(server.ask("runs")))


def test_the_newest_snapshot_appears_while_it_runs(server: Server, logs: Path) -> None:
    server.wait_for(runs_of(logs, server))
    model = build()
    logger = EmbeddingLogger(logs / "ours", labels=LABELS)
    logger.set_model(model)
    step = max(record.step for record in records_of(logs, "ours")["words"]) + 10
    logger.log(step)
    logger.close()
    assert SHOWN.format("ours", step) in runs_of(logs, server)
    server.wait_for(runs_of(logs, server))
    shown = server.vectors(SHOWN.format("ours", step))
    table = model.get_layer("words").embeddings.numpy()
    # Turned to the snapshot before, which changes no angle and no length.
    np.testing.assert_allclose(shown["words"] @ shown["words"].T, table @ table.T, atol=1e-6)


def test_snapshots_that_go_are_gone_there_too(server: Server, logs: Path) -> None:
    folder = f"few {server.has_tensorflow}"
    logger = EmbeddingLogger(logs / folder, projector=ProjectorOptions(most_snapshots=2))
    logger.set_model(build())
    for step in range(4):
        logger.log(step)
        if step == 1:
            logger.flush()
            server.wait_for(runs_of(logs, server))
    logger.close()
    assert {run for run in runs_of(logs, server) if run.startswith(folder)} == {
        SHOWN.format(folder, step) for step in (0, 3)
    }
    server.wait_for(runs_of(logs, server))
    assert server.vectors(SHOWN.format(folder, 3)).keys() == {"words", "encoder/letters"}


def test_bytes_that_could_be_text_do_not_end_the_projector(server: Server, logs: Path) -> None:
    text = np.frombuffer(b"1.5\t2.5\n3.5\t4.5\n", "<f4").reshape(2, 2)
    clouds = {"zeros": np.zeros((3, 2), np.float32), "minus": np.full((3, 2), -0.0, np.float32), "text": text}
    write_snapshot(
        logs / "odd" / "seqviz" / "embeddings" / "step-000000",
        [Cloud(name, vectors, ["a", "b", "c"][: len(vectors)]) for name, vectors in clouds.items()],
        store_bytes,
    )
    server.wait_for(runs_of(logs, server))
    shown = server.vectors(SHOWN.format("odd", 0))
    for name, vectors in clouds.items():
        np.testing.assert_allclose(shown[name], vectors, rtol=8e-6, atol=1e-40)


def test_sprites(server: Server, logs: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 4, 6, 3), np.uint8)
    folder = logs / f"sprites {server.has_tensorflow}" / "seqviz" / "embeddings" / "step-000000"
    write_snapshot(folder, [Cloud("a", np.eye(5, dtype=np.float32), list("abcde"), images=images)], store_bytes)
    server.wait_for(runs_of(logs, server))
    run = folder.relative_to(logs).as_posix()
    (info,) = json.loads(server.ask("info", run=run))["embeddings"]
    assert info["sprite"]["singleImageDim"] == [6, 4]
    picture = np.asarray(PIL.Image.open(io.BytesIO(server.ask("sprite_image", run=run, name="a"))))
    assert picture.shape == (8, 18, 3)
    assert np.array_equal(picture[:4, 12:], images[2])
    assert np.array_equal(picture[4:, 6:12], images[4])


# --------------------------------------------------------------------------------------------------- without a TensorBoard


@pytest.mark.parametrize("seed", range(20))
def test_no_file_of_vectors_is_text(seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(seed)
    first = random.integers(0, 1 << 32, 6, np.uint32).view(np.float32)
    ascii_bytes = random.integers(0x20, 0x7F, 24, np.uint8).view(np.float32)
    largest = np.float32([3.4028235e38, 1, 2, 3, 4, 5])
    for number, flat in enumerate((first, ascii_bytes, largest, np.zeros(6, np.float32))):
        vectors = np.where(np.isfinite(flat), flat, 0).astype(np.float32).reshape(2, 3)
        folder = tmp_path / str(number)
        folder.mkdir()
        (info,) = store_bytes(folder, [Cloud("a", vectors, ["a", "b"])])
        data = (folder / info.tensor_path).read_bytes()
        with pytest.raises(UnicodeDecodeError):
            data.partition(b"\n")[0].decode()
        stored = np.frombuffer(data, "<f4").reshape(2, 3)
        np.testing.assert_allclose(stored, vectors, rtol=8e-6, atol=1e-40)
        assert (stored != vectors).sum() <= 1


def test_a_snapshot_is_a_run_only_once_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(images: Any) -> Any:
        raise OSError("No space left on device")

    monkeypatch.setattr(sprite, "encode_sprite", fail)
    cloud = Cloud("a", np.ones((2, 3), np.float32), ["a", "b"], images=np.zeros((2, 4, 4), np.uint8))
    with pytest.raises(OSError, match="No space"):
        write_snapshot(tmp_path / "step-000000", [cloud], store_tsv)
    assert not any(tmp_path.rglob("*tfevents*"))


def test_sprites_stay_within_the_limit_of_the_projector() -> None:
    png, size = sprite.encode_sprite(np.zeros((10_000, 100, 50), np.uint8))
    assert (size, PIL.Image.open(io.BytesIO(png)).size) == ((25, 50), (2500, 5000))
