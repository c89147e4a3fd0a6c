"""`export`: a log directory as one HTML file, without a TensorBoard."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tensorboard.backend import json_util
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.data.provider import DataProvider, RunTagFilter
from tensorboard.plugins.scalar.metadata import PLUGIN_NAME as SCALARS

from tb_seqviz_plugin.log.channels import recover
from tb_seqviz_plugin.log.folders import absolute_folder
from tb_seqviz_plugin.log.remote.address import local_path, split_address
from tb_seqviz_plugin.log.spool import SPOOL
from tb_seqviz_plugin.schema import PLUGIN_NAME
from tb_seqviz_plugin.schema.answers import SeriesInfo
from tb_seqviz_plugin.server.embeddings.reader import EmbeddingReader
from tb_seqviz_plugin.server.onefile.file import write_file
from tb_seqviz_plugin.server.reader import Reader

_ALL = 0
_MOST_POINTS = 1000


def export(
    logdir: str | os.PathLike[str],
    path: str | os.PathLike[str],
    runs: Sequence[str] | None = None,
    tags: Sequence[str] | None = None,
) -> Path:
    """Writes a log as one HTML file, which shows all its records in any browser, offline, from `file://` too.

    The file holds the page, every record with all its steps, and the losses beside them. It is about 1.07 times as large as the
    records, and 0.2 MB for the page. While it is written, the records are held in memory, as by TensorBoard.

    Args:
        logdir: the folder that `tensorboard --logdir` would be given; or the address of one in an object store, whose event files
            are downloaded, and taken away again when the file is written.
        path: where to write the file, such as "attention.html"; what is there is replaced.
        runs: which runs, named as in TensorBoard; None for all.
        tags: which tags, such as "attention/probe/0"; None for all.

    Returns:
        the path of the file.

    Raises:
        FileNotFoundError: if there is no such folder, or the page was not built.
        OSError: if an object store does not give what it holds.
        ValueError: if there is no such run or tag, no records at all, or the path is not that of a file on this machine.

    >>> import numpy as np
    >>> import tb_seqviz_plugin as seqviz
    >>> with seqviz.Writer("logs/run1") as writer:
    ...     writer.attention("example", {"decoder/cross": np.full((2, 3, 4), 0.25)}, step=3)
    >>> seqviz.export("logs", "attention.html", tags=["attention/example"]).name
    'attention.html'
    """
    target = _file_at(path)
    address = split_address(logdir)
    if address is not None:
        # What talks to object stores is loaded for whoever gives an address.
        from tb_seqviz_plugin.log.remote.fetch import fetched

        with fetched(*address) as folder:
            return _export(Path(folder), address[1], target, runs, tags)
    root = local_path(logdir)
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is not a folder; expected the folder that `tensorboard --logdir` is given.")
    _recover(root)
    return _export(root, str(logdir), target, runs, tags)


def _file_at(path: str | os.PathLike[str]) -> Path:
    if split_address(path) is not None:
        raise ValueError(
            f"The path is {os.fspath(path)!r}; expected a file on this machine, such as 'attention.html' to upload then."
        )
    target = absolute_folder(path)
    if target.is_dir():
        raise ValueError(f"{target} is a folder; expected the path of a file, such as 'attention.html'.")
    return target


def _export(root: Path, name: str, target: Path, runs: Sequence[str] | None, tags: Sequence[str] | None) -> Path:
    provider, context = _provider_of(root), RequestContext()
    reader = Reader(provider)
    listed = reader.series(context, "")
    for newer in listed.newer:
        _warn(f"Left out {newer}: a newer version wrote it. Upgrade: pip install --upgrade tb-seqviz-plugin.")
    for run in listed.damaged:
        _warn(f"Left out run {run!r}: its event files are damaged.")
    series = chosen(listed.series, runs, tags)
    if not series:
        raise ValueError(f"{name} holds no records of SeqViz; expected a folder that a callback or a Writer logged to.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as file:
        try:
            title = f"SeqViz: {Path(name).absolute().name}"
            losses = losses_of(provider, context, "", series, listed.series)
            known = dataclasses.replace(listed, series=series)
            write_file(file, title, reader, EmbeddingReader(reader), context, "", known, losses)
        except BaseException:
            file.close()
            os.unlink(file.name)
            raise
    # As of any file that is made: a temporary one is for its owner alone.
    umask = os.umask(0)
    os.umask(umask)
    os.chmod(file.name, 0o666 & ~umask)
    os.replace(file.name, target)
    return target


def chosen(series: Iterable[SeriesInfo], runs: Sequence[str] | None, tags: Sequence[str] | None) -> list[SeriesInfo]:
    """Returns the series of some runs and tags.

    Raises:
        ValueError: if there is no such run or tag.
    """
    known = list(series)
    for what, wanted, there in (
        ("run", runs, sorted({info.run for info in known})),
        ("tag", tags, sorted({info.tag for info in known})),
    ):
        if isinstance(wanted, str):
            raise ValueError(f"The {what}s are {wanted!r}; expected a list of names, such as [{wanted!r}].")
        if wanted is not None and not len(wanted):
            raise ValueError(f"No {what}s are chosen; expected names of {what}s, or None for all.")
        for name in wanted or ():
            if name not in there:
                raise ValueError(f"There is no {what} {name!r}; there are {', '.join(map(repr, there)) or 'none'}.")
    return [info for info in known if (runs is None or info.run in runs) and (tags is None or info.tag in tags)]


def losses_of(
    provider: DataProvider,
    context: RequestContext,
    experiment: str,
    series: Iterable[SeriesInfo],
    listed: Iterable[SeriesInfo],
) -> dict[str, dict[str, list[list[float]]]]:
    """Returns TensorBoard's scalars that are losses and lie where the page looks for that of a run, by run and tag.

    Args:
        provider: where they are from.
        context: of the request.
        experiment: of TensorBoard.
        series: whose losses.
        listed: all there are; those of runs of other ones are left out.
    """
    asked: dict[str, Any] = {"experiment_id": experiment, "plugin_name": SCALARS}
    runs = {info.run for info in series}
    others = {info.run for info in listed} - runs
    found = provider.list_scalars(context, **asked)
    near = {run: tags for run, tags in found.items() if run not in others and any(_is_near(run, own) for own in runs)}
    wanted = {run: [tag for tag in tags if "loss" in tag.lower()] for run, tags in near.items()}
    names = sorted({tag for tags in wanted.values() for tag in tags})
    if not names:
        return {}
    only = RunTagFilter(runs=[run for run, tags in wanted.items() if tags], tags=names)
    read = provider.read_scalars(context, **asked, downsample=_MOST_POINTS, run_tag_filter=only)
    losses = {
        run: {tag: [[point.wall_time, point.step, point.value] for point in points] for tag, points in tags.items()}
        for run, tags in read.items()
    }
    # JSON has no NaN: TensorBoard answers with its name, so that one loss that exploded does not take the page along.
    cleansed: dict[str, dict[str, list[list[float]]]] = json_util.Cleanse(losses)
    return cleansed


def _is_near(run: str, own: str) -> bool:
    """Returns whether the page looks in a run for the loss of another, see `findLoss` in `frontend/src/store/stepLines.ts`."""
    folder = own.rpartition("/")[0]
    if not folder:
        return run in (own, "train", ".")
    return run in (own, folder) or run.rpartition("/")[0] == folder


def _provider_of(root: Path) -> DataProvider:
    """Returns what TensorBoard reads a log with, all steps of ours kept."""
    multiplexer = EventMultiplexer(tensor_size_guidance={PLUGIN_NAME: _ALL, SCALARS: _MOST_POINTS})
    multiplexer.AddRunsFromDirectory(str(root))
    multiplexer.Reload()
    return MultiplexerDataProvider(multiplexer, str(root))


def _recover(root: Path) -> None:
    """Has what killed processes left in their spools written; where that cannot be, they are told of and left out."""
    for spool in sorted(root.rglob(SPOOL)):
        with contextlib.suppress(FileNotFoundError):
            if not spool.stat().st_size:
                continue
        try:
            recover(spool.parent)
        except Exception as error:  # of a folder of whatever kind
            _warn(f"{spool} holds steps that cannot be written, and are left out: {error}.")


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=4)
