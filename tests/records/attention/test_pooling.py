"""What a byte budget keeps of layers that are too large, against plain loops, and that the record says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin import AttentionLayer
from tb_seqviz_plugin.records.attention.along import Tokens
from tb_seqviz_plugin.records.attention.measures import by_name, look_at, measure
from tb_seqviz_plugin.records.attention.payload import AttentionPayload
from tb_seqviz_plugin.records.attention.pooling import Pool, blocks_of


def pooled(weights: np.ndarray, block: int) -> np.ndarray:
    pool = Pool(weights.shape, block)
    look_at(weights, pool=pool)
    return pool.weights


def strongest(head: np.ndarray, block: int) -> list[list[float]]:
    rows, columns = (range(0, size, block) for size in head.shape)
    parts = [[head[r : r + block, c : c + block].ravel() for c in columns] for r in rows]
    return [[float(part[np.abs(part).argmax()]) for part in row] for row in parts]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("shape", [(2, 7, 10), (1, 8, 8), (1, 1, 5)])
def test_the_strongest_of_each_block_is_kept(sign: int, shape: tuple[int, int, int]) -> None:
    weights = np.random.default_rng(0).random(shape, np.float32)
    weights[..., ::2] *= sign
    for block in (2, 4):
        np.testing.assert_array_equal(
            pooled(weights, block), np.array([strongest(head, block) for head in weights], np.float32)
        )
    weights[0, 0, 0] = np.nan
    assert np.isnan(pooled(weights, 2)[0, 0, 0])
    np.testing.assert_array_equal(np.isnan(pooled(weights, 2)).sum(), 1)


def test_the_largest_layers_are_pooled_first() -> None:
    sizes = [(4, 512, 512), (4, 100, 100), (1, 30, 30)]
    assert blocks_of(sizes, None) == blocks_of(sizes, 10**7) == [1, 1, 1]
    assert blocks_of(sizes, 10**6) == [2, 1, 1]
    assert blocks_of(sizes, 10**5) == [8, 1, 1]
    # Never below the size of a thumbnail.
    assert blocks_of(sizes, 0) == [16, 2, 1]


def test_a_record_stays_within_its_budget_and_says_what_it_kept(
    tmp_path: Path, make_weights: Callable[..., np.ndarray]
) -> None:
    tokens = [f"t{number}" for number in range(150)]
    large, small = make_weights(2, 150, 150), make_weights(2, 9, 9)
    layers = [AttentionLayer("large", large, tokens, tokens, role="encoder self"), AttentionLayer("small", small)]
    layers = [
        replace(layer, value_norms=[[1] * layer.weights.shape[2], [2] * layer.weights.shape[2]]) for layer in layers
    ]
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", layers, step=0, byte_budget=20_000)
    (record,) = seqviz.read(tmp_path, "attention")
    kept, whole = record.layers
    assert (kept.pooled, kept.weights.shape, whole.pooled, whole.weights.shape) == (
        (2, 2),
        (2, 75, 75),
        (1, 1),
        (2, 9, 9),
    )
    assert sum(layer.weights.size for layer in record.layers) <= 20_000
    np.testing.assert_allclose(kept.weights, pooled(large, 2), atol=1 / 255)
    assert list(kept.key_tokens[:2]) == ["t0 … t1", "t2 … t3"]
    assert "of each 2 x 2 of the 150 x 150 weights of a head the strongest is kept" in kept.notes[0]
    assert not whole.notes
    assert (kept.value_norms, whole.value_norms) == (None, pytest.approx(np.float32([[1] * 9, [2] * 9])))
    # Measures are of all weights.
    for name, values in by_name(measure(large, Tokens(same=True, keys=tokens))).items():
        np.testing.assert_allclose(kept.measures[name], values, err_msg=name)


def test_a_record_that_a_budget_makes_small_is_not_refused_for_its_size(
    make_weights: Callable[..., np.ndarray],
) -> None:
    layer = AttentionLayer("large", make_weights(2, 150, 150), softmax=make_weights(2, 150, 150))
    sizes = [AttentionPayload([layer], "", [], most=most).raw().encoded_size for most in (None, 20_000)]
    assert sizes == [4 * 150 * 150, 2 * 75 * 75]


def test_a_budget_that_is_used_up_keeps_the_least(tmp_path: Path, make_weights: Callable[..., np.ndarray]) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"large": make_weights(2, 150, 150)}, step=0, byte_budget=0)
    ((layer,),) = [record.layers for record in seqviz.read(tmp_path, "attention")]
    assert layer.weights.shape == (2, 38, 38)
