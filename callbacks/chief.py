"""Of several processes that train one model: which one logs, so that each step is there once, and what Keras cannot do there."""

from __future__ import annotations

import json
import os

_CHIEFS = ("chief", "master")

FIT_FAILS = (
    "TF_CONFIG names several processes, and fit of Keras 3 fails there, before it calls any callback: under "
    'MultiWorkerMirroredStrategy with "Attempt to convert a value (PerReplica:...", under ParameterServerStrategy by asking for a '
    "dataset per worker (keras#20585). Train in a loop of your own, with model= and log(step), as examples/distributed.py does; "
    "MirroredStrategy, in one process, works with fit."
)


def follower() -> str | None:
    """Returns what this process is called where another one logs, such as "worker 1"; None for the chief, and for one alone.

    It is known from what starts the processes: `TF_CONFIG`, as strategies of TensorFlow read it, or `RANK` and `WORLD_SIZE`, as
    launchers of PyTorch set them.
    """
    kind, index, kinds = _place()
    if kind:
        is_chief = kind in _CHIEFS or (kind == "worker" and index == 0 and kinds.keys().isdisjoint(_CHIEFS))
        return None if is_chief else f"{kind} {index}"
    try:
        is_first = int(os.environ.get("WORLD_SIZE") or 1) <= 1 or int(os.environ.get("RANK") or 0) <= 0
    except ValueError:
        return None
    return None if is_first else f"rank {os.environ['RANK']}"


def place_among_workers() -> tuple[int, int]:
    """Returns which of the processes this one is that make the same steps, the chief 0, and how many there are.

    It is known from `TF_CONFIG` alone; (0, 1) where nothing says so, and with parameter servers, whose workers wait for the chief.
    """
    kind, index, kinds = _place()
    chiefs = sum(kinds.get(each, 0) for each in _CHIEFS)
    if kind not in (*_CHIEFS, "worker") or "ps" in kinds:
        return 0, 1
    return (0 if kind in _CHIEFS else chiefs + index), chiefs + kinds.get("worker", 0)


def is_in_cluster() -> bool:
    """Returns whether `TF_CONFIG` names this process and others."""
    return bool(_place()[0])


def _place() -> tuple[str, int, dict[str, int]]:
    """Returns of which kind this process is in `TF_CONFIG`, "" where that names no others; its index; and how many there are."""
    try:
        config = json.loads(os.environ.get("TF_CONFIG") or "{}")
        cluster, task = config.get("cluster") or {}, config.get("task") or {}
        kind, index = task.get("type"), int(task.get("index") or 0)
        if kind is not None and sum(len(each) for each in cluster.values()) > 1:
            return str(kind), index, {name: len(each) for name, each in cluster.items()}
    except (AttributeError, TypeError, ValueError):
        pass
    return "", 0, {}
