"""What logging costs is measured, shown and bounded, by a clock that only the test moves."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.logging_runs import language_model
from helpers.writing_runs import warnings_of
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util import tensor_util

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import EmbeddingLogger, EveryEpochs, SeqViz, StructureLogger
from tb_seqviz_plugin.callbacks import overhead as overhead_module
from tb_seqviz_plugin.callbacks.overhead import Expense, Overhead
from tb_seqviz_plugin.log.cost import Cost
from tb_seqviz_plugin.log.events import event_files

IDS = np.array([[1, 2, 3, 4, 5, 6]] * 4)


class Clock:
    def __init__(self) -> None:
        self.now = 1e6

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(overhead_module, "perf_counter", clock)
    monkeypatch.setattr(overhead_module, "SHORTEST", 180.0)
    return clock


class Training(keras.callbacks.Callback):
    """A training in which each epoch takes so many seconds."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        super().__init__()
        self._clock, self._seconds = clock, seconds

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._clock.now += self._seconds


def slow(kind: type, clock: Clock, first: float, later: float) -> type:
    """Returns a logger of which the first log takes so many seconds, and each later one."""

    class Slow(kind):  # type: ignore[misc]
        def collect(self, step: int) -> None:
            clock.now += later if self.logged else first
            super().collect(step)

    Slow.__name__ = kind.__name__
    return Slow


def fit(callbacks: list[Any], epochs: int, **options: Any) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = language_model()
    model.fit(IDS, IDS, epochs=epochs, verbose=0, callbacks=callbacks, **options)
    return model


def steps(folder: Path, kind: str = "embeddings") -> list[int]:
    return [record.step for record in seqviz.read(folder, kind)]


def scalars(folder: Path) -> dict[str, dict[int, float]]:
    """Returns TensorBoard's own scalars, by tag and step."""
    found: dict[str, dict[int, float]] = {}
    for path in event_files(folder / "seqviz"):
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "scalars":
                    found.setdefault(value.tag, {})[event.step] = tensor_util.make_ndarray(value.tensor).item()
    return found


def test_time_is_divided_among_those_that_have_it(clock: Clock) -> None:
    overhead, outer, inner = Overhead(None, "SeqViz"), Expense(), Expense()
    overhead.join(outer)
    overhead.join(inner)
    clock.now += 1000  # before training
    with overhead.paid_by(outer):
        overhead.begin()
        clock.now += 1
        with overhead.logged_by(inner):
            clock.now += 2
        clock.now += 4
    clock.now += 100
    with overhead.paid_by(outer):
        with overhead.logged_by(inner):
            clock.now += 0.5
        overhead.end()
    clock.now += 1000
    with overhead.paid_by(outer):
        pass
    assert (outer.waited, inner.waited, inner.first, inner.latest, overhead.trained) == (5, 2.5, 2, 0.5, 100)
    assert overhead.share(inner) == 0.025
    assert overhead.share(inner, outer) == 0.075


def test_what_is_compiled_in_a_later_log_is_not_expected_of_the_next(clock: Clock) -> None:
    overhead, expense = Overhead(0.02, "SeqViz"), Expense()
    overhead.join(expense)
    expected = []
    for seconds in (9, 0.5, 5, 0.25, 2):
        with overhead.logged_by(expense):
            clock.now += seconds
        expected.append(expense.latest)
    assert expected == [0, 0.5, 0.5, 0.25, 0.25]
    assert expense.waited == 16.75


def test_time_after_a_training_that_was_interrupted_is_none_of_it(clock: Clock) -> None:
    overhead, expense = Overhead(0.02, "SeqViz"), Expense()
    for _ in range(2):
        with overhead.paid_by(expense):
            overhead.begin()
        clock.now += 10
        with overhead.paid_by(expense):
            pass
        clock.now += 5000  # nothing said that it ended
    assert overhead.trained == 20


def test_time_between_a_fit_that_was_interrupted_and_the_next_is_no_training(tmp_path: Path, clock: Clock) -> None:
    def interrupt(epoch: int, logs: Any = None) -> None:
        raise KeyboardInterrupt

    for logger in (EmbeddingLogger(tmp_path / "alone"), SeqViz(tmp_path / "all", options={"attention": False})):
        model = language_model()
        callbacks = [Training(clock, 10), logger, keras.callbacks.LambdaCallback(on_epoch_end=interrupt)]
        with pytest.raises(KeyboardInterrupt):
            model.fit(IDS, IDS, epochs=3, verbose=0, callbacks=callbacks)
        clock.now += 5000
        model.fit(IDS, IDS, epochs=3, verbose=0, callbacks=[Training(clock, 10), logger])
        assert logger.overhead.trained == 40


def test_threads_that_write_count_by_their_share_of_the_processors(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overhead_module, "_processors", lambda: 4)
    overhead, expense = Overhead(0.02, "SeqViz"), Expense()
    overhead.join(expense)
    expense.background += [Cost(bytes=3, writing=1), Cost(bytes=4, writing=1.5, uploading=0.5)]
    overhead.begin()
    with overhead.paid_by(expense):
        clock.now += 0.25
    clock.now += 50
    overhead.scalars("a", expense)
    assert (expense.bytes, expense.seconds_in_background, overhead.share(expense)) == (7, 3, 0.02)


def test_what_is_due_is_passed_over_where_it_would_take_too_long(tmp_path: Path, clock: Clock) -> None:
    logger = slow(EmbeddingLogger, clock, 20, 5)(tmp_path)
    messages = warnings_of(lambda: fit([Training(clock, 100), logger], epochs=60))
    found = steps(tmp_path)
    assert found[0] == 0
    assert found[-1] == 59
    # 20 s for the first are paid off after 20 epochs; a log of 5 s then comes every 2 or 3.
    assert np.diff([step for step in found if step >= 20]).max() == 3
    # The whole of it, the first and the last log included.
    assert logger.seconds <= 0.02 * 60 * 100
    assert logger.seconds > 0.017 * 60 * 100
    assert messages == [
        "EmbeddingLogger logs less often than its schedule says: so far training has taken 300 s and logging 25.0 s, the first log "
        "included, and max_overhead=0.02 allows 2.0%. The first and the last log come in any case, as does log(step); a larger "
        "max_overhead, or None, logs more."
    ]


def test_what_keeps_the_bound_is_logged_while_the_first_log_is_paid_off(tmp_path: Path, clock: Clock) -> None:
    fit([Training(clock, 100), slow(EmbeddingLogger, clock, 300, 0.5)(tmp_path)], epochs=20)
    assert steps(tmp_path) == list(range(20))


def test_the_first_log_of_another_model_is_a_first_one_again(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    traced: list[keras.Model] = []
    collect = EmbeddingLogger.collect

    def slowly(self: Any, step: int) -> None:
        clock.now += 0.1 if any(self.model is each for each in traced) else 20
        traced.append(self.model)
        collect(self, step)

    monkeypatch.setattr(EmbeddingLogger, "collect", slowly)
    others = {"attention": False, "structure": False}
    for logger in (EmbeddingLogger(tmp_path / "alone"), SeqViz(tmp_path / "all", options=others)):
        for _ in range(3):
            fit([Training(clock, 40), logger], epochs=3)
        assert steps(logger.log_dir) == list(range(9))
        assert sum(each.first for each in logger.overhead.expenses) == 60


def test_a_first_log_that_fails_leaves_the_next_one_the_first(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = {0, 2}
    collect = EmbeddingLogger.collect

    def slowly(self: Any, step: int) -> None:
        clock.now += 0.1 if self.logged else 1
        if step in failing:
            raise RuntimeError("it has no weights yet")
        collect(self, step)

    monkeypatch.setattr(EmbeddingLogger, "collect", slowly)
    logger = EmbeddingLogger(tmp_path)
    warnings_of(lambda: fit([Training(clock, 60), logger], epochs=6))
    # The log that failed was paid as one that comes again, with which another one would have been too much for a while.
    assert steps(tmp_path) == [1, 3, 4, 5]
    assert (logger.logged, logger._expense.first, logger.seconds) == (4, 2, pytest.approx(2.4))


@pytest.mark.parametrize(("first", "allowed"), [pytest.param(3, 4, marks=pytest.mark.long), (3.7, 4), (5, 7)])
def test_of_a_training_of_known_length_the_first_log_is_paid_off_by_its_end(
    tmp_path: Path, clock: Clock, first: float, allowed: float
) -> None:
    logger = slow(EmbeddingLogger, clock, first, 0.05)(tmp_path, schedule=1)
    each_batch = keras.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: clock.wait(5))
    warnings_of(lambda: fit([each_batch, logger], epochs=15, initial_epoch=5, batch_size=1))
    found = steps(tmp_path)
    assert (found[0], found[-1]) == (21, 60)
    # All that can be kept is kept, and used; where the first log alone takes more, half of what is allowed shows training.
    assert allowed - 0.6 < logger.seconds <= allowed
    assert 4 < len(found) < 40


def test_what_saves_time_later_may_take_half_of_what_is_left(clock: Clock) -> None:
    overhead, expense = Overhead(0.02, "SeqViz"), Expense()
    overhead.join(expense)
    overhead.begin()
    overhead.note_progress(0)
    with overhead.logged_by(expense):
        clock.now += 1.6
    clock.now += 100
    assert (overhead.affords(1), overhead.affords(1.1), Overhead(None, "SeqViz").affords(1e9)) == (True, False, True)
    overhead.note_progress(0.25)
    with overhead.logged_by(expense), overhead.prepared_by(expense):
        clock.now += 3.2
    assert (overhead.expected, expense.first, expense.later) == (400, pytest.approx(4.8), pytest.approx(0))
    assert expense.latest == pytest.approx(0)  # which the next log is not expected to take again
    assert (overhead.affords(1.5), overhead.affords(1.7)) == (True, False)
    assert overhead.outlook() == "max_overhead=0.02 leaves 3.2 s for those in 400 s of training."
    assert Overhead(None, "SeqViz").outlook() == ""


def test_how_long_training_will_be_is_not_told_by_the_batch_that_compiles(clock: Clock) -> None:
    overhead, expense = Overhead(0.02, "SeqViz"), Expense()
    overhead.join(expense)
    overhead.begin()
    expected = []
    for seconds, share in ((50, 0.01), (1, 0.02), (8, 0.1), (0, 0.1), (5, 0.1)):
        clock.now += seconds
        with overhead.paid_by(expense):
            overhead.note_progress(share)
        expected.append(overhead.expected)
    assert expected == pytest.approx([50, 149, 149, 149, 154])
    assert overhead.affords(1.8)
    with overhead.logged_by(expense):
        clock.now += 1
        assert not overhead.affords(1.5)  # what this log has taken so far counts


def test_garbage_is_left_while_the_first_log_traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collects: list[bool] = []
    monkeypatch.setattr(EmbeddingLogger, "collect", lambda self, step: collects.append(gc.isenabled()))
    fit([EmbeddingLogger(tmp_path)], epochs=2)
    assert (collects, gc.isenabled()) == ([False, True], True)


def test_a_logger_that_always_fails_keeps_the_bound(tmp_path: Path, clock: Clock) -> None:
    class Failing(EmbeddingLogger):
        def collect(self, step: int) -> None:
            clock.now += 5
            raise RuntimeError("it has no weights")

    logger = Failing(tmp_path)
    warnings_of(lambda: fit([Training(clock, 60), logger], epochs=30))
    assert 5 <= logger.seconds <= 0.02 * 30 * 60 + 5
    assert logger.logged == 0


def test_a_short_training_logs_all_that_was_asked_for(tmp_path: Path, clock: Clock) -> None:
    fit([Training(clock, 1), slow(EmbeddingLogger, clock, 9, 0.15)(tmp_path)], epochs=10)
    assert steps(tmp_path) == list(range(10))


def test_without_a_bound_all_is_logged(tmp_path: Path, clock: Clock) -> None:
    fit([Training(clock, 1), slow(EmbeddingLogger, clock, 9, 50)(tmp_path, max_overhead=None)], epochs=10)
    assert steps(tmp_path) == list(range(10))


def test_the_last_batch_and_steps_asked_for_by_hand_are_logged(tmp_path: Path, clock: Clock) -> None:
    logger = slow(EmbeddingLogger, clock, 1, 50)(tmp_path, schedule=2)

    def by_hand(epoch: int, logs: Any = None) -> None:
        if epoch == 1:
            logger.log(8)

    warnings_of(lambda: fit([logger, keras.callbacks.LambdaCallback(on_epoch_end=by_hand)], epochs=5, batch_size=1))
    assert steps(tmp_path) == [2, 4, 8, 20]


def test_what_is_logged_at_the_end_has_the_step_of_the_end(tmp_path: Path, clock: Clock) -> None:
    logger = slow(EmbeddingLogger, clock, 1, 50)(tmp_path, schedule=EveryEpochs(2))
    warnings_of(lambda: fit([logger], epochs=6))
    # Not that of epoch 4, which was due last.
    assert steps(tmp_path) == [0, 2, 5]


def test_training_is_the_same_bit_for_bit_where_logs_are_passed_over(tmp_path: Path, clock: Clock) -> None:
    plain = fit([], epochs=4)
    logger = slow(StructureLogger, clock, 1, 50)(tmp_path, (IDS, IDS))
    models: list[keras.Model] = []
    assert len(warnings_of(lambda: models.append(fit([logger], epochs=4)))) == 1
    assert steps(tmp_path, "statistics") == [0, 1, 3]
    for expected, found in zip(plain.get_weights(), models[0].get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_the_bound_is_for_all_that_is_composed(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, seconds in ((EmbeddingLogger, 1), (StructureLogger, 3)):
        collect = kind.collect

        def slowly(self: Any, step: int, collect: Any = collect, seconds: float = seconds) -> None:
            clock.now += seconds
            collect(self, step)

        monkeypatch.setattr(kind, "collect", slowly)
    seen = SeqViz(tmp_path, options={"attention": False})
    messages = warnings_of(lambda: fit([Training(clock, 200), seen], epochs=10))
    assert steps(tmp_path, "embeddings") == steps(tmp_path, "statistics")
    assert steps(tmp_path)[0] == 0
    assert steps(tmp_path)[-1] == 9
    assert seen.seconds == 4 * len(steps(tmp_path)) <= 0.02 * 10 * 200
    assert 4 < len(steps(tmp_path)) < 10
    assert [message for message in messages if "less often" in message] == [
        message for message in messages if message.startswith("SeqViz logs less often")
    ]
    seen = SeqViz(tmp_path, options={"attention": False, "embeddings": {"max_overhead": None}})
    assert seen.structure is not None
    assert seen.embeddings is not None
    assert seen.structure.overhead is seen.overhead is not seen.embeddings.overhead
    before = len(steps(tmp_path))
    warnings_of(lambda: fit([Training(clock, 1000), seen], epochs=6))
    # What has a bound of its own is no reason to pass over others, and is counted once.
    assert len(steps(tmp_path)) == len(steps(tmp_path, "statistics")) == before + 6
    assert (seen.seconds, seen.structure.seconds, seen.embeddings.seconds) == (24, 18, 6)
    assert seen.overhead.trained == 6000


def test_what_logging_costs_is_among_the_scalars_of_tensorboard(tmp_path: Path, clock: Clock) -> None:
    logger = slow(EmbeddingLogger, clock, 5, 0.5)(tmp_path, max_overhead=0.05)
    fit([Training(clock, 100), logger], epochs=3)
    found = {tag: values for tag, values in scalars(tmp_path).items() if tag.startswith("overhead/")}
    assert set(found) == {
        f"overhead/{name}/embeddings" for name in ("seconds", "background_seconds", "megabytes", "percent")
    }
    assert found["overhead/seconds/embeddings"] == {0: 5, 1: 5.5, 2: 6}
    in_background = found["overhead/background_seconds/embeddings"]
    processors = overhead_module._processors()
    for step, seconds in enumerate((5, 5.5, 6)):
        expected = seconds + in_background[step] / processors
        assert found["overhead/percent/embeddings"][step] == pytest.approx(expected / (step + 1), rel=1e-5)
    written = found["overhead/megabytes/embeddings"]
    assert 0 <= written[0] <= written[1] <= written[2]
    inside = sum(path.stat().st_size for path in (tmp_path / "seqviz").rglob("*") if path.is_file())
    assert 0.6 * inside < logger._expense.bytes <= inside


def test_in_a_loop_training_counts_from_the_first_log_on(tmp_path: Path, clock: Clock) -> None:
    model = language_model()
    logger = slow(EmbeddingLogger, clock, 5, 1)(tmp_path, model=model)
    for step in range(3):
        clock.now += 50
        logger.log(step)
    logger.close()
    assert scalars(tmp_path)["overhead/seconds/embeddings"] == {0: 5, 1: 6, 2: 7}
    assert set(scalars(tmp_path)["overhead/percent/embeddings"]) == {1, 2}
    assert logger.overhead.trained == 100


@pytest.mark.parametrize("share", [np.float32(0.02), np.float64(0.02), np.int64(1), 1])
def test_any_number_is_a_share(tmp_path: Path, share: Any) -> None:
    assert EmbeddingLogger(tmp_path, max_overhead=share).overhead.allows(0)


@pytest.mark.parametrize("wrong", [0, -0.1, "2 %", True, float("nan"), float("inf")])
def test_what_is_no_share(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"^max_overhead=.+; expected a share of the time of training such as 0\.02"):
        EmbeddingLogger(tmp_path, max_overhead=wrong)
