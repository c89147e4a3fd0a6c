"""Routes of the embeddings, against what was logged and numpy; in process."""

from __future__ import annotations

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.served import Fetch, fetch_from, make_client, make_provider
from tensorboard.context import RequestContext

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.records.embeddings.neighbours import nearest
from tb_seqviz_plugin.server import array_cache
from tb_seqviz_plugin.server.embeddings import reader as embedding_reader
from tb_seqviz_plugin.server.embeddings import words as embedding_words
from tb_seqviz_plugin.server.embeddings.reader import EmbeddingReader
from tb_seqviz_plugin.server.reader import Reader
from tb_seqviz_plugin.wire.frame import Frame, decode_frame

PLACE: dict[str, Any] = {"run": "words", "tag": "embeddings/token"}
STEPS = (2, 4, 9)
"""With the newest labels; at step 0 there were others."""
ROWS, DIMENSIONS = 40, 6
FREQUENCIES = [100 - row if row % 2 else row for row in range(ROWS)]


@pytest.fixture(scope="module")
def vectors() -> dict[int, np.ndarray]:
    rng = np.random.default_rng(0)
    start = rng.standard_normal((ROWS, DIMENSIONS)).astype(np.float32)
    vectors = {step: start + step * rng.standard_normal(start.shape).astype(np.float32) for step in STEPS}
    vectors[4][3] = np.nan
    return vectors


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, vectors: dict[int, np.ndarray]) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    # Several blobs per record, as large tables have.
    with pytest.MonkeyPatch.context() as patch, seqviz.Writer(folder / "words") as writer:
        patch.setattr("tb_seqviz_plugin.records.embeddings.blobs._BLOB_BYTES", 4 * DIMENSIONS * 16)
        writer.embeddings("token", np.eye(3), labels=["old", "ones", ""], step=0)
        for step, array in vectors.items():
            writer.embeddings(
                "token",
                array,
                labels=[f"w{row}" for row in range(ROWS)],
                columns={"Frequencies": FREQUENCIES, "kind": ["日\t"] * ROWS},
                rows=range(1, ROWS + 1),
                step=step,
            )
        writer.flush()
    with seqviz.Writer(folder / "other") as writer:
        writer.attention("a", {"x": np.full((1, 2, 2), 0.5)}, step=0)
    return folder


@pytest.fixture(scope="module")
def fetch(folder: Path) -> Fetch:
    return fetch_from(make_client(make_provider(folder)))


def frame_of(fetch: Fetch, route: str, **query: Any) -> Frame:
    answer = fetch(route, **PLACE, **query)
    assert answer.status == 200, answer.json
    return decode_frame(answer.body)


def test_labels_are_those_of_the_newest_records(fetch: Fetch) -> None:
    frame = frame_of(fetch, "labels")
    assert (frame.header["since"], frame.header["rows"], frame.header["dimensions"]) == (2, ROWS, DIMENSIONS)
    assert (frame.header["layer"], frame.header["frequency"]) == ("token", "Frequencies")
    assert frame.header["setup"]["labels"][-1] == "w39"
    assert frame.header["setup"]["columns"]["kind"][0] == "日\t"
    assert frame.arrays["row"].tolist() == list(range(1, ROWS + 1))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_of_several_words_at_several_steps(
    fetch: Fetch, vectors: dict[int, np.ndarray], metric: str
) -> None:
    arrays = frame_of(fetch, "neighbours", rows="7,3", metric=metric, count=5).arrays
    assert arrays["steps"].tolist() == list(STEPS)
    assert arrays["neighbour"].shape == (3, 2, 5)
    for at, step in enumerate(STEPS):
        table = vectors[step].astype(np.float64)
        with np.errstate(invalid="ignore"):
            if metric == "cosine":
                units = table / np.linalg.norm(table, axis=1, keepdims=True)
                scores = units @ units[7]
                order = np.argsort(np.where(np.isnan(scores), np.inf, -scores))
            else:
                scores = np.linalg.norm(table - table[7], axis=1)
                order = np.argsort(scores)
        expected = [row for row in order if row != 7][:5]
        assert arrays["neighbour"][at, 0].tolist() == expected
        np.testing.assert_allclose(arrays["value"][at, 0], scores[expected], rtol=1e-5)
        np.testing.assert_allclose(arrays["norm"][at, 0], np.linalg.norm(table[7]), rtol=1e-6)
    # The vector of row 3 at step 4 is not finite.
    assert arrays["neighbour"][1, 1].tolist() == [-1] * 5
    assert 3 not in arrays["neighbour"][1, 0]
    chosen = frame_of(fetch, "neighbours", rows=7, metric=metric, count=5, steps="2,9").arrays
    assert chosen["steps"].tolist() == [2, 9]
    np.testing.assert_array_equal(chosen["neighbour"][:, 0], arrays["neighbour"][[0, 2], 0])


def test_more_neighbours_are_asked_for_than_there_are_words(fetch: Fetch) -> None:
    found = frame_of(fetch, "neighbours", rows=0, metric="cosine", count=100, steps=9).arrays["neighbour"][0, 0]
    assert sorted(found[: ROWS - 1]) == list(range(1, ROWS))
    assert (found[ROWS - 1 :] == -1).all()


def test_movement_and_norms(fetch: Fetch, vectors: dict[int, np.ndarray]) -> None:
    now, before = vectors[9].astype(np.float64), vectors[2].astype(np.float64)
    straight = frame_of(fetch, "movement", step=9, since=2).arrays
    np.testing.assert_allclose(straight["moved"], np.linalg.norm(now - before, axis=1), rtol=1e-5)
    np.testing.assert_allclose(straight["norm"], np.linalg.norm(now, axis=1), rtol=1e-5)
    assert np.isnan(frame_of(fetch, "movement", step=9, since=4).arrays["moved"][3])


def test_churn_of_the_most_frequent_words_and_those_asked_for(
    fetch: Fetch, vectors: dict[int, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = frame_of(fetch, "churn", step=9, since=2, metric="cosine").arrays
    assert whole["row"].tolist() == list(range(ROWS))
    now, before = (nearest(vectors[step], range(ROWS), 10)[0].tolist() for step in (9, 2))
    expected = [len(set(near) - set(old)) / 10 for near, old in zip(now, before, strict=True)]
    assert max(expected) > 0
    np.testing.assert_allclose(whole["churn"], expected, atol=1e-6)
    assert np.isnan(frame_of(fetch, "churn", step=9, since=4, metric="cosine").arrays["churn"][3])
    monkeypatch.setattr(embedding_reader, "_CHURN_PRODUCTS", 3 * ROWS * DIMENSIONS)
    few = frame_of(fetch, "churn", step=9, since=2, metric="cosine", rows="38,1").arrays
    assert few["row"].tolist() == [1, 3, 5, 38]
    np.testing.assert_array_equal(few["churn"], whole["churn"][few["row"]])


def test_the_map_holds_the_most_frequent_words_and_those_asked_for(
    fetch: Fetch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = frame_of(fetch, "map")
    assert whole.header["fitted"] == ROWS
    assert whole.arrays["row"][:3].tolist() == [1, 3, 5]
    assert whole.arrays["position"].shape == (3, ROWS, 2)
    assert np.isnan(whole.arrays["position"][1, whole.arrays["row"].tolist().index(3)]).all()
    assert 0 < whole.header["shares"][1] <= whole.header["shares"][0] < 1
    monkeypatch.setattr(embedding_words, "MAP_ROWS", 12)
    fetch = fetch_from(make_client(make_provider(folder)))
    with_more = frame_of(fetch, "map", rows="0,1,38")
    assert with_more.header["fitted"] == 12
    assert with_more.arrays["row"][12:].tolist() == [0, 38]
    np.testing.assert_array_equal(frame_of(fetch, "map").arrays["position"], with_more.arrays["position"][:, :12])


def test_clouds_that_turned_and_flipped_lie_still_on_the_map(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    cloud = (rng.standard_normal((50, 5)) * [5, 3, 1, 1, 1]).astype(np.float32)
    with seqviz.Writer(tmp_path) as writer:
        for step in range(4):
            turn = np.linalg.qr(rng.standard_normal((5, 5)))[0]
            writer.embeddings("token", cloud @ turn + step, step=step)
    fetch = fetch_from(make_client(make_provider(tmp_path)))
    answer = fetch("map", run=".", tag="embeddings/token")
    position = decode_frame(answer.body).arrays["position"]
    np.testing.assert_allclose(position[1:], np.broadcast_to(position[:1], position[1:].shape), atol=1e-4)
    centred = cloud - cloud.mean(axis=0)
    spread = np.linalg.svd(centred, compute_uv=False)[:2]
    np.testing.assert_allclose(np.linalg.norm(position[0], axis=0), spread, rtol=1e-4)


def test_large_vectors_have_a_map_and_lengths(tmp_path: Path) -> None:
    cloud = np.random.default_rng(1).uniform(-1, 1, (20, 3)).astype(np.float32)
    with seqviz.Writer(tmp_path) as writer:
        for step, scale in enumerate((1, 1e21)):
            writer.embeddings("token", cloud * np.float32(scale), step=step)
    fetch = fetch_from(make_client(make_provider(tmp_path)))
    place = {"run": ".", "tag": "embeddings/token"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        moved = decode_frame(fetch("movement", step=1, since=0, **place).body).arrays
        position = decode_frame(fetch("map", **place).body).arrays["position"]
    np.testing.assert_allclose(moved["norm"], 1e21 * np.linalg.norm(cloud, axis=1), rtol=1e-6)
    np.testing.assert_allclose(moved["moved"], moved["norm"], rtol=1e-6)
    np.testing.assert_allclose(position[1], 1e21 * position[0], rtol=1e-4, atol=1e17)


@pytest.mark.parametrize(
    ("route", "query", "status", "sentence"),
    [
        ("labels", {"tag": "embeddings/none"}, 404, "has no tag 'embeddings/none'"),
        ("map", {"run": "other", "tag": "attention/a"}, 404, "expected one of embeddings"),
        ("neighbours", {"rows": 40}, 404, "has 40 rows; row 40 is not one of them"),
        ("neighbours", {"rows": "1,x"}, 400, "expected 1 to 100 whole numbers"),
        ("neighbours", {"metric": "angle"}, 400, "expected one of 'cosine', 'euclidean'"),
        ("neighbours", {"count": 0}, 400, "expected a number from 1 to 100"),
        ("neighbours", {"steps": 0}, 404, "no step 0 of 'embeddings/token' with its newest labels, but 3 from 2 to 9"),
        ("movement", {"step": 9, "since": 1}, 404, "no step 1"),
        ("map", {"rows": -1}, 404, "row -1 is not one of them"),
    ],
)
def test_every_wrong_request_is_answered_with_one_sentence(
    fetch: Fetch, route: str, query: dict[str, Any], status: int, sentence: str
) -> None:
    usual = {**PLACE, "metric": "cosine"} | ({"rows": 1, "count": 3} if route == "neighbours" else {})
    answer = fetch(route, **(usual | query))
    assert answer.status == status
    assert sentence in answer.json["error"]


def test_the_cache_stays_within_its_bytes() -> None:
    cache = array_cache.ArrayCache(capacity=24)
    made: list[str] = []

    def make(name: str, size: int) -> np.ndarray:
        made.append(name)
        return np.zeros(size)

    for name, size in [("a", 1), ("b", 2), ("a", 1), ("c", 1), ("b", 2), ("large", 9), ("a", 1)]:
        cache.get(name, lambda name=name, size=size: make(name, size))  # type: ignore[misc]
        assert cache.size <= 24
    assert made == ["a", "b", "c", "b", "large", "a"]


def test_what_is_asked_for_by_two_at_once_is_made_once() -> None:
    cache = array_cache.ArrayCache(capacity=100)
    begun, may_end = threading.Event(), threading.Event()

    def make() -> np.ndarray:
        begun.set()
        assert may_end.wait(30)
        return np.arange(3)

    def fail() -> np.ndarray:
        raise OSError("gone")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.get, "a", make)
        assert begun.wait(30)
        second = threads.submit(cache.get, "a", fail)
        may_end.set()
        assert second.result() is first.result()
    with pytest.raises(OSError, match="gone"):
        cache.get("b", fail)
    assert cache.get("b", lambda: np.zeros(1)).size == 1


def test_the_newest_vectors_are_decoded_before_they_are_asked_for(
    folder: Path, vectors: dict[int, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = EmbeddingReader(Reader(make_provider(folder)))
    where = (RequestContext(), "", PLACE["run"], PLACE["tag"])
    reader.labels(where)
    reader._ahead.shutdown()
    assert reader._vectors.size == vectors[9].nbytes
    monkeypatch.setattr(reader, "_decode", None)
    found = decode_frame(reader.neighbours(where, [7], "cosine", 3, [9])).arrays["neighbour"]
    assert np.array_equal(found[0], nearest(vectors[9], [7], 3)[0])
