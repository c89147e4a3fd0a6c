"""What `fit` logs, read back from the file: steps and values."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.logging_runs import TARGET_IDS, fit, language_model, log_once, steps
from helpers.zoo import CASES
from helpers.zoo.case import Calling, X
from helpers.zoo.reference import causal, embed, multi_head
from keras import layers
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import AttentionLogger, EveryBatches, EveryEpochs, Geometric
from tb_seqviz_plugin.schema.attention import LeftOut

# Steps


SCHEDULES: list[tuple[Any, list[int]]] = [
    ("epoch", [0, 1, 2]),
    (EveryEpochs(2), [0, 2]),
    (4, [4, 8, 12, 16]),
    (EveryBatches(7), [7, 14]),
    (Geometric(1.5), [1, 2, 3, 5, 7, 11, 16]),
    ("geometric", [*range(1, 18)]),
]


def test_steps_follow_the_schedule(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(len(SCHEDULES))]
    loggers = [
        AttentionLogger(folder, TARGET_IDS, schedule=schedule)
        for folder, (schedule, _) in zip(folders, SCHEDULES, strict=True)
    ]
    fit(language_model(), *loggers, epochs=3)
    for folder, (schedule, expected) in zip(folders, SCHEDULES, strict=True):
        assert steps(folder) == steps(folder, "attention/probe/1") == expected, schedule


def test_geometric_schedule_is_dense_early_and_bounded_for_ever() -> None:
    schedule, logged, before = Geometric(), [], 0
    while before < 10**9:
        now = before + max(1, before // 200)
        if schedule.due(before, now):
            logged.append(now)
        before = now
    assert logged[:17] == list(range(1, 18))
    assert 300 < len(logged) < 400
    assert all(later <= earlier * 1.1 for earlier, later in itertools.pairwise(logged[17:]))


def test_initial_epoch_counts_on(tmp_path: Path) -> None:
    model, logger = language_model(), AttentionLogger(tmp_path, TARGET_IDS)
    fit(model, logger, epochs=2)
    fit(model, logger, epochs=4, initial_epoch=2)
    assert steps(tmp_path) == [0, 1, 2, 3]


def test_initial_epoch_of_a_resumed_run_counts_the_batches_before(tmp_path: Path) -> None:
    fit(language_model(), AttentionLogger(tmp_path, TARGET_IDS, schedule=3), initial_epoch=2, epochs=3)
    assert steps(tmp_path) == [15, 18]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [pytest.param("epoch", [0, 1, 2, 3], marks=pytest.mark.long), (3, [3, 6, 9, 12, 15, 18, 21, 24])],
)
def test_a_second_fit_adds_to_the_first(schedule: Any, expected: list[int], tmp_path: Path) -> None:
    model, logger = language_model(), AttentionLogger(tmp_path, TARGET_IDS, schedule=schedule)
    for _ in range(2):
        fit(model, logger, epochs=2)
    assert steps(tmp_path) == expected


@pytest.mark.parametrize(
    ("schedule", "expected"), [pytest.param("epoch", [0, 1, 2, 3], marks=pytest.mark.long), (6, [6, 12, 13, 19])]
)
def test_a_new_logger_of_a_new_model_adds_to_what_the_folder_holds(
    schedule: Any, expected: list[int], tmp_path: Path
) -> None:
    for _ in range(2):
        fit(language_model(), AttentionLogger(tmp_path, TARGET_IDS, schedule=schedule), epochs=2)
    assert steps(tmp_path) == expected


@pytest.mark.parametrize(("batches", "expected"), [(8, [4, 8, 12, 16]), (6, [4, 10, 12])])
def test_several_steps_per_execution(batches: int, expected: list[int], tmp_path: Path) -> None:
    if batches == 6 and tuple(map(int, keras.version().split(".")[:2])) < (3, 15):
        pytest.skip("older versions of Keras end an epoch without a callback where an execution is cut short")
    model = language_model()
    model.compile("sgd", model.loss, steps_per_execution=4)
    fit(model, AttentionLogger(tmp_path, TARGET_IDS, schedule=4), batches=batches, epochs=2)
    assert steps(tmp_path) == expected


def test_a_loop_of_ones_own(tmp_path: Path) -> None:
    logger = AttentionLogger(tmp_path, TARGET_IDS)
    logger.set_model(language_model())
    for step in (0, 10, np.int64(20)):
        logger.log(step)
    logger.close()
    logger.log(30)
    logger.close()
    assert steps(tmp_path) == [0, 10, 20, 30]


def test_nothing_is_written_before_something_is_logged(tmp_path: Path) -> None:
    logger = AttentionLogger(tmp_path / "run", TARGET_IDS, schedule=100)
    fit(language_model(), logger)
    assert not (tmp_path / "run").exists()


def test_two_loggers_share_a_folder(tmp_path: Path) -> None:
    ids = np.ones((4, 6), dtype="int32")
    loggers = [AttentionLogger(tmp_path, TARGET_IDS, name=name) for name in ("train", "test")]
    language_model().fit(ids, ids, verbose=0, callbacks=loggers)
    assert len(list(tmp_path.rglob("*tfevents*"))) == 1
    assert {record.tag for record in seqviz.read(tmp_path)} == {
        f"attention/{n}/{i}" for n in ("train", "test") for i in (0, 1)
    }


def test_the_model_is_traced_once_per_probe(tmp_path: Path) -> None:
    traced = []

    def call(self: Any, x: Any) -> Any:
        traced.append(self)
        return self.dense(self.attention([x, x]))

    model = Calling(call, attention=layers.Attention(), dense=layers.Dense(8))
    logger = AttentionLogger(tmp_path, X)
    model.compile("sgd", "mse")
    traced.clear()
    model.fit(X, X, verbose=0, epochs=3)
    by_keras = len(traced)
    for _ in range(2):
        model.fit(X, X, verbose=0, epochs=3, callbacks=[logger])
    assert len(traced) == by_keras + 1
    assert len(steps(tmp_path)) == 6


def test_a_model_that_was_changed_is_traced_anew(tmp_path: Path) -> None:
    model, logger = language_model(), AttentionLogger(tmp_path, TARGET_IDS)
    logger.set_model(model)
    logger.log(0)
    layer, embedding = model.get_layer("attention"), model.layers[1]
    layer._query_dense.enable_lora(2)
    layer._query_dense.lora_kernel_b.assign(np.ones(layer._query_dense.lora_kernel_b.shape))
    logger.log(1)
    logger.close()
    record = [record for record in seqviz.read(tmp_path, "attention") if record.tag == "attention/probe/0"][-1]
    x = embed(embedding, TARGET_IDS[:1])
    expected = multi_head(layer, x, x, causal(6))[0][0]
    _assert_within_bound(record.layers[0].weights, expected)


# Values


def _assert_within_bound(logged: Any, expected: Any) -> None:
    assert logged.shape == expected.shape
    bound = expected.max(axis=-1, keepdims=True) / 255 + 1e-6
    assert np.all(np.abs(logged - expected) <= bound)


def test_values_are_those_of_numpy_from_fit_to_file(tmp_path: Path) -> None:
    model = language_model()
    fit(model, AttentionLogger(tmp_path, TARGET_IDS), epochs=3)
    records = [record for record in seqviz.read(tmp_path, "attention") if record.step == 2]
    x = embed(model.layers[1], TARGET_IDS)
    weights, _ = multi_head(model.get_layer("attention"), x, x, causal(6))
    assert [record.tag for record in records] == ["attention/probe/0", "attention/probe/1"]
    for record, expected in zip(records, weights, strict=True):
        (layer,) = record.layers
        assert (layer.path, layer.class_name, layer.call) == ("attention", "MultiHeadAttention", 0)
        _assert_within_bound(layer.weights, expected)


@pytest.mark.parametrize(
    "name", ["mixed_float16", "decoder_loop", "tutorial_bahdanau", "heads_in_a_loop", "attention_over_images"]
)
def test_values_of_other_kinds_are_those_of_numpy(name: str, tmp_path: Path) -> None:
    case = CASES[name]()
    for example, record in enumerate(log_once(tmp_path, case.model, case.inputs)):
        assert [layer.path for layer in record.layers] == list(case.paths)
        for layer, expected in zip(record.layers, case.expected, strict=True):
            wanted = expected[example]
            bound = wanted.max(axis=-1, keepdims=True) / 255 + 2 * case.tolerance
            assert layer.weights.dtype == np.float32
            assert np.all(np.abs(layer.weights - wanted) <= bound)


# Budget


def test_a_run_stays_within_its_budget(tmp_path: Path) -> None:
    ids = layers.Input((70,))
    x = layers.Embedding(9, 4)(ids)
    model = keras.Model(ids, layers.MultiHeadAttention(2, 2)(x, x))
    probe, limit = np.arange(70)[None] % 9, 64_000
    logger = AttentionLogger(tmp_path, probe, model=model, byte_budget=limit)
    with pytest.warns(UserWarning, match=r"take 9,800 bytes, and byte_budget leaves it 2,000: of the largest layers"):
        logger.log(0)
    for step in range(1, 12):
        logger.log(step)
    logger.close()
    shapes = [record.layers[0].weights.shape for record in seqviz.read(tmp_path, "attention")]
    assert shapes == [(2, 35, 35)] * 12
    assert sum(path.stat().st_size for path in (tmp_path / "seqviz").glob("*tfevents*")) < limit
    AttentionLogger(tmp_path / "all", probe, model=model, byte_budget=None).log(0)
    (record,) = seqviz.read(tmp_path / "all", "attention")
    assert record.layers[0].weights.shape == (2, 70, 70)
    with pytest.raises(ValueError, match=r"byte_budget=0\.5; expected a whole number of bytes that the run may take"):
        AttentionLogger(tmp_path, probe, byte_budget=0.5)


# Scalars


@pytest.mark.parametrize("scalars", [True, False])
def test_measures_are_scalars_of_the_first_example(scalars: bool, tmp_path: Path) -> None:
    AttentionLogger(tmp_path, TARGET_IDS, model=language_model(), scalars=scalars).log(3)
    found = EventAccumulator(str(tmp_path / "seqviz"), size_guidance={"tensors": 0}).Reload()
    shown = {tag for tag in found.Tags()["tensors"] if tag.startswith("attention/probe/") and tag.count("/") > 2}
    first = next(seqviz.read(tmp_path, "attention"))
    (layer,) = first.layers
    expected = {
        "normalized_entropy": layer.measures["normalized_entropy"].mean(),
        "max_logit": layer.measures["max_logit"].max(),
        "first": layer.measures["first"].mean(),
    }
    assert {f"attention/probe/0/{name}/{layer.path}" for name in expected} <= shown if scalars else not shown
    assert not any(tag.startswith("attention/probe/1/") for tag in shown)
    for name, value in expected.items() if scalars else ():
        (event,) = found.Tensors(f"attention/probe/0/{name}/{layer.path}")
        assert (event.step, float(tensor_util.make_ndarray(event.tensor_proto))) == (3, pytest.approx(float(value)))


def test_a_record_says_which_layers_it_leaves_out(tmp_path: Path) -> None:
    ids = layers.Input((5,))
    x = layers.Embedding(10, 8)(ids)
    for block in range(3):
        x += layers.MultiHeadAttention(2, 4, name=f"block_{block}")(x, x, use_causal_mask=True)
    model = keras.Model(ids, layers.Dense(10)(x))
    examples = np.arange(10).reshape(2, 5)
    for name, chosen in (("all", None), ("some", ["block_0", "block_2"])):
        AttentionLogger(tmp_path, examples, name=name, layers=chosen, model=model).log(0)
    records = {record.tag: record for record in seqviz.read(tmp_path, "attention")}
    whole, some = records["attention/all/0"], records["attention/some/0"]
    assert (list(whole.left_out or []), seqviz.rollout(whole).layers) == ([], ["block_0", "block_1", "block_2"])
    assert list(some.left_out or []) == [LeftOut("block_1", 0, "decoder self", 5, 5, 1)]
    assert [list(layer.reads or ()) for layer in whole.layers] == [[], [0], [0, 1]]
    assert [list(layer.reads or ()) for layer in some.layers] == [[], [0]]
    assert seqviz.rollout(some, "block_0").is_whole
    with pytest.raises(ValueError, match="The record leaves out 'block_1' below layer 'block_2'"):
        seqviz.rollout(some)


def test_a_record_says_which_layers_are_computed_from_which(tmp_path: Path) -> None:
    ids = layers.Input((5,))
    x = layers.Embedding(10, 8)(ids)
    left, right = (layers.MultiHeadAttention(2, 4, name=name)(x, x) for name in ("left", "right"))
    x = layers.MultiHeadAttention(2, 4, name="joined")(left + right, left + right) + x
    model = keras.Model(ids, layers.Dense(10)(x))
    AttentionLogger(tmp_path, np.arange(10).reshape(2, 5), model=model).log(0)
    record = next(seqviz.read(tmp_path, "attention"))
    assert {layer.path: [record.layers[at].path for at in layer.reads or ()] for layer in record.layers} == {
        "left": [],
        "right": [],
        "joined": ["left", "right"],
    }
    assert [seqviz.rollout(record, name).layers for name in ("left", "right")] == [["left"], ["right"]]
    with pytest.raises(ValueError, match="Layers 'left' and 'right' lie beside each other below layer 'joined'"):
        seqviz.rollout(record)
