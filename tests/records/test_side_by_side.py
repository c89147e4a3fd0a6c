"""Work side by side: in order, counted, and done all the same where no thread can be started."""

from __future__ import annotations

import threading
import time

import pytest

from tb_seqviz_plugin.records.side_by_side import seconds_beside, side_by_side


def busy(seconds: float) -> float:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
    return seconds


def test_results_come_in_order_whoever_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    barrier = threading.Barrier(3)

    def of(item: int) -> tuple[int, int]:
        if item < 3:
            barrier.wait(10)  # three at once
        return item * item, threading.get_ident()

    found = side_by_side(of, range(20))
    assert [square for square, _ in found] == [item * item for item in range(20)]
    assert len({thread for _, thread in found}) >= 3


def test_what_helpers_take_is_counted_for_the_thread_that_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    barrier = threading.Barrier(2)

    def of(item: float) -> None:
        barrier.wait(10)
        busy(item)

    before = seconds_beside()
    side_by_side(of, [0.02, 0.02])
    assert seconds_beside() - before >= 0.02
    other: list[float] = []
    thread = threading.Thread(target=lambda: other.append(seconds_beside()))
    thread.start()
    thread.join()
    assert other == [0]


def test_it_is_done_where_no_thread_starts_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert side_by_side(len, ["a", "bc", ""]) == [1, 2, 0]


def test_an_error_is_raised_in_the_thread_that_asked() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda item: 1 / item, [1, 0, 1])


def test_what_is_asked_for_from_inside_starts_no_more_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    barrier = threading.Barrier(2)

    def inside(_: int) -> int:
        time.sleep(0.001)
        return threading.get_ident()

    def of(_: int) -> tuple[int, list[int]]:
        barrier.wait(10)
        return threading.get_ident(), side_by_side(inside, range(5))

    found = side_by_side(of, range(2))
    assert len({thread for thread, _ in found}) == 2
    assert all(set(threads) == {thread} for thread, threads in found)
    # The thread that asked is as free as before.
    assert len(set(side_by_side(inside, range(40)))) > 1
