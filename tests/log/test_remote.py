"""Logs in object stores: parts that are closed, each uploaded once, whatever fails and whoever is killed."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from helpers.forked import in_a_process
from helpers.store import Kept

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log import channels, run_log
from tb_seqviz_plugin.log.events import entries_in
from tb_seqviz_plugin.log.remote import store, uploads
from tb_seqviz_plugin.log.remote.address import SPOOL_VARIABLE
from tb_seqviz_plugin.log.remote.ledger import LEDGER, Ledger
from tb_seqviz_plugin.projector.files import Cloud, store_bytes
from tb_seqviz_plugin.projector.snapshots import Snapshots

ONE = np.full((1, 2, 2), 0.5, np.float32)
WAIT = 20
RUN = "kept://bucket/logs/run"


@pytest.fixture(autouse=True)
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Returns the folder that holds what is still to be uploaded; what is uploaded is in `tmp_path / "kept"`."""
    Kept.begin(tmp_path / "kept")
    monkeypatch.setenv(SPOOL_VARIABLE, str(tmp_path / "spool"))
    monkeypatch.setattr(uploads, "_FIRST_PAUSE", 0.01)
    store.check_once.cache_clear()
    before = set(channels._open)
    yield tmp_path / "spool"
    assert set(channels._open) <= before


@pytest.fixture
def bucket(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "bucket"


def log(writer: seqviz.Writer, *steps: int) -> None:
    for step in steps:
        with writer.together():
            writer.attention("a", {"x": ONE}, step=step)
            writer.samples("poems", [seqviz.Sample("Once", f" upon {step}")], step=step)


def steps_of(folder: Path | str) -> list[int]:
    """Returns the steps that are there, having seen that each has all its records."""
    attention, samples = ([record.step for record in seqviz.read(folder, kind)] for kind in ("attention", "samples"))
    assert attention == samples
    return attention


def parts_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*tfevents*"))


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def wait_until(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + WAIT
    while not is_so():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.01)


def test_what_is_logged_to_an_address_is_there_in_parts_and_not_on_this_machine(spool: Path, bucket: Path) -> None:
    with seqviz.Writer(RUN) as writer:
        log(writer, 0, 1)
        writer.flush()
        assert steps_of(RUN) == [0, 1]
        log(writer, 2)
        assert writer.run_dir == spool / "kept" / "bucket" / "logs" / "run"
        writer.flush()
        # What is counted is what the store holds, since here is nothing any more.
        assert writer.size == sum(part.stat().st_size for part in parts_in(bucket)) > 0
    with seqviz.Writer(RUN) as writer:
        assert writer.size == sum(part.stat().st_size for part in parts_in(bucket))
    assert [record.run for record in seqviz.read("kept://bucket", "attention")] == ["logs/run"] * 3
    first, second = parts_in(bucket)
    for part, steps in ((first, [0, 1]), (second, [2])):
        (part.parent / "alone").mkdir()
        part.rename(part.parent / "alone" / part.name)
        assert steps_of(part.parent / "alone") == steps
        (part.parent / "alone" / part.name).rename(part)
        (part.parent / "alone").rmdir()
    assert [place for place in Kept.put if LEDGER not in place] == [
        f"bucket/logs/run/{part.name}" for part in (first, second)
    ]
    assert files_in(spool) == []


def test_a_path_object_is_an_address_too() -> None:
    with seqviz.Writer(Path(RUN)) as writer:
        log(writer, 0)
    assert steps_of(Path(RUN)) == [0]


@pytest.mark.parametrize("limit", [{"_PART_SECONDS": 0.1}, {"_PART_BYTES": 1}], ids=["seconds", "bytes"])
def test_a_part_is_closed_by_itself(bucket: Path, monkeypatch: pytest.MonkeyPatch, limit: dict[str, float]) -> None:
    for name, value in limit.items():
        monkeypatch.setattr(run_log, name, value)
    with seqviz.Writer(RUN) as writer:
        for step in range(3):
            log(writer, step)
            wait_until(lambda: len(parts_in(bucket)) == step + 1)  # noqa: B023
        assert steps_of(RUN) == [0, 1, 2]


def test_a_training_goes_on_after_what_the_store_holds(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "_PART_BYTES", 1)
    with seqviz.Writer(RUN) as writer:
        log(writer, 0, 1)
    with seqviz.Writer(RUN) as writer:
        assert writer.last_step("attention/a") == 1
        log(writer, 2)
    # Where the ledger lags behind, the parts tell.
    (bucket / "logs" / "run" / LEDGER).unlink()
    with seqviz.Writer(RUN) as writer:
        assert writer.last_step("samples") == 2
        log(writer, 3)
    assert steps_of(RUN) == [0, 1, 2, 3]
    for part in parts_in(bucket):
        part.unlink()
    with seqviz.Writer(RUN) as writer:
        assert writer.last_step("attention/a") is None


def test_a_clock_that_is_set_back_changes_no_order_of_parts(bucket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with seqviz.Writer(RUN) as writer:
        log(writer, 0)
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now - 10**12)
    with seqviz.Writer(RUN) as writer:
        log(writer, 1)
        writer.flush()
        log(writer, 2)
    (_, second, third) = [steps_of_part(path) for path in parts_in(bucket)]
    assert (second, third) == ([1], [2])


def steps_of_part(path: Path) -> list[int]:
    return sorted({entry.step for entry in entries_in(path.parent, path)})


def test_uploads_that_fail_are_tried_again_in_order_and_each_is_done_once(
    spool: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_log, "_PART_BYTES", 1)
    tried: list[str] = []

    def fail(place: str) -> None:
        tried.append(place)
        if len(tried) % 4:
            raise ConnectionError("no route to host")

    monkeypatch.setattr(Kept, "fails", staticmethod(fail))
    said = r"Nothing is uploaded to kept://bucket/logs/run for now: .*no route to host"
    with pytest.warns(UserWarning, match=said) as got, seqviz.Writer(RUN) as writer:
        log(writer, *range(6))
    assert [warning.filename for warning in got] == [__file__]
    done = [place for place in Kept.put if LEDGER not in place]
    assert len(done) == 6
    assert done == sorted(set(done))
    assert steps_of(RUN) == list(range(6))
    assert files_in(spool) == []


def test_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    def fail(place: str) -> None:
        if len(pauses) < 4:
            raise ConnectionError("no route to host")

    monkeypatch.setattr(Kept, "fails", staticmethod(fail))
    monkeypatch.setattr(uploads, "_LONGEST_PAUSE", 0.03)
    wait_for = uploads.Uploads._sleep
    monkeypatch.setattr(uploads.Uploads, "_sleep", lambda self, pause: (pauses.append(pause), wait_for(self, pause)))
    with pytest.warns(UserWarning, match="no route to host"), seqviz.Writer(RUN) as writer:
        log(writer, 0)
    assert pauses == [0.01, 0.02, 0.03, 0.03]


def test_what_cannot_be_uploaded_ends_nothing_and_is_uploaded_by_the_next_writer(
    spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(place: str) -> None:
        raise PermissionError("Access Denied")

    with monkeypatch.context() as patch:
        patch.setattr(Kept, "fails", staticmethod(forbid))
        writer = seqviz.Writer(RUN)
        log(writer, 0)
        with warnings.catch_warnings(record=True) as got:
            warnings.simplefilter("always")
            writer.flush()
            log(writer, 1)
            writer.close()
    said = [str(warning.message) for warning in got]
    assert len(said) == 2
    assert "Access Denied. Check the credentials of this process" in said[0]
    assert "Still to be uploaded to kept://bucket/logs/run: 1 file, 0.0 MB (" in said[1]
    assert str(spool / "kept" / "bucket" / "logs" / "run") in said[1]
    assert len(parts_in(spool)) == 2
    with seqviz.Writer(RUN) as writer:
        assert writer.last_step("attention/a") == 1
        log(writer, 2)
    assert steps_of(RUN) == [0, 1, 2]
    assert files_in(spool) == []


def test_who_waits_for_a_store_that_is_slow_is_told_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(Kept, "fails", staticmethod(lambda place: goes_on.wait()))
    with seqviz.Writer(RUN) as writer:
        log(writer, 0)
        with pytest.warns(UserWarning, match=r"1 file, 0\.0 MB after \d(\.\d{1,3})? seconds\. They are kept in"):
            writer.flush(wait=2)
        goes_on.set()


def test_who_opens_or_closes_another_log_does_not_wait_for_a_store_that_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, is_asked = threading.Event(), threading.Event()
    monkeypatch.setattr(Kept, "fails", staticmethod(lambda place: (is_asked.set(), goes_on.wait())))
    writer = seqviz.Writer(RUN)
    log(writer, 0)
    closing = threading.Thread(target=writer.close)
    closing.start()
    try:
        assert is_asked.wait(WAIT)
        with seqviz.Writer(tmp_path / "other") as other:
            log(other, 0)
        assert steps_of(tmp_path / "other") == [0]
        assert closing.is_alive()
    finally:
        goes_on.set()
        closing.join(WAIT)
    assert steps_of(RUN) == [0]


def test_what_uploads_take_of_the_processor_is_shared_by_those_who_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count()
    monkeypatch.setattr(uploads, "processor_seconds", lambda: float(next(clock)))
    with seqviz.Writer(RUN) as one, seqviz.Writer(RUN) as other:
        log(one, 0)
        log(one, 1)
        log(other, 2)
        one.flush()
    # The file took one second by this clock, and the second of the two wrote a third of it or less.
    assert one.cost.uploading + other.cost.uploading == pytest.approx(1)
    assert 0 < other.cost.uploading < one.cost.uploading
    assert one.cost.seconds == one.cost.writing + one.cost.uploading


def test_what_was_logged_before_a_kill_is_uploaded_once_by_the_next_writer(
    spool: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_log, "_PART_BYTES", 1)

    def train(kill: Callable[[], None]) -> None:
        writer = seqviz.Writer(RUN)
        log(writer, 0, 1)
        writer.flush()
        kill()

    def kill_with_a_part_that_is_open() -> None:
        monkeypatch.setattr(run_log, "_PART_BYTES", 1 << 20)
        writer = seqviz.Writer(RUN)
        log(writer, 2, 3)
        writer.flush(upload=False)
        log(writer, 4)
        os.kill(os.getpid(), signal.SIGKILL)

    is_logged = threading.Event()

    def kill_after_an_upload_before_it_is_noted(place: str) -> None:
        if LEDGER in place:
            is_logged.wait()
            os.kill(os.getpid(), signal.SIGKILL)

    def train_on() -> None:
        monkeypatch.setattr(Kept, "fails", staticmethod(kill_after_an_upload_before_it_is_noted))
        writer = seqviz.Writer(RUN)
        log(writer, 5)
        is_logged.set()
        writer.flush()

    for do in (lambda: train(kill_with_a_part_that_is_open), train_on):
        assert in_a_process(do, WAIT) == -signal.SIGKILL
    assert parts_in(spool)
    before = {path.name: path.stat().st_mtime_ns for path in parts_in(bucket)}
    with seqviz.Writer(RUN) as writer:
        assert writer.last_step("attention/a") == 5
        log(writer, 6)
    assert steps_of(RUN) == list(range(7))
    after = {path.name: path.stat().st_mtime_ns for path in parts_in(bucket)}
    assert {name: after[name] for name in before} == before
    ledger = Ledger.of_file(bucket / "logs" / "run" / LEDGER)
    assert (ledger.until, ledger.logged["attention/a"][:2]) == (max(after), (6, 7))
    assert files_in(spool) == []


def test_another_process_writes_beside_and_what_it_leaves_is_uploaded(
    spool: Path, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train_beside() -> None:
        beside = seqviz.Writer(RUN)
        with pytest.warns(UserWarning, match=r"writes to kept://bucket/logs/run, .*/run/process-2, which"):
            log(beside, 10)
        beside.flush()
        log(beside, 11)
        beside.flush(upload=False)
        os.kill(os.getpid(), signal.SIGKILL)

    with seqviz.Writer(RUN) as writer:
        log(writer, 0)
        assert in_a_process(train_beside, WAIT) == -signal.SIGKILL
        log(writer, 1)
    assert steps_of(RUN) == [0, 1, 10]
    with seqviz.Writer(RUN):
        pass
    assert [(record.run, record.step) for record in seqviz.read(RUN, "attention")] == [
        (".", 0), (".", 1), ("process-2", 10), ("process-2", 11),
    ]  # fmt: skip
    assert files_in(spool) == []


def cloud(step: int) -> Cloud:
    return Cloud("words", np.random.default_rng(step).random((3, 2), np.float32), ["the", "dog", "sat"])


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in files_in(folder)}


def test_what_the_projector_reads_goes_along(spool: Path, bucket: Path) -> None:
    there = bucket / "logs" / "run" / "embeddings"

    def train(*steps: int) -> None:
        with seqviz.Writer(RUN) as writer:
            here = writer.run_dir / "embeddings"
            snapshots = Snapshots(here, 4, store_bytes, lambda cost: writer.sync(here))
            for step in steps:
                assert snapshots.is_due()
                snapshots.take(step, [cloud(step)])
            snapshots.close()
            writer.flush()
            assert names_in(there) == names_in(here) - {"seqviz.copied.json"}

    train(0, 1)
    written = [place.rpartition("/")[2] for place in Kept.put if "step-000001/" in place]
    assert "tfevents" in written[-1]  # from then on it is a run that TensorBoard reads
    assert files_in(spool) == []
    train(2, 3, 4)
    assert {path.parent.name for path in parts_in(there)} == {"step-000000", "step-000002", "step-000004"}
    assert len(Kept.put) == len(set(Kept.put)) + Kept.put.count("bucket/logs/run/embeddings/spread.json") - 1
    assert files_in(spool) == []


def test_processes_that_write_for_the_projector_keep_to_folders_of_their_own(spool: Path, bucket: Path) -> None:
    """The one that ends first leaves alone what the other has there."""

    def train(writer: seqviz.Writer, *steps: int) -> None:
        here = writer.claim() / "embeddings"
        snapshots = Snapshots(here, 4, store_bytes, lambda cost: writer.sync(here))
        for step in steps:
            log(writer, step)
            snapshots.take(step, [cloud(step)])
        snapshots.close()

    def train_beside() -> None:
        writer.close()  # which this process has inherited
        with pytest.warns(UserWarning, match=r"/run/process-2, which"), seqviz.Writer(RUN) as beside:
            train(beside, 10, 11)
        here = spool / "kept" / "bucket" / "logs" / "run"
        assert not (here / "process-2").exists()
        assert (here / "embeddings" / "step-000000").exists()
        os._exit(0)

    with seqviz.Writer(RUN) as writer:
        train(writer, 0)
        assert in_a_process(train_beside, WAIT) == 0
        train(writer, 1)
    for folder, steps in ((bucket / "logs" / "run", (0, 1)), (bucket / "logs" / "run" / "process-2", (10, 11))):
        assert {path.name for path in (folder / "embeddings").glob("step-*")} == {f"step-{step:06d}" for step in steps}
    assert files_in(spool) == []


def test_a_file_that_changes_while_it_is_uploaded_is_uploaded_again(
    bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with seqviz.Writer(RUN) as writer:
        here = writer.run_dir / "embeddings"
        here.mkdir()
        (here / "spread.json").write_text("before")

        put_file = Kept.put_file

        def changing(self: Kept, lpath: str, rpath: str, **options: object) -> None:
            put_file(self, lpath, rpath, **options)
            if Path(lpath).read_text() == "before":
                Path(lpath).write_text("after it")
                writer.sync(here)

        monkeypatch.setattr(Kept, "put_file", changing)
        writer.sync(here)
        writer.flush()
        assert (bucket / "logs" / "run" / "embeddings" / "spread.json").read_text() == "after it"
    assert len(Kept.put) == 2


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Starts a server of S3 with one bucket; returns its address."""
    server = pytest.importorskip("moto.server", reason="moto is not installed")
    boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    started = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    started.start()
    address = "http://{}:{}".format(*started.get_host_and_port())
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (
            ("AWS_ENDPOINT_URL", address),
            ("AWS_ACCESS_KEY_ID", "me"),
            ("AWS_SECRET_ACCESS_KEY", "mine"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
        ):
            patch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="bucket")
        yield address
    started.stop()


SCRIPT = """
import os, signal, sys, threading, time
import numpy as np
import tb_seqviz_plugin as seqviz
writer = seqviz.Writer("s3://bucket/logs/run")
for step in range(int(sys.argv[1]), int(sys.argv[1]) + 3):
    with writer.together():
        writer.attention("a", {"x": np.full((1, 2, 2), 0.5, np.float32)}, step=step)
        writer.samples("poems", [seqviz.Sample("Once", f" upon {step}")], step=step)
    if step == 0:
        writer.flush()
if sys.argv[2] == "threaded":
    def train():
        for step in (98, 99):
            with writer.together():
                writer.attention("a", {"x": np.full((1, 2, 2), 0.5, np.float32)}, step=step)
                writer.samples("poems", [seqviz.Sample("Once", " upon")], step=step)
            has_begun.set()
            time.sleep(2)
        writer.close()
    has_begun = threading.Event()
    threading.Thread(target=train).start()
    has_begun.wait()
if sys.argv[2] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_s3_has_what_was_logged_by_processes_that_were_killed_or_ended_without_closing(s3: str, spool: Path) -> None:
    ends = {"killed": -signal.SIGKILL, "ended": 0}
    for number, (how, code) in enumerate(ends.items()):
        script = subprocess.run([sys.executable, "-c", SCRIPT, str(3 * number), how], check=False, timeout=120)
        assert script.returncode == code
        assert steps_of("s3://bucket/logs") == ([0] if how == "killed" else list(range(6)))
    assert files_in(spool) == []
    # A thread may train on when the main one has ended, and executors, without which nothing is uploaded, are to end.
    by_name = {**os.environ, "AWS_ENDPOINT_URL": s3.replace("127.0.0.1", "localhost")}
    script = subprocess.run([sys.executable, "-c", SCRIPT, "6", "threaded"], env=by_name, check=False, timeout=120)
    assert script.returncode == 0
    assert steps_of("s3://bucket/logs") == [*range(9), 98, 99]
    assert files_in(spool) == []
    for wrong, said in (
        (
            "s3://none/run",
            r"s3://none/run was asked .*: there is no such bucket\. Check the name, or make the bucket\.$",
        ),
        ("gs://bucket/run", r"gs://bucket/run cannot be used, since the package for gs:// is not installed: .*gcsfs"),
    ):
        with pytest.raises(OSError, match=said):
            seqviz.Writer(wrong)


def test_who_gives_no_address_loads_nothing_of_object_stores(tmp_path: Path) -> None:
    script = (
        "import sys, tb_seqviz_plugin as seqviz\n"
        f"with seqviz.Writer({str(tmp_path / 'run')!r}) as writer:\n"
        "    writer.samples('poems', [seqviz.Sample('Once', ' upon')], step=0)\n"
        f"list(seqviz.read({str(tmp_path)!r}))\n"
        "print(sorted(name for name in sys.modules if name.startswith('tb_seqviz_plugin.log.remote.')))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == str([f"tb_seqviz_plugin.log.remote.{name}" for name in ("address", "ledger")])
