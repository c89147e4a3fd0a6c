"""What the plugin adds to TensorBoard's start, and how it serves many runs to many readers.

    python benchmarks/serving.py [--clients 50] [--requests 40]

200 runs of 500 steps; each client steps through one of them as a reader does who holds an arrow key, a request after the other
without a pause, all clients at once. Then the same through records of 8 MB. Each on both of TensorBoard's loaders.
"""

from __future__ import annotations

import argparse
import http.client
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

import numpy as np
from measure import Timing, seconds, table, timed

import tb_seqviz_plugin as seqviz

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from helpers.tensorboard_process import TensorBoardProcess

RUNS, STEPS = 200, 500
LARGE_STEPS, HEADS, SIDE = 12, 8, 1024
COLUMNS = ("median", "p99", "a second", "MB sent", "failures", "MB held / at most")
LOADERS = {"fast loader": "--load_fast=true", "Python loader": "--load_fast=false"}

START = """
import sys, time
import tensorboard.default, tensorboard.program
from tensorboard.plugins import base_plugin

before, start = set(sys.modules), time.perf_counter()
from tb_seqviz_plugin.plugin import SeqVizLoader
plugin = SeqVizLoader().load(base_plugin.TBContext())
plugin.get_plugin_apps(), plugin.is_active(), plugin.frontend_metadata()
print(time.perf_counter() - start, len(set(sys.modules) - before), "tensorflow" in set(sys.modules) - before)
"""


def start_up(runs: int = 9) -> str:
    """Returns the table of what the plugin adds to TensorBoard's start."""
    found = []
    for _ in range(runs + 1):
        done = subprocess.run([sys.executable, "-B", "-c", START], capture_output=True, text=True, check=True)
        found.append(done.stdout.split())
    # The first reads the disk.
    times = Timing([float(each[0]) for each in found[1:]])
    return table(
        ["at TensorBoard's start", "time", "modules", "TensorFlow"],
        [["SeqViz: import, load, routes", str(times), found[-1][1], "no" if found[-1][2] == "False" else "yes"]],
    )


def small_log(folder: Path) -> None:
    """Logs one run, and copies it to the others."""
    weights = np.random.default_rng(0).dirichlet(np.ones(12), (2, 8)).astype(np.float32)
    with seqviz.Writer(folder / "run000") as writer:
        for step in range(STEPS):
            writer.attention("probe", {"decoder/cross": weights}, step=step)
    for run in range(1, RUNS):
        shutil.copytree(folder / "run000", folder / f"run{run:03d}")


def large_log(folder: Path) -> None:
    """Logs records whose heads hardly compress."""
    with seqviz.Writer(folder / "large") as writer:
        for step in range(LARGE_STEPS):
            noise = np.random.default_rng(step).random((HEADS, SIDE, SIDE), dtype=np.float32)
            writer.attention("probe", {"decoder/self": noise / noise.sum(axis=-1, keepdims=True)}, step=step)


class Clients:
    """Readers who step through records, all at once.

    Args:
        url: of the TensorBoard.
        count: how many.
    """

    def __init__(self, url: str, count: int) -> None:
        self.seconds: list[float] = []
        self.failures: list[str] = []
        self.bytes = 0
        self._host, self._count = urllib.parse.urlsplit(url).netloc, count
        self._lock = threading.Lock()

    def scrub(self, runs: list[str], steps: int, blobs: int, requests: int) -> float:
        """Has each client ask so often for the blobs of the next step; returns how long all took."""
        threads = [
            threading.Thread(target=self._scrub, args=(place, runs[place % len(runs)], steps, blobs, requests))
            for place in range(self._count)
        ]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - start

    def _scrub(self, place: int, run: str, steps: int, blobs: int, requests: int) -> None:
        step = random.Random(place).randrange(steps)
        for number in range(requests):
            query = {"run": run, "tag": "attention/probe", "step": step, "index": number % blobs}
            start = time.perf_counter()
            try:
                connection = http.client.HTTPConnection(self._host, timeout=120)
                path = f"/data/plugin/seqviz/blob?{urllib.parse.urlencode(query)}"
                connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
                answer = connection.getresponse()
                size, failure = len(answer.read()), "" if answer.status == 200 else f"{answer.status}"
                connection.close()
            except OSError as error:
                size, failure = 0, repr(error)
            taken = time.perf_counter() - start
            with self._lock:
                self.seconds.append(taken)
                self.bytes += size
                self.failures += [failure] if failure else []
            if number % blobs == blobs - 1:
                step = (step + 1) % steps


def memory_of(process: TensorBoardProcess) -> tuple[float, float]:
    """Returns what TensorBoard and its data server hold, in MB: now, and at most so far."""
    pid = process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    now, most = 0.0, 0.0
    for each in (str(pid), *children):
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{each}/status").read_text().splitlines() if ":" in line
        )
        now += int(status["VmRSS"].split()[0]) * 1024 / 1e6
        most += int(status["VmHWM"].split()[0]) * 1024 / 1e6
    return now, most


def row(name: str, process: TensorBoardProcess, clients: Clients, taken: float) -> list[str]:
    """Returns the line of a table."""
    ordered = sorted(clients.seconds)
    ninety_ninth = ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    now, most = memory_of(process)
    return [
        name,
        seconds(statistics.median(ordered)),
        seconds(ninety_ninth),
        f"{len(ordered) / taken:,.0f}",
        f"{clients.bytes / 1e6:,.1f}",
        str(len(clients.failures)),
        f"{now:,.0f} / {most:,.0f}",
    ]


def serve(clients: int, requests: int) -> str:
    """Returns the tables of what is served."""
    index: list[list[str]] = []
    scrubbed: list[list[str]] = []
    with tempfile.TemporaryDirectory() as name:
        many, large = Path(name) / "many", Path(name) / "large"
        small_log(many)
        large_log(large)
        on_disk = sum(path.stat().st_size for path in large.rglob("*tfevents*")) / 1e6
        for loader, flag in LOADERS.items():
            with TensorBoardProcess(many, flag) as process:
                last = f"run{RUNS - 1:03d}"
                process.wait_for_steps(last, "attention/probe", STEPS)
                deadline = time.monotonic() + 120
                while len(process.get("series")["series"]) < RUNS and time.monotonic() < deadline:
                    time.sleep(0.2)
                listed = timed(lambda process=process: process.get("series"), runs=15)
                place = {"run": last, "tag": "attention/probe"}
                one = timed(lambda process=process, place=place: process.get("steps", **place), runs=15)
                index.append([loader, str(listed), str(one)])
                readers = Clients(process.url, clients)
                taken = readers.scrub([f"run{run:03d}" for run in range(RUNS)], STEPS, 2, requests)
                scrubbed.append(row(f"{loader}, {RUNS} runs x {STEPS} steps", process, readers, taken))
            with TensorBoardProcess(large, flag) as process:
                process.wait_for_steps("large", "attention/probe", LARGE_STEPS)
                blobs = process.get("steps", run="large", tag="attention/probe")["blobs"][0]
                readers = Clients(process.url, clients)
                taken = readers.scrub(["large"], LARGE_STEPS, blobs, requests)
                name_of = f"{loader}, {LARGE_STEPS} records, {on_disk:.0f} MB on disk"
                scrubbed.append(row(name_of, process, readers, taken))
    return "\n\n".join(
        [
            table([f"{RUNS} runs x {STEPS} steps", "index of all", "steps of one run"], index),
            table(
                [f"{clients} clients, {requests} requests each", *COLUMNS],
                scrubbed,
            ),
        ]
    )


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--requests", type=int, default=40)
    arguments = parser.parse_args()
    print(start_up())
    print()
    print(serve(arguments.clients, arguments.requests))


if __name__ == "__main__":
    main()
