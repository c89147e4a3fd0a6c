"""What all callbacks promise: nothing of theirs ends `fit`, each thing is told once, and a loop of one's own takes three lines."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.cases import others_long
from helpers.logging_runs import language_model
from helpers.sources import ROOT
from helpers.writing_runs import CHARACTERS, bigrams, sample_logger, warnings_of
from keras import layers

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import (
    AttentionLogger,
    EmbeddingLogger,
    EveryBatches,
    EveryEpochs,
    Geometric,
    SampleLogger,
    StructureLogger,
)
from tb_seqviz_plugin.callbacks.base import SeqVizCallback

IDS = np.array([[1, 2, 3, 4, 5, 6]] * 4)
LOGGERS: dict[str, Any] = {
    "attention": lambda folder, **options: AttentionLogger(folder, IDS[:1], **options),
    "samples": lambda folder, **options: sample_logger(folder, ["ab"], tokenizer=CHARACTERS, max_length=3, **options),
    "structure": lambda folder, **options: StructureLogger(folder, (IDS, IDS), **options),
    "embeddings": lambda folder, **options: EmbeddingLogger(folder, **options),
}


def _fitted(*callbacks: keras.callbacks.Callback, epochs: int = 2) -> list[float]:
    model = language_model()
    return model.fit(IDS, IDS, epochs=epochs, batch_size=2, verbose=0, callbacks=list(callbacks)).history["loss"]


# Schedules


@pytest.mark.parametrize("schedule", [EveryEpochs, Geometric, EveryBatches])
def test_a_schedule_without_parentheses(schedule: Any, tmp_path: Path) -> None:
    with pytest.raises(
        ValueError,
        match=rf"^schedule= is the class {schedule.__name__}; expected an object of it: write {schedule.__name__}\(\.\.\.\)\.$",
    ):
        EmbeddingLogger(tmp_path, schedule=schedule)


class OfOneNumber:
    unit = "batch"

    def due(self, now: int) -> bool:
        return True


@pytest.mark.parametrize("schedule", ["epochs", None, 0, -1, True, 1.5, np.array([1, 2]), OfOneNumber(), ["epoch"]])
def test_what_is_no_schedule(schedule: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^(The schedule is|EveryBatches was given) .+expected .+\.$"):
        EmbeddingLogger(tmp_path, schedule=schedule)


@pytest.mark.parametrize("ratio", [1, 0.5, np.nan, np.inf, "2", None, 10**400, True])
def test_a_ratio_without_an_end(ratio: Any) -> None:
    with pytest.raises(ValueError, match=r"^Geometric has the ratio .+; expected a number above 1, such as 1\.06\.$"):
        Geometric(ratio)


def test_any_kind_of_whole_number(tmp_path: Path) -> None:
    assert EveryEpochs(np.int64(3)) == EveryEpochs(3)
    assert EmbeddingLogger(tmp_path, schedule=np.uint8(100))._schedule == EveryBatches(100)
    for wrong in (2.0, "2", np.True_, None):
        with pytest.raises(ValueError, match=r"^EveryEpochs was given n=.+; expected a whole number from 1 on\.$"):
            EveryEpochs(wrong)


class Failing:
    def __init__(self, unit: Any) -> None:
        self.unit = unit

    def due(self, before: int, now: int) -> bool:
        raise RuntimeError("no calendar is at hand")


@pytest.mark.parametrize("unit", ["epoch", pytest.param("batch", marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", others_long(["samples"], LOGGERS))
def test_a_schedule_that_fails(kind: str, unit: str, tmp_path: Path) -> None:
    logger = LOGGERS[kind](tmp_path, schedule=Failing(unit))
    losses: list[float] = []
    messages = warnings_of(lambda: losses.extend(_fitted(logger)))
    assert len(losses) == 2
    assert messages
    # One hook may be told of beside the other.
    assert len(messages) == len(set(messages)) <= 2
    assert all(
        re.fullmatch(
            rf"{type(logger).__name__} could not do its part in on_\w+, and training goes on: no calendar is at hand\.",
            message,
        )
        for message in messages
    )


# Nothing ends a training run


@pytest.mark.parametrize("kind", others_long(["attention", "structure"], LOGGERS))
def test_no_hook_ends_training(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails inside, of all that `fit` calls."""
    logger = LOGGERS[kind](tmp_path, schedule=1)

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise MemoryError

    class Broken(type(logger)):  # type: ignore[misc]
        """Fails wherever one of its attributes is asked for, but for what makes warnings of it."""

        def __getattribute__(self, name: str) -> Any:
            if name in ("_schedule", "_writer", "_batches", "_snapshots", "_groups", "_listening", "_passed_over"):
                raise MemoryError(name)
            return super().__getattribute__(name)

    logger.__class__ = Broken
    losses: list[float] = []
    messages = warnings_of(lambda: losses.extend(_fitted(logger)))
    assert len(losses) == 2
    assert all("and training goes on: MemoryError: " in message for message in messages)
    assert len(messages) >= 3


def test_all_hooks_of_all_callbacks_are_harmless() -> None:
    kinds = (SeqVizCallback, AttentionLogger, SampleLogger, StructureLogger, EmbeddingLogger)
    hooks = {getattr(kind, name) for kind in kinds for name in dir(kind) if re.match(r"on_|set_", name)}
    own = [hook for hook in hooks if not hook.__module__.startswith("keras")]
    assert len(own) >= 10
    assert [hook.__qualname__ for hook in own if not hasattr(hook, "__wrapped__")] == []


def test_a_model_without_a_tokenizer_does_not_end_training(tmp_path: Path) -> None:
    logger = sample_logger(tmp_path, ["ab"])
    losses: list[float] = []
    messages = warnings_of(lambda: losses.extend(_fitted(logger)))
    assert len(losses) == 2
    (message,) = messages
    assert re.match(
        r"SampleLogger could not log at step 0, and training goes on: tokenizer= is missing, and the model 'language' brings none",
        message,
    )


# Warnings


class Telling(SeqVizCallback):
    """Warns of several things at each step."""

    def __init__(self, folder: Path, tell: Any, **options: Any) -> None:
        super().__init__(folder, 1, "attention/telling", **options)
        self.tell = tell

    def collect(self, step: int) -> None:
        self.tell(self, step)


def _told(tmp_path: Path, tell: Any, steps: int = 3) -> list[str]:
    logger = Telling(tmp_path, tell, model=language_model())

    def run() -> None:
        for step in range(steps):
            logger.log(step)
        logger.close()

    return warnings_of(run)


def test_each_thing_is_told_once(tmp_path: Path) -> None:
    def tell(logger: Telling, step: int) -> None:
        for number in (1, 2):
            logger.warn(f"emb_{number} is broken.")
            logger.warn(f"{step + 5} rows of dense_{number} are NaN.", about=f"NaN in dense_{number}")

    assert _told(tmp_path, tell) == [
        "emb_1 is broken.", "5 rows of dense_1 are NaN.", "emb_2 is broken.", "5 rows of dense_2 are NaN.",
    ]  # fmt: skip


def test_errors_alike_are_told_once(tmp_path: Path) -> None:
    def tell(logger: Telling, step: int) -> None:
        raise ValueError(f"emb_{step % 2} holds NaN in {step} of 10 rows.")

    assert _told(tmp_path, tell, steps=6) == [
        f"Telling could not log at step {step}, and training goes on: emb_{step} holds NaN in {step} of 10 rows."
        for step in (0, 1)
    ]


def test_how_many_more_there_were_is_told_at_the_end(tmp_path: Path) -> None:
    def tell(logger: Telling, step: int) -> None:
        for number in range(30):
            logger.warn(f"emb_{number} is broken.")

    *told, rest = _told(tmp_path, tell)
    assert told == [f"emb_{number} is broken." for number in range(20)]
    assert rest == (
        "Telling had 10 more warnings than the 20 that it showed: emb_20 is broken. | emb_21 is broken. | emb_22 is broken. | ..."
    )


def test_the_rest_is_told_at_the_end_of_fit(tmp_path: Path) -> None:
    def tell(logger: Telling, step: int) -> None:
        for number in range(21):
            logger.warn(f"emb_{number} is broken.")

    messages = warnings_of(lambda: _fitted(Telling(tmp_path, tell, model=None)))
    assert len(messages) == 21
    assert messages[-1] == "Telling had 1 more warnings than the 20 that it showed: emb_20 is broken."


# Loops of one's own


@pytest.mark.parametrize("kind", LOGGERS)
def test_a_loop_of_ones_own(kind: str, tmp_path: Path) -> None:
    """Everything is on disk when `log` returns, without `close`."""
    model = bigrams() if kind == "samples" else language_model()
    logger = LOGGERS[kind](tmp_path, model=model)
    optimizer = keras.optimizers.SGD()
    optimizer.build(model.trainable_variables)
    for step in range(3):
        logger.log(optimizer.iterations if step == 0 else np.int64(step))
        assert max(record.step for record in seqviz.read(tmp_path) if record.tag.split("/")[0] != "structure") == step
        if kind == "embeddings":
            assert len(list(tmp_path.glob("seqviz/embeddings/step-*"))) == step + 1


PROGRAM = """
import os, signal, sys
import numpy as np
from helpers.logging_runs import language_model
from tb_seqviz_plugin.callbacks import AttentionLogger

ids = np.array([[1, 2, 3, 4, 5, 6]])
logger = AttentionLogger(sys.argv[1], ids, model=language_model())
logger.log(0)
logger.log(7)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes end otherwise there")
def test_a_process_that_is_killed_leaves_all_steps(tmp_path: Path) -> None:
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": "-1"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    assert [record.step for record in seqviz.read(tmp_path, "attention")] == [0, 7]


def test_a_model_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^The model is '.+', a str; expected a keras.Model\.$"):
        EmbeddingLogger(tmp_path, model="model")


def test_a_model_of_keras_2_is_warned_of_once_and_does_not_end_its_fit(tmp_path: Path) -> None:
    """Its `fit` asks each callback for what it implements, and calls what it has."""
    model = type("Model", (), {"__module__": "tf_keras.src.engine.training", "name": "old"})()
    logger = AttentionLogger(tmp_path, np.ones((1, 3), int), schedule=1)

    def fit() -> None:
        logger.set_model(model)
        for when in ("train", "test", "predict"):
            assert getattr(logger, f"_implements_{when}_batch_hooks")() is False
        logger.on_train_begin()
        logger.on_epoch_begin(0)
        logger.on_train_batch_end(0)
        logger.on_epoch_end(0)
        logger.on_train_end()

    (told,) = warnings_of(fit)
    assert "'old' is of Keras 2, which tf.keras is where TF_USE_LEGACY_KERAS=1; expected a model of Keras 3" in told
    assert not any(tmp_path.iterdir())
    with pytest.raises(ValueError, match="'old' is of Keras 2"):
        AttentionLogger(tmp_path, np.ones((1, 3), int), model=model)


def test_a_step_that_is_none(tmp_path: Path) -> None:
    logger = EmbeddingLogger(tmp_path, model=keras.Sequential([layers.Input((2,)), layers.Embedding(3, 4)]))
    (message,) = warnings_of(lambda: logger.log("last"))  # type: ignore[arg-type]
    assert message == (
        "EmbeddingLogger could not log at step last, and training goes on: The step is 'last'; expected a whole number."
    )
