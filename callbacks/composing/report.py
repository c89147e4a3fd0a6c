"""What `SeqViz` says: what it logs and where, what that costs, and the command that opens it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tb_seqviz_plugin.callbacks.attention.logger import AttentionLogger
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.embeddings.tables import Table
from tb_seqviz_plugin.callbacks.errors import first_sentence
from tb_seqviz_plugin.callbacks.evaluation.survey import Survey
from tb_seqviz_plugin.callbacks.samples.logger import SampleLogger
from tb_seqviz_plugin.callbacks.schedule import EveryBatches, EveryEpochs, Geometric, Schedule
from tb_seqviz_plugin.callbacks.structure.structure_of import TracedStructure
from tb_seqviz_plugin.log.remote.address import address_of, shown

_SHOWN = 4


def opening(folder: Path, schedule: Schedule | None, said: Mapping[str, str], reasons: Mapping[str, str]) -> str:
    """Returns what is said before anything is logged.

    Args:
        folder: where records go.
        schedule: when, None where a loop says it.
        said: of each part that logs, what.
        reasons: of each other part, why it does not.
    """
    lines = [f"SeqViz logs to {_short(folder)}{os.sep if address_of(folder) is None else '/'}, {_when(schedule)}:"]
    lines += [f"  {name:<13} {what}" for name, what in said.items()]
    lines += [f"  {f'no {name}':<13} {first_sentence(reason)}" for name, reason in reasons.items()]
    return "\n".join(lines)


def of_attention(paths: Sequence[str], logger: AttentionLogger) -> str:
    """Returns what is logged of attention.

    Args:
        paths: of the layers that attend.
        logger: logs it.
    """
    return f"{_counted(len(paths), 'layer')} on {_counted(logger.examples, 'example')}: {_listed(paths)}"


def of_samples(logger: SampleLogger) -> str:
    """Returns what is logged of what the model writes."""
    sampling: Sampling = logger.sampling
    temperatures = ", ".join(f"{temperature:g}" for temperature in sampling.temperatures)
    plural = "s" if len(sampling.temperatures) > 1 else ""
    return (
        f"{_counted(len(logger.prompts), 'prompt')} at temperature{plural} {temperatures}, up to "
        f"{_counted(sampling.max_length, 'token')} each"
    )


def of_structure(traced: TracedStructure | None) -> str:
    """Returns what is logged of the structure, and of its layers."""
    if traced is None:
        return "its layers, once it is called"
    layers = _counted(len(traced.structure.nodes), "layer")
    if not traced.call.has_values:
        return f"{layers}, and their weights"
    gradients = ", gradients" if traced.call.targets is not None else ""
    without = "" if gradients else "; for gradients pass targets="
    return f"{layers}: weights{gradients} and activations on {_counted(traced.call.examples, 'example')}{without}"


def of_embeddings(tables: Sequence[Table]) -> str:
    """Returns what is logged of embeddings."""
    return _listed([f"{table.path} ({table.rows:,} x {table.dimensions})" for table in tables]) or "outputs of layers"


def of_evaluation(found: Survey) -> str:
    """Returns what is evaluated, and by what its examples are told apart."""
    by = f", by {_listed(list(found.keys))}" if found.keys else ""
    return f"{found.task.replace('_', ' ')} of {_counted(found.examples, 'example')}{by}"


def cost(total: float, seconds: Mapping[str, float], size: int, outlook: str) -> str:
    """Returns what the first log cost.

    Args:
        total: seconds for it, and for what was found out before.
        seconds: of these, by part.
        size: bytes on disk.
        outlook: what is left for later ones, "" if that is not bounded.
    """
    longest = max(seconds, key=lambda name: seconds[name])
    most = f", {_seconds(seconds[longest])} of it for {longest}" if len(seconds) > 1 else ""
    return (
        f"SeqViz: the first log took {_seconds(total)}{most}, and {_bytes(size)}. What was traced and compiled for it is kept for "
        f"later ones. {outlook}"
    ).rstrip()


def closing(logged: int, seconds: float, size: int | None, folder: Path) -> str:
    """Returns what all logs cost together, and how to look at them.

    Args:
        logged: how often there was a log.
        seconds: how long training waited for that.
        size: bytes on disk, None if they are elsewhere.
        folder: what TensorBoard is to open.
    """
    if not logged:
        return "SeqViz logged nothing: nothing was due while fit ran. See schedule=, or call log(step)."
    times = {1: "once", 2: "twice"}.get(logged, f"{logged:,} times")
    said = _seconds(seconds) if size is None else f"{_seconds(seconds)} and {_bytes(size)}"
    return f"SeqViz logged {times}: {said} in all. {how_to_open(folder)}"


def how_to_open(folder: Path) -> str:
    """Returns the command that shows a folder, for a shell or, inside of a notebook, for a cell."""
    if _is_notebook():
        return (
            f"To look at it, in a cell: %load_ext tensorboard, and in another: %tensorboard --logdir {quoted(folder)}"
        )
    return f"To look at it: tensorboard --logdir {quoted(folder)}"


def quoted(folder: Path) -> str:
    """Returns a folder as a shell reads it, relative to the working directory where it is shorter."""
    text = _short(folder)
    return subprocess.list2cmdline([text]) if os.name == "nt" and not _is_notebook() else shlex.quote(text)


def folder_to_open(log_dir: Path, given: str | os.PathLike[str]) -> Path:
    """Returns what TensorBoard is to open: the folder around a run, where it was named as one of several, such as "logs/run1".

    Args:
        log_dir: the run's folder.
        given: the same as it was given, relative or not.

    >>> folder_to_open(Path("/home/me/logs/run1"), "logs/run1"), folder_to_open(Path("/tmp/run1"), "/tmp/run1")
    (PosixPath('/home/me/logs'), PosixPath('/tmp/run1'))
    """
    parts = Path(given).parts
    if address_of(log_dir) is not None:
        # Above a run there is the whole bucket, perhaps.
        return log_dir.parent if len(parts) > 3 else log_dir
    is_one_of_several = len(parts) > 1 and not Path(given).is_absolute() and parts[-2] not in ("..", "~")
    return log_dir.parent if is_one_of_several and not parts[0].startswith("~") else log_dir


def bytes_in(folder: Path) -> int:
    """Returns the size of all files of a folder, 0 if there is none."""
    total = 0
    for around, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.path.getsize(os.path.join(around, name))
            except OSError:  # gone in between
                continue
    return total


def _is_notebook() -> bool:
    """Returns whether cells of a notebook run this; IPython in a terminal shows no page."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


def _when(schedule: Schedule | None) -> str:
    if schedule is None:
        return "whenever log(step) is called"
    if isinstance(schedule, EveryEpochs):
        return "after every epoch" if schedule.n == 1 else f"after every {schedule.n:,} epochs"
    if isinstance(schedule, EveryBatches):
        return "after every batch" if schedule.n == 1 else f"after every {schedule.n:,} batches"
    if isinstance(schedule, Geometric):
        return "after every one of the first batches, then less and less often"
    return f"by {schedule!r}"


def _short(folder: Path) -> str:
    try:
        return str(folder.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return shown(folder)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"


def _bytes(size: int) -> str:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 1000)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"
