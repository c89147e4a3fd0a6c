"""Embeddings to blobs and series, and back: what comes back, what is stored once, what is measured, what is refused."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.projector.alignment import rotation
from tb_seqviz_plugin.records.embeddings import blobs as embeddings_blobs
from tb_seqviz_plugin.records.embeddings import neighbours
from tb_seqviz_plugin.records.embeddings.blobs import decode_embeddings, encode_embeddings
from tb_seqviz_plugin.records.embeddings.measures import EmbeddingMeasures
from tb_seqviz_plugin.records.embeddings.neighbours import churn, nearest
from tb_seqviz_plugin.records.embeddings.record import Embeddings
from tb_seqviz_plugin.schema import SCHEMA_VERSION
from tb_seqviz_plugin.schema.embeddings import EMBEDDING_MEASURES
from tb_seqviz_plugin.wire.frame import FrameError, decode_frame, encode_frame
from tb_seqviz_plugin.wire.tfrecord import read_records

HOSTILE = ["", " ", "tab\there", "line\nbreak", "日本", "\ud83d", "</script>", "x" * 10_000, "x", "x"]


def draw(rows: int, dimensions: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.random.default_rng(seed).standard_normal((rows, dimensions)).astype(np.float32)


def encode(embeddings: Embeddings) -> Any:
    return encode_embeddings(embeddings, np.full((1, len(EMBEDDING_MEASURES)), np.nan, np.float32), tag="embeddings/a")


def test_all_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings_blobs, "_BLOB_BYTES", 100)
    vectors = draw(len(HOSTILE), 7)
    vectors[2, 3], vectors[4, 0] = np.nan, -np.inf
    columns = {"frequency": [str(count) for count in range(10)], "": HOSTILE}
    before = Embeddings("a/b", vectors, HOSTILE, columns, np.arange(10) * 300, 5000, ["A note."])
    encoded = encode(before)
    assert len(encoded.blobs) == 1 + 4
    assert all(len(decode_frame(blob).arrays["vectors"]) == 3 for blob in encoded.blobs[1:-1])
    after = decode_embeddings(encoded.blobs, encoded.setup)
    assert after.vectors.tobytes() == vectors.tobytes()
    assert (after.layer, after.labels, after.columns, after.table_rows) == ("a/b", HOSTILE, columns, 5000)
    assert np.array_equal(after.rows, before.rows)
    assert after.notes == ["A note."]


def test_what_is_not_said_is_all_rows_in_order() -> None:
    embeddings = Embeddings("a", [[1, 2], [3, 4]], columns={"count": [7, 0.5]})  # type: ignore[arg-type]
    assert (embeddings.labels, list(embeddings.rows), embeddings.table_rows) == (["0", "1"], [0, 1], 2)
    assert embeddings.columns == {"count": ["7", "0.5"]}
    assert Embeddings("a", draw(2, 3), rows=[4, 9]).labels == ["4", "9"]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "rank": ({"vectors": np.zeros(3)}, r"shape \[3\]; expected \[rows, dimensions\]"),
    "empty": ({"vectors": np.zeros((0, 3))}, "none of them 0"),
    "text": ({"vectors": [["a"]]}, "not an array of numbers"),
    "fewer labels": ({"labels": ["a"]}, "2 vectors and 1 labels, 1 fewer; expected one per vector"),
    "more labels": ({"labels": ["a"] * 1002}, "1,002 labels, 1,000 more"),
    "label": ({"labels": ["a", 3]}, "the label 3; expected text"),
    "column": ({"columns": {"count": [1]}}, "2 vectors and 1 values of 'count'"),
    "rows": ({"rows": [1]}, "1 rows"),
    "below zero": ({"rows": [1, -1]}, "has -1 among its rows; expected whole numbers of at least 0"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_get_a_sentence(case: str) -> None:
    arguments, sentence = WRONG[case]
    with pytest.raises(ValueError, match=sentence):
        Embeddings(**{"layer": "a", "vectors": np.zeros((2, 3)), **arguments})


def test_damaged_records_are_told() -> None:
    encoded = encode(Embeddings("a", draw(3, 4)))
    header = decode_frame(encoded.blobs[0]).header
    damaged: list[tuple[list[bytes], bytes]] = [
        (encoded.blobs[:1], encoded.setup),
        ([encode_frame({}, {**header, "rows": 4}), *encoded.blobs[1:]], encoded.setup),
        ([encode_frame({}, {"version": 1}), *encoded.blobs[1:]], encoded.setup),
        ([encode_frame({}, {**header, "version": SCHEMA_VERSION + 1}), *encoded.blobs[1:]], encoded.setup),
        (encoded.blobs, encode_frame({}, decode_frame(encoded.setup).header)),
        (encoded.blobs, b"no frame"),
        (encoded.blobs, encode(Embeddings("a", draw(2, 4))).setup),
    ]
    for blobs, setup in damaged:
        with pytest.raises(FrameError):
            decode_embeddings(blobs, setup)


def test_written_and_read(tmp_path: Path) -> None:
    words, lines = np.arange(15, dtype=np.float32).reshape(5, 3), draw(4, 2, seed=1)
    with seqviz.Writer(tmp_path) as writer:
        for step in range(3):
            writer.embeddings("words", words, labels=list("abcde"), step=step)
            writer.embeddings("lines", lines, name="other", step=step, notes=["Of the validation data."])
            words += 1  # the writer has its own copy
    records = list(seqviz.read(tmp_path, "embeddings"))
    assert [(record.tag, record.step) for record in records] == [
        (tag, step) for tag in ("embeddings/other/lines", "embeddings/words") for step in range(3)
    ]
    assert [record.layer for record in records] == ["lines"] * 3 + ["words"] * 3
    assert np.array_equal(records[5].vectors, words - 1)
    assert (records[5].labels, records[0].labels) == (list("abcde"), list("0123"))
    assert records[0].notes == ("Of the validation data.",)
    assert np.isnan(records[3].measures["movement"])
    norm = records[5].measures["norm"]
    assert records[5].measures["movement"] == pytest.approx(np.sqrt(3) / norm, rel=1e-4)
    assert records[0].measures.keys() == set(EMBEDDING_MEASURES)
    assert {type(record).__name__ for record in seqviz.read(tmp_path)} == {"EmbeddingsRecord"}
    assert list(seqviz.read(tmp_path, "samples")) == []


def test_labels_are_stored_once(tmp_path: Path) -> None:
    label = "an unlikely word"
    with seqviz.Writer(tmp_path) as writer:
        for step in range(3):
            writer.embeddings("words", np.eye(2), labels=[label, label], step=step)
        writer.embeddings("words", np.eye(2), labels=["other", label], step=3)
    (path,) = tmp_path.iterdir()
    assert [b"setup/embeddings/words" in payload for _, payload in read_records(path)][1:] == [True, False, False, True]
    assert [record.labels[0] for record in seqviz.read(tmp_path, "embeddings")] == [label] * 3 + ["other"]


def test_measures_are_what_they_say() -> None:
    measure = EmbeddingMeasures()
    vectors = draw(60, 5) + 0.5
    vectors[7] = np.nan
    first = dict(zip(EMBEDDING_MEASURES, measure(Embeddings("a", vectors))[0], strict=True))
    known = np.delete(vectors, 7, axis=0).astype(np.float64)
    units = known / np.linalg.norm(known, axis=1, keepdims=True)
    pairs = [units[a] @ units[b] for a, b in itertools.permutations(range(59), 2)]
    eigenvalues = np.linalg.eigvalsh(np.cov(known.T))
    assert first["norm"] == pytest.approx(np.linalg.norm(known, axis=1).mean(), rel=1e-6)
    assert first["similarity"] == pytest.approx(np.mean(pairs), rel=1e-5)
    assert first["dimensions"] == pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum(), rel=1e-5)
    assert np.isnan([first["movement"], first["churn"]]).all()

    moved = vectors.copy()
    moved[3] = -moved[3]
    second = dict(zip(EMBEDDING_MEASURES, measure(Embeddings("a", moved))[0], strict=True))
    assert second["movement"] == pytest.approx(2 * np.linalg.norm(vectors[3]) / 59 / second["norm"], rel=1e-5)
    expected = [1 - len(ten(vectors, row) & ten(moved, row)) / 10 for row in range(60) if row != 7]
    assert second["churn"] == pytest.approx(np.mean(expected), abs=1e-6)
    assert np.isnan(measure(Embeddings("a", moved, labels=["other"] * 60))[0][1:3]).all()
    assert np.isnan(EmbeddingMeasures()(Embeddings("a", np.full((3, 2), np.nan)))).all()


def ten(vectors: np.ndarray[Any, Any], row: int) -> set[int]:
    return set(brute_force(vectors, row, "cosine")[:10])


def brute_force(vectors: np.ndarray[Any, Any], row: int, metric: str) -> list[int]:
    """Returns the other rows, the nearest first, in double precision and one by one."""
    query = vectors[row].astype(np.float64)
    found = []
    for other, vector in enumerate(vectors.astype(np.float64)):
        if other != row and np.isfinite(vector).all():
            cosine = query @ vector / np.linalg.norm(query) / np.linalg.norm(vector)
            found.append((-cosine if metric == "cosine" else np.linalg.norm(query - vector), other))
    return [other for _, other in sorted(found)]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_are_those_found_by_brute_force(metric: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_CHUNK_NUMBERS", 5000)
    vectors = draw(300, 8) * np.logspace(-3, 3, 300, dtype=np.float32)[:, None]
    vectors[11] = np.inf
    rows, scores = nearest(vectors, range(300), 7, metric)
    for row in range(300):
        if row == 11:
            assert (rows[row] == -1).all()
            assert np.isnan(scores[row]).all()
            continue
        assert rows[row].tolist() == brute_force(vectors, row, metric)[:7]
        assert (np.diff(scores[row]) <= 0).all() if metric == "cosine" else (np.diff(scores[row]) >= 0).all()


def test_neighbours_of_odd_vectors() -> None:
    vectors = np.float32([[0, 0], [1e-30, 0], [1e30, 1e28], [-1, 0]])
    rows, similarities = nearest(vectors, [0, 1], 10)
    assert rows.shape == (2, 3)
    assert rows[1].tolist() == [2, 0, 3]
    np.testing.assert_allclose(similarities, [[0, 0, 0], [np.cos(0.01), 0, -1]], atol=1e-4)
    assert nearest(np.ones((1, 2), np.float32), [0])[0].shape == (1, 0)
    for of, sentence in (([4], "of row 4; expected rows from 0 to 3"), ([-1], "of row -1")):
        with pytest.raises(ValueError, match=sentence):
            nearest(vectors, of)
    with pytest.raises(ValueError, match="'cosine', 'euclidean'"):
        nearest(vectors, [0], metric="dot")  # type: ignore[arg-type]


def test_churn_counts_new_neighbours_in_whatever_order() -> None:
    before = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert churn(before, np.array([[3, 1, 2], [4, 0, 1], [1, 2, 3]])).tolist() == pytest.approx([0, 2 / 3, 1])
    assert np.isnan(churn(before, before[:, :2])).all()


def test_alignment_undoes_any_rotation_and_reflection() -> None:
    fixed = draw(40, 6)
    turn = np.linalg.qr(draw(6, 6, seed=1))[0]
    turn[0] = -turn[0]
    moving = fixed @ turn
    moving[3] = np.nan
    found = rotation(moving, fixed)
    np.testing.assert_allclose(found @ found.T, np.eye(6), atol=1e-5)
    np.testing.assert_allclose(np.delete(moving @ found, 3, axis=0), np.delete(fixed, 3, axis=0), atol=1e-5)


def test_alignment_is_the_best_there_is() -> None:
    linalg = pytest.importorskip("scipy.linalg", exc_type=ImportError)
    moving, fixed = draw(50, 5), draw(50, 5, seed=1)
    found = rotation(moving, fixed)
    np.testing.assert_allclose(found, linalg.orthogonal_procrustes(moving, fixed)[0], atol=1e-5)


def test_no_other_rotation_is_better() -> None:
    moving, fixed = draw(50, 5), draw(50, 5, seed=1)
    best = np.linalg.norm(moving @ rotation(moving, fixed) - fixed)
    for seed in range(50):
        other = np.linalg.qr(draw(5, 5, seed))[0]
        assert np.linalg.norm(moving @ other - fixed) > best
    quarter, angle = np.zeros((5, 5)), 0.02
    quarter[0, 1], quarter[1, 0] = 1, -1
    nearby = rotation(moving, fixed) @ (np.eye(5) + np.sin(angle) * quarter + (1 - np.cos(angle)) * quarter @ quarter)
    assert best < np.linalg.norm(moving @ nearby - fixed) < best * 1.01
