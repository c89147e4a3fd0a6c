"""Logs that hold: folders deleted or moved, processes forked, trouble of any kind in the background thread."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log import channels, run_log
from tb_seqviz_plugin.log.spool import Part

ONE = np.full((1, 2, 2), 0.5, np.float32)
WAIT = 20


def log(writer: seqviz.Writer, *steps: int) -> None:
    for step in steps:
        writer.attention("a", {"x": ONE}, step=step)
        writer.flush()


def steps_of(folder: Path) -> list[int]:
    return [record.step for record in seqviz.read(folder)]


def delete_all(folder: Path) -> None:
    shutil.rmtree(folder)


def delete_what_is_in_it(folder: Path) -> None:
    for path in (folder / "run").iterdir():
        path.unlink()


def move(folder: Path) -> None:
    folder.rename(folder.with_name("kept"))


@pytest.mark.parametrize("deletes", [delete_all, delete_what_is_in_it, move])
def test_a_new_training_after_the_log_was_deleted_begins_a_new_log(
    tmp_path: Path, deletes: Callable[[Path], None]
) -> None:
    run = tmp_path / "logs" / "run"
    stopped = seqviz.Writer(run)
    log(stopped, 0, 1, 2)
    deletes(tmp_path / "logs")
    with seqviz.Writer(run) as writer:
        assert writer.last_step("attention/a") is None
        log(writer, 0, 1)
    assert steps_of(tmp_path / "logs") == [0, 1]
    assert steps_of(tmp_path) == ([0, 1, 2, 0, 1] if deletes is move else [0, 1])
    stopped.close()


def test_setups_are_said_again_in_the_new_log(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path / "run") as stopped:
        stopped.samples("a", [seqviz.Sample("p", "before")], step=0)
        stopped.flush()
        shutil.rmtree(tmp_path / "run")
        with seqviz.Writer(tmp_path / "run") as writer:
            writer.samples("a", [seqviz.Sample("p", "after")], step=0)
    (record,) = seqviz.read(tmp_path, "samples")
    assert [sample.text for sample in record.samples] == ["after"]


@pytest.mark.parametrize("deletes", [delete_all, delete_what_is_in_it, move])
def test_a_log_deleted_while_it_is_written_goes_on_in_a_new_file_and_says_so(
    tmp_path: Path, deletes: Callable[[Path], None]
) -> None:
    with seqviz.Writer(tmp_path / "logs" / "run") as writer:
        log(writer, 0, 1)
        deletes(tmp_path / "logs")
        with pytest.warns(UserWarning, match=r"run was deleted or moved while it was written to.*there anew") as got:
            log(writer, 2, 3)
        deletes(tmp_path / "logs") if deletes is not move else None
        assert writer.last_step("attention/a") == (3 if deletes is move else None)
        log(writer, 4)
    assert [warning.filename for warning in got] == [__file__]
    assert steps_of(tmp_path / "logs") == ([2, 3, 4] if deletes is move else [4])


def test_logs_of_earlier_processes_that_are_deleted_are_forgotten_too(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path / "run") as writer:
        log(writer, 0, 1)
    with seqviz.Writer(tmp_path / "run") as writer:
        assert writer.last_step("attention/a") == 1
        shutil.rmtree(tmp_path / "run")
        with pytest.warns(UserWarning, match="was deleted or moved"):
            log(writer, 0)
    assert steps_of(tmp_path) == [0]


class Gate:
    """Lets the background thread encode only once it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        encode = run_log.values_in

        def encode_later(part: Part, memory: Any) -> Any:
            self.begun.set()
            assert self.go_on.wait(WAIT)
            return encode(part, memory)

        monkeypatch.setattr(run_log, "values_in", encode_later)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


@pytest.mark.parametrize("deletes", [delete_all, delete_what_is_in_it, move])
def test_what_was_still_to_be_written_to_a_deleted_log_does_not_turn_up_in_the_next(
    tmp_path: Path, gate: Gate, deletes: Callable[[Path], None]
) -> None:
    run = tmp_path / "logs" / "run"
    stopped = seqviz.Writer(run)
    stopped.attention("a", {"x": ONE}, step=8)
    assert gate.begun.wait(WAIT)
    stopped.attention("a", {"x": ONE}, step=9)
    deletes(tmp_path / "logs")
    with seqviz.Writer(run) as writer:
        gate.go_on.set()
        with pytest.warns(UserWarning, match="while 2 steps were still to be written there; they are gone with it"):
            log(writer, 0)
        assert writer.last_step("attention") == 0
    stopped.close()
    assert steps_of(tmp_path / "logs") == [0]
    if deletes is move:
        with seqviz.Writer(tmp_path / "kept" / "run") as moved:
            assert moved.last_step("attention") == 9
        assert steps_of(tmp_path / "kept") == [8, 9]


def test_nothing_is_written_to_a_log_that_was_deleted_and_nobody_logs_to_any_more(tmp_path: Path, gate: Gate) -> None:
    with seqviz.Writer(tmp_path / "run") as writer:
        writer.attention("a", {"x": ONE}, step=7)
        assert gate.begun.wait(WAIT)
        shutil.rmtree(tmp_path / "run")
        gate.go_on.set()
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_was_deleted_gets_the_structure_anew(tmp_path: Path) -> None:
    nodes = [seqviz.Node("model", "Functional", "", 0, 0, 0)]
    with seqviz.Writer(tmp_path / "run") as writer:
        writer.structure("model", seqviz.Structure("model", nodes), step=0)
        log(writer, 0, 1)
        shutil.rmtree(tmp_path / "run")
        with pytest.warns(UserWarning, match="was deleted or moved"):
            log(writer, 2)
        log(writer, 3)
    assert [(record.tag, record.step) for record in seqviz.read(tmp_path)] == [
        ("attention/a", 2),
        ("attention/a", 3),
        ("structure/model", 0),
    ]


class SilentError(Exception):
    def __str__(self) -> str:
        return ""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("no such token"), r": no such token\. Training goes on"),
        (AttributeError("'str' object has no attribute 'nodes'"), "AttributeError: 'str' object has no attribute"),
        (MemoryError(), "MemoryError: "),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (SilentError(), "SilentError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_no_trouble_while_encoding_hangs_or_takes_others_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, reason: str
) -> None:
    encode = run_log.values_in

    def encode_some(part: Part, memory: Any) -> Any:
        if part.tag == "attention/broken":
            raise error
        return encode(part, memory)

    monkeypatch.setattr(run_log, "values_in", encode_some)
    with seqviz.Writer(tmp_path) as writer:
        log(writer, 0)
        with writer.together():
            writer.attention("broken", {"x": ONE}, step=1)
            writer.attention("a", {"x": ONE}, step=1)
        with pytest.warns(UserWarning, match=f"Step 1 of 'attention/broken' could not be logged .*{reason}"):
            writer.flush()
        log(writer, 2)
    assert steps_of(tmp_path) == [0, 1, 2]


@pytest.mark.parametrize("wrong", [{"nodes": []}, object(), SilentError()])
def test_what_is_no_payload_is_refused_and_nothing_else_is_touched(tmp_path: Path, wrong: Any) -> None:
    with seqviz.Writer(tmp_path) as writer:
        with pytest.raises((AttributeError, ValueError)):
            writer.put("a", wrong, step=5)
        assert writer.last_step("attention/a") is None
        log(writer, 0, 1)
    assert steps_of(tmp_path) == [0, 1]


@pytest.mark.parametrize(
    ("method", "arguments", "sentence"),
    [
        ("structure", ["model"], r"The structure is of type str; expected Structure, as of .*structure_of\(model"),
        ("statistics", [{}], "The statistics is of type dict; expected Statistics"),
        ("samples", [[seqviz.Sample("p", "t")], {"corpus": "text"}], "The corpus is of type str; expected Corpus"),
        (
            "samples",
            [[seqviz.Sample("p", "t")], {"notes": "Cut."}],
            r"The notes are 'Cut\.'; expected a list of sentences",
        ),
        ("attention", [{"x": ONE}, {"notes": [3]}], r"The notes are \[3\]; expected a list of sentences"),
        ("attention", [{"x": ONE}, {"title": 3}], "The title is of type int; expected str"),
        ("attention", [{"x": ONE}, {"step": 2**63}], "expected a whole number of at most 64 bits"),
        ("attention", [{"x": ONE}, {"step": "3"}], "The step is '3'; expected a whole number"),
        ("embeddings", [np.eye(2), {"measure": sum}], "The measure is of type builtin.*; expected EmbeddingMeasures"),
    ],
)
def test_what_would_fail_later_is_refused_at_once(
    tmp_path: Path, method: str, arguments: list[Any], sentence: str
) -> None:
    named = arguments.pop() if isinstance(arguments[-1], dict) and len(arguments) > 1 else {}
    with seqviz.Writer(tmp_path) as writer:
        with pytest.raises(ValueError, match=sentence):
            getattr(writer, method)("a", *arguments, **{"step": 0, **named})
        writer.flush()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", [np.int32(3), np.uint8(3), np.array(3)])
def test_any_whole_number_is_a_step(tmp_path: Path, step: Any) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": ONE}, step=step)
    assert steps_of(tmp_path) == [3]


def test_where_no_thread_can_be_started_the_caller_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with seqviz.Writer(tmp_path) as writer:
        log(writer, 0, 1)
        assert steps_of(tmp_path) == [0, 1]


def test_a_channel_that_was_shut_writes_again(tmp_path: Path) -> None:
    """As when a process ends: what is logged by whom `atexit` calls later is written, too."""
    with seqviz.Writer(tmp_path) as writer:
        writer.samples("a", [seqviz.Sample("p", "before")], step=0)
        writer._open_channel().end(WAIT)
        writer.samples("a", [seqviz.Sample("p", "after")], step=1)
    assert [record.samples[0].text for record in seqviz.read(tmp_path, "samples")] == ["before", "after"]


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def in_a_forked_child(do: Callable[[], None]) -> None:
    """Runs a function in a forked process of `multiprocessing`."""
    child = multiprocessing.get_context("fork").Process(target=do)
    child.start()
    child.join(WAIT)
    hangs = child.is_alive()
    if hangs:
        child.kill()
        child.join()
    assert (hangs, child.exitcode) == (False, 0)


@needs_fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("own", [True, False], ids=["a writer of its own", "the parent's writer"])
@pytest.mark.parametrize("closes", [True, False], ids=["closed", "not closed"])
def test_a_forked_child_logs_to_a_run_of_its_own(tmp_path: Path, own: bool, closes: bool) -> None:
    writer = seqviz.Writer(tmp_path)
    log(writer, 0)

    def child() -> None:
        childs = seqviz.Writer(tmp_path) if own else writer
        with pytest.warns(UserWarning, match="Another process writes to .*Give each process a folder of its own"):
            childs.attention("child", {"x": ONE}, step=1)
        assert childs.run_dir == tmp_path / "process-2"
        if closes:
            childs.close()

    in_a_forked_child(child)
    log(writer, 2)
    writer.close()
    assert [(record.run, record.tag, record.step) for record in seqviz.read(tmp_path)] == [
        (".", "attention/a", 0),
        (".", "attention/a", 2),
        ("process-2", "attention/child", 1),
    ]


@needs_fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_of_its_own_folder_is_not_warned_and_shares_nothing(tmp_path: Path, gate: Gate) -> None:
    """Forked while the parent's thread encodes, and every lock is held."""
    with seqviz.Writer(tmp_path / "parent") as writer:
        writer.attention("a", {"x": ONE}, step=0)
        assert gate.begun.wait(WAIT)

        def child() -> None:
            gate.go_on.set()
            with seqviz.Writer(tmp_path / "child") as own:
                log(own, 0, 1)
            writer.flush()
            writer.close()

        with (
            channels._alone_with(tmp_path / "child"),
            writer._open_channel()._behind.changed,
            writer._open_channel()._putting,
        ):
            in_a_forked_child(child)
        gate.go_on.set()
    assert steps_of(tmp_path / "child") == [0, 1]
    assert steps_of(tmp_path / "parent") == [0]


@needs_fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_in_a_child_nothing_is_open_that_it_does_not_use_itself(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path) as used, seqviz.Writer(tmp_path / "other") as unused:
        log(used, 0)

        def child() -> None:
            assert not channels._open
            with seqviz.Writer(tmp_path / "other"):
                assert list(channels._open) == [(tmp_path / "other").resolve()]
            unused.close()
            with pytest.raises(ValueError, match="is closed"):
                unused.flush()
            assert not channels._open
            with pytest.warns(UserWarning, match="Another process writes to"):
                log(used, 1)
            assert list(channels._open) == [tmp_path.resolve()]
            used.close()
            assert not channels._open

        in_a_forked_child(child)
        log(unused, 0)
    assert steps_of(tmp_path / "other") == [0]


@needs_fork
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_that_outlives_its_parent_does_not_hold_its_spool(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, numpy as np, tb_seqviz_plugin as seqviz\n"
        "writer = seqviz.Writer(sys.argv[1])\n"
        "writer.attention('a', {'x': np.full((1, 2, 2), 0.5)}, step=0)\n"
        "is_there, say = os.pipe()\n"
        "if os.fork():\n"
        "    os.read(is_there, 1)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "os.write(say, b'!')\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE) as process:
        assert process.wait(WAIT) == -signal.SIGKILL
        with seqviz.Writer(tmp_path) as writer:
            assert writer.run_dir == tmp_path
            log(writer, 1)
    assert steps_of(tmp_path) == [0, 1]


def test_a_script_that_is_started_twice_logs_to_two_runs(tmp_path: Path) -> None:
    program = (
        "import sys, numpy as np, tb_seqviz_plugin as seqviz\n"
        "with seqviz.Writer(sys.argv[1]) as writer:\n"
        "    for step in range(20):\n"
        "        writer.attention('a', {'x': np.full((1, 2, 2), 0.5)}, step=step)\n"
        "        if not step: print(writer.run_dir, flush=True); sys.stdin.readline()\n"
    )
    with ExitStack() as started:
        processes = [
            started.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", program, str(tmp_path)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(2)
        ]
        folders = {process.stdout.readline().strip() for process in processes if process.stdout}
        told = [process.communicate("\n")[1] for process in processes]
    assert folders == {str(tmp_path), str(tmp_path / "process-2")}
    assert sum("Another process writes to" in each for each in told) == 1
    assert [(record.run, record.step) for record in seqviz.read(tmp_path)] == [
        (run, step) for run in (".", "process-2") for step in range(20)
    ]


def test_a_process_that_ends_by_an_error_keeps_what_it_logged(tmp_path: Path) -> None:
    program = (
        "import sys, numpy as np, tb_seqviz_plugin as seqviz\n"
        "writer = seqviz.Writer(sys.argv[1])\n"
        "for step in range(5): writer.attention('a', {'x': np.full((1, 2, 2), 0.5)}, step=step)\n"
        "raise ValueError('a training that fails')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, capture_output=True, text=True)
    assert "a training that fails" in done.stderr
    assert steps_of(tmp_path) == [0, 1, 2, 3, 4]


def test_threads_may_begin_to_log_while_those_that_do_are_listed(tmp_path: Path) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with seqviz.Writer(tmp_path) as writer:
            channel = writer._open_channel()
            threads = [threading.Thread(target=channel._note_use) for _ in range(200)]

            def begin() -> None:
                for thread in threads:
                    thread.start()
                    thread.join(WAIT)

            beginning = threading.Thread(target=begin)
            beginning.start()
            while beginning.is_alive():
                channel.threads()
            assert {*channel.threads()} == {*threads, threading.current_thread()}
    finally:
        sys.setswitchinterval(interval)
