"""What the entries of tensors stand for, followed through programs, against the entries themselves moved by numpy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tb_seqviz_plugin.callbacks.attention import codes
from tb_seqviz_plugin.callbacks.attention.candidates import candidates_in
from tb_seqviz_plugin.callbacks.attention.codes import along, reduced
from tb_seqviz_plugin.callbacks.attention.dependence import Dependence
from tb_seqviz_plugin.callbacks.attention.layout import Fold, fold_by_code, folds_by_rolling, lay_out, unmerged
from tb_seqviz_plugin.callbacks.attention.tracks import Position, Track, Tracks
from tb_seqviz_plugin.callbacks.model.program import Elementwise, Op, Product, Program, Reduce, Reshape, Take, Transpose


def random_code(random: np.random.Generator) -> tuple[Any, tuple[int, ...]]:
    shape = tuple(int(size) for size in random.choice([1, 2, 3, 4], size=random.integers(1, 5)))
    return reduced(random.integers(-1, 3, [size if random.random() < 0.5 else 1 for size in shape])), shape


def random_factors(random: np.random.Generator, size: int) -> list[int]:
    factors = []
    while size > 1:
        factors.append(int(random.choice([factor for factor in range(2, size + 1) if size % factor == 0])))
        size //= factors[-1]
    for _ in range(random.integers(0, 3)):
        factors.insert(random.integers(0, len(factors) + 1), 1)
    return factors


def test_a_reshaped_code_is_that_of_the_reshaped_entries() -> None:
    for seed in range(200):
        random = np.random.default_rng(seed)
        code, shape = random_code(random)
        target = random_factors(random, math.prod(shape))
        found = codes.reshape(code, shape, target)
        assert found is not None, seed
        expected = np.broadcast_to(code, shape).reshape(target)
        np.testing.assert_array_equal(np.broadcast_to(found, target), expected, f"seed {seed}")


def test_chosen_entries_keep_their_code() -> None:
    for seed in range(100):
        random = np.random.default_rng(seed)
        code, shape = random_code(random)
        axis = int(random.integers(len(shape)))
        places = random.integers(-1, shape[axis], 5)
        found = codes.take(code, {axis: places})
        whole = np.broadcast_to(code, shape).take(np.maximum(places, 0), axis)
        expected = np.where(along(axis, len(shape), places) < 0, -1, whole)
        np.testing.assert_array_equal(np.broadcast_to(found, expected.shape), expected, f"seed {seed}")


def test_what_is_made_of_several_places_stands_for_none_of_them() -> None:
    code = np.array([[0, 1, 2], [-1, 1, 1], [-1, -1, -1]])
    assert codes.agreed(code, [1]).ravel().tolist() == [-1, 1, -1]
    assert codes.differs(code, [1])
    assert not codes.differs(code[1:], [1])  # none is no other place


def program_of(*shapes: tuple[int, ...]) -> Program:
    program = Program()
    for number, shape in enumerate(shapes):
        program.inputs[f"x{number}"] = program.new(shape, is_float=True)
    return program


def tracks_of(program: Program, last: Callable[[int], Op]) -> list[Track]:
    """Returns the tracks at what one more op makes, of the positions of all inputs."""
    output = program.add(last(len(program.shapes) - 1))
    origins = {
        number: [Track(Position(name, 1), along(1, len(program.shapes[number]), range(program.shapes[number][1])))]
        for name, number in program.inputs.items()
    }
    return Tracks(program, Dependence(program), origins).of(output, Position)


def test_scores_have_queries_and_keys_and_the_sum_of_values_only_queries() -> None:
    program = program_of((2, 4, 8), (2, 3, 8))
    scores = program.new((2, 4, 3), is_float=True)
    program.add(Product((0, 1), scores, 0, "bqd", "bkd", "bqk"))
    context = program.new((2, 4, 8), is_float=True)
    found = tracks_of(program, lambda _: Product((scores, 1), context, 1, "bqk", "bkd", "bqd"))
    assert [(track.origin, track.code.shape) for track in found] == [(Position("x0", 1), (1, 4, 1))]


def test_of_two_positions_that_nearer_to_its_input_counts() -> None:
    program = program_of((1, 4, 2))
    shifted = program.new((1, 4, 2), is_float=True)
    program.add(Take((0,), shifted, 0, {1: np.array([-1, 0, 1, 2])}))
    mixed = program.new((1, 4, 2), is_float=True)
    (track,) = tracks_of(program, lambda _: Elementwise((shifted, 0), mixed, 1, "add"))
    assert track.code.ravel().tolist() == [0, 1, 2, 3]


def test_positions_are_lost_where_they_are_summed() -> None:
    program = program_of((1, 4, 2))
    pooled = program.new((1, 2), is_float=True)
    assert tracks_of(program, lambda _: Reduce((0,), pooled, 0, (1,), False, True)) == []


def test_heads_folded_into_the_examples_keep_their_positions() -> None:
    program = program_of((2, 4, 6))
    split, moved, folded = (program.new(shape, is_float=True) for shape in ((2, 4, 3, 2), (2, 3, 4, 2), (6, 4, 2)))
    program.add(Reshape((0,), split, 0))
    program.add(Transpose((split,), moved, 1, (0, 2, 1, 3)))
    (track,) = tracks_of(program, lambda _: Reshape((moved,), folded, 2))
    assert track.code.shape == (1, 4, 1)


# What has to be run to know whether it sums to 1


def test_what_a_kernel_made_is_taken_for_weights_only_once_something_may_have_normalised_it() -> None:
    program = program_of((2, 4, 8))
    kernel, factor = program.new((8, 3), is_float=True), program.new((), is_float=True)
    program.variables.add(kernel)
    logits, scaled, quotient, mixed, pooled = (program.new((2, 4, 3), is_float=True) for _ in range(5))
    total = program.new((2, 1, 3), is_float=True)
    program.add(Product((0, kernel), logits, 0, "btd", "dh", "bth"))
    program.add(Elementwise((logits, factor), scaled, 1, "multiply"))
    program.add(Reduce((scaled,), total, 2, (1,), True, True))
    program.add(Elementwise((scaled, total), quotient, 3, "divide"))
    program.add(Product((scaled, 0), mixed, 4, "bth", "btd", "bhd"))
    program.add(Product((quotient, 0), pooled, 5, "bth", "btd", "bhd"))
    assert {tensor for tensor, _ in candidates_in(program, Dependence(program))} == {quotient}


# Layout


@pytest.mark.parametrize("fold", [Fold(0, 1, 1), Fold(0, 3, 1), Fold(0, 1, 3), Fold(1, 2, 1), Fold(2, 1, 2)])
def test_examples_are_found_by_their_track_and_by_rolling(fold: Fold) -> None:
    random, batch = np.random.default_rng(0), 4
    sizes = [5, 5, 70]
    sizes[fold.axis] = fold.outer * batch * fold.inner
    split = [*sizes[: fold.axis], fold.outer, batch, fold.inner, *sizes[fold.axis + 1 :]]
    weights = random.normal(size=split).astype(np.float32)
    rolled = np.roll(weights, 1, axis=fold.axis + 1)
    code = np.broadcast_to(along(fold.axis + 1, len(split), range(batch)), split).reshape(sizes)
    assert fold_by_code(reduced(code), tuple(sizes), batch) == fold
    assert folds_by_rolling(weights.reshape(sizes), rolled.reshape(sizes), batch, range(len(sizes))) == [fold]
    layout = lay_out(sizes, keys=((fold.axis + 1) % 3,), queries=(), fold=fold, batch=batch)
    assert layout.result[0] == batch
    laid = layout(weights.reshape(sizes), batch)
    np.testing.assert_array_equal(np.roll(laid, 1, axis=0), layout(rolled.reshape(sizes), batch))


def test_an_axis_that_joins_two_is_taken_apart() -> None:
    outer, inner = np.divmod(np.arange(6), 3)
    assert unmerged([along(1, 3, inner), along(1, 3, outer)], [3, 2], axis=1, size=6) == (2, 3)
    assert unmerged([along(1, 3, inner[::-1]), along(1, 3, outer)], [3, 2], axis=1, size=6) == ()
