"""What Numba compiles finds what numpy finds, and a record is the same by either."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import AttentionLayer
from tb_seqviz_plugin.records.attention import compiled
from tb_seqviz_plugin.records.attention.agreement import agreement
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.compiled import CompiledReader, loops_for
from tb_seqviz_plugin.records.attention.measures import Look, look_at
from tb_seqviz_plugin.records.attention.pooling import Keep, Pool
from tb_seqviz_plugin.records.attention.rows import Reader, Rows
from tb_seqviz_plugin.schema.attention import MEASURES

pytest.importorskip("numba")
NUMPY, NUMBA = sys.maxsize, 0
NOWHERE = np.zeros(0, np.intp)
WORDS = ["", "[SEP]", "a", "b", "c", "."]


@pytest.fixture(autouse=True)
def _loaded_anew() -> Iterator[None]:
    compiled._loops.cache_clear()
    yield
    compiled._loops.cache_clear()


@pytest.fixture
def loops() -> ModuleType:
    found = loops_for(sys.maxsize)
    assert found is not None
    return found


def some_weights(generator: np.random.Generator) -> np.ndarray:
    """Returns weights of any size and kind: causal ones, sparse, even, negative, of rows that do not sum to 1, with NaN and inf."""
    heads, queries, keys = (int(generator.integers(1, most)) for most in (5, 70, 70))
    keys = queries if generator.random() < 0.5 else keys
    weights = np.exp(generator.standard_normal((heads, queries, keys)) * generator.integers(1, 4)).astype(np.float32)

    def sometimes(share: float) -> bool:
        return bool(generator.random() < share)

    if sometimes(0.5):
        weights *= np.tri(queries, keys, dtype=np.float32)
    if sometimes(0.3):
        weights[generator.random(weights.shape) < 0.4] = 0
    if sometimes(0.8):
        weights /= np.maximum(weights.sum(axis=-1, keepdims=True), 1e-30)
    if sometimes(0.2):
        weights *= np.sign(generator.standard_normal(weights.shape)).astype(np.float32)
    if sometimes(0.2):
        weights[0] = 1 / keys
    if sometimes(0.1):
        weights[:, 0] = 1e-40 / keys
    for broken in (np.nan, np.inf, -0.0):
        if sometimes(0.1):
            weights[generator.random(weights.shape) < 0.02] = broken
    return weights


@pytest.mark.parametrize("seed", range(100))
def test_what_is_found_of_any_head(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(seed)
    weights = some_weights(generator)
    _, queries, keys = weights.shape
    names = [WORDS[at] for at in generator.integers(0, len(WORDS), max(queries, keys))]
    role = "decoder self" if queries == keys else "cross"
    tokens = Tokens.of(role, queries, keys, names[:keys], names[:queries]) if seed % 4 else None
    mask = generator.random((queries, keys)) < 0.7 if seed % 5 == 0 else None
    keep = Keep(2 ** int(generator.integers(1, 6)), int(generator.integers(0, 90))) if seed % 3 else None

    def found(worth: int) -> tuple[Look, Pool | None]:
        monkeypatch.setattr(compiled, "_WORTH", worth)
        pool = None if keep is None else Pool(weights.shape, keep)
        return look_at(weights, tokens, mask, pool=pool), pool

    (look, pool), (other, others) = found(NUMPY), found(NUMBA)
    for name in Look.__dataclass_fields__:
        assert_allclose(getattr(other, name), getattr(look, name), rtol=2e-5, atol=2e-6, err_msg=name)
    if pool is None or others is None:
        return
    assert_array_equal(others.weights, pool.weights)
    assert_allclose(others.shares, pool.shares, rtol=1e-5)
    # Of weights that are alike either may be kept, which are where the places say.
    assert_array_equal(np.sort(np.abs(others.strongest)), np.sort(np.abs(pool.strongest)))
    kept = others.places >= 0
    assert_array_equal(np.take_along_axis(weights, others.places, axis=-1)[kept], others.strongest[kept])
    assert (np.diff(others.places) > 0)[kept[..., 1:]].all()


@pytest.mark.parametrize("seed", range(60))
def test_rows_that_are_longer_than_what_is_compared_at_once(loops: ModuleType, seed: int) -> None:
    generator = np.random.default_rng(seed)
    queries, keys = (int(number) for number in generator.integers(60, 300, 2))
    same = seed % 2 == 0
    keys = queries if same else keys
    head = np.exp(generator.standard_normal((queries, keys)) * 2).astype(np.float32)
    if seed % 3 == 0:
        head *= np.tri(queries, keys, dtype=np.float32)
        if seed % 4 == 0:  # a row that looks ahead, in the middle
            head[queries // 2, -1] = 1
    if seed % 5 == 0:
        head = np.ceil(head).clip(0, 3) * np.where(generator.random(head.shape) < 0.5, -1, 1).astype(np.float32)
    padded = np.flatnonzero(generator.random(queries) < 0.1)
    keep = Keep(int(generator.choice([2, 16, 64, 128])), (0, 1, 6, 32, 33, 100, 400)[seed % 7])
    found = []
    for read in (
        Reader(queries, keys, same, None, padded, keep.block),
        CompiledReader(loops, queries, keys, same, None, padded),
    ):
        pool = Pool((1, queries, keys), keep)
        found.append((read(head, pool.of(0)), pool))
    (rows, pool), (others, compiled_pool) = found
    for name in Rows.__dataclass_fields__:
        assert_allclose(getattr(others, name), getattr(rows, name), rtol=2e-5, atol=2e-6, err_msg=name)
    assert_array_equal(compiled_pool.weights, pool.weights)
    assert_allclose(compiled_pool.shares, pool.shares, rtol=1e-5)
    assert_array_equal(np.sort(np.abs(compiled_pool.strongest)), np.sort(np.abs(pool.strongest)))
    kept = compiled_pool.places >= 0
    assert_array_equal(
        np.take_along_axis(head[None], compiled_pool.places, axis=-1)[kept], compiled_pool.strongest[kept]
    )
    assert (np.diff(compiled_pool.places) > 0)[kept[..., 1:]].all()


def test_known_values(loops: ModuleType) -> None:
    read = CompiledReader(loops, 3, 3, True, None, NOWHERE)
    rows = read(np.float32([[1, 0, 0], [0.5, 0.5, 0], [0, 0.25, 0.75]]))
    assert_allclose(rows.entropy, [0, np.log(2), -0.25 * np.log(0.25) - 0.75 * np.log(0.75)], atol=1e-6)
    assert rows.strongest.tolist() == [0, 0, 2]
    assert rows.counts.tolist() == [1, 2, 2]
    assert rows.distance.tolist() == [0, 0.5, 0.25]
    assert rows.columns.tolist() == [0.5, 0.25, 0.25]
    assert rows.is_causal
    assert not rows.is_signed


def test_the_strongest_of_a_row_of_even_weights_are_as_many_as_there_is_room_for(loops: ModuleType) -> None:
    pool = Pool((1, 4, 2048), Keep(2, 5))
    CompiledReader(loops, 4, 2048, False, None, NOWHERE)(np.full((4, 2048), 1 / 2048, np.float32), pool.of(0))
    assert (pool.places[0] >= 0).all()
    assert_allclose(pool.shares[0], 5 / 2048)


def test_entropies_are_exact_to_the_rounding_of_float32(loops: ModuleType) -> None:
    weights = np.random.default_rng(0).random((4000, 2), dtype=np.float32) ** 4 + np.float32(1e-6)
    weights /= weights.sum(axis=-1, keepdims=True)
    shares = weights.astype(np.float64)
    shares /= shares.sum(axis=-1, keepdims=True)
    exact = -(shares * np.log(shares)).sum(axis=-1)
    for read in (CompiledReader(loops, 4000, 2, False, None, NOWHERE), Reader(4000, 2, False, None, NOWHERE)):
        assert np.abs(read(weights).entropy - exact).max() < 1.6e-7  # about 0.7 at most


def test_agreement(loops: ModuleType) -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(50), (6, 40)).astype(np.float32)
    weights[1] = weights[0]
    taking_part = np.ones((6, 40), bool)
    taking_part[1::2, 0] = False
    found = agreement(weights, taking_part, loops)
    assert_allclose(found, agreement(weights, taking_part), atol=1e-5)
    assert_allclose(found[:2], 1, atol=1e-6)


def test_a_run_is_the_same_by_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.random.default_rng(0).dirichlet(np.ones(200), (4, 200)).astype(np.float32)
    records = []
    for worth in (NUMPY, NUMBA):
        monkeypatch.setattr(compiled, "_WORTH", worth)
        folder = tmp_path / str(worth)
        with seqviz.Writer(folder) as writer:
            writer.attention("a", [AttentionLayer("x", weights, role="encoder self")], step=1, byte_budget=30_000)
        records.append(next(iter(seqviz.read(folder, "attention"))))
    (one,), (other,) = (record.layers for record in records)
    assert one.pooled == other.pooled != (1, 1)
    assert_array_equal(one.weights, other.weights)
    assert one.strongest is not None
    assert other.strongest is not None
    assert_array_equal(one.strongest.weights, other.strongest.weights)
    assert set(one.measures) == set(other.measures) <= set(MEASURES)
    for name, values in one.measures.items():
        assert_allclose(other.measures[name], values, rtol=1e-4, atol=1e-6, err_msg=name)


def test_small_layers_are_not_worth_it() -> None:
    assert loops_for(1 << 20) is None


def test_without_numba_numpy_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tb_seqviz_plugin.records.attention.loops", raising=False)
    monkeypatch.delattr("tb_seqviz_plugin.records.attention.loops", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert loops_for(sys.maxsize) is None


def test_what_numba_cannot_compile_is_said_and_read_by_numpy(
    loops: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise TypeError("no such thing as max")

    compiled._loops.cache_clear()
    monkeypatch.setattr(loops, "read_head", fails)
    with pytest.warns(RuntimeWarning, match=r"TypeError: no such thing as max.*numpy reads them instead"):
        assert loops_for(sys.maxsize) is None
    assert loops_for(sys.maxsize) is None  # and not tried again
