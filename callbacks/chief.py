"""Which of several processes that train one model together logs: the chief, so that each step is there once."""

from __future__ import annotations

import json
import os


def follower() -> str | None:
    """Returns what this process is called where another one logs, such as "worker 1"; None for the chief, and for one alone.

    It is known from what starts the processes: `TF_CONFIG`, as strategies of TensorFlow read it, or `RANK` and `WORLD_SIZE`, as
    launchers of PyTorch set them.
    """
    try:
        config = json.loads(os.environ.get("TF_CONFIG") or "{}")
        cluster, task = config.get("cluster") or {}, config.get("task") or {}
        kind, index = task.get("type"), int(task.get("index") or 0)
        alone = sum(len(each) for each in cluster.values()) <= 1
        if not alone and kind is not None:
            is_chief = kind in ("chief", "master") or (
                kind == "worker" and index == 0 and not cluster.keys() & {"chief", "master"}
            )
            return None if is_chief else f"{kind} {index}"
        if int(os.environ.get("WORLD_SIZE") or 1) > 1 and int(os.environ.get("RANK") or 0) > 0:
            return f"rank {os.environ['RANK']}"
    except (AttributeError, TypeError, ValueError):
        pass
    return None
