"""From TensorBoard's data provider to what the routes answer; no HTTP here.

Only the data provider is used, since the multiplexer does not exist on TensorBoard's default loader. Everything is asked for
undamped: the sampling that the user chose took place while loading, and TensorBoard's own hint would turn "0, keep all" into none.
"""

from __future__ import annotations

import contextlib
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboard.context import RequestContext
from tensorboard.data.provider import BlobSequenceDatum, BlobSequenceTimeSeries, DataProvider, RunTagFilter, TensorDatum
from tensorboard.errors import InvalidArgumentError
from tensorboard.errors import NotFoundError as ProviderNotFoundError

from tb_seqviz_plugin.records.columns import with_columns
from tb_seqviz_plugin.records.kinds import KINDS, Upgrade
from tb_seqviz_plugin.schema import PLUGIN_NAME, SCHEMA_VERSION, Beside, parse_tag
from tb_seqviz_plugin.schema.answers import SeriesInfo, SeriesList, StepList
from tb_seqviz_plugin.wire.frame import (
    DAMAGE,
    Array,
    FrameError,
    checked_header,
    decode_frame,
    encode_frame,
    pack_frame,
)
from tb_seqviz_plugin.wire.summary import readable_kind

_ALL = 2**31 - 1
_MOST_BLOBS = 1 << 16


Where = tuple[RequestContext, str, str, str]
"""Which series: a request's context, the experiment, the run and the tag."""


class NotFoundError(LookupError):
    """A run, tag, step or blob that TensorBoard does not hold."""


class Reader:
    """Reads records of one TensorBoard.

    Args:
        provider: TensorBoard's data provider, of either loader.
    """

    def __init__(self, provider: DataProvider) -> None:
        self._provider = provider
        # What TensorBoard said last, so that a blob takes one question; it may be dropped at any time.
        self._data: dict[tuple[str, str, str], dict[int, BlobSequenceDatum]] = {}
        # How many blobs the largest record of a tag says it has.
        self._lengths: dict[tuple[str, str, str], int] = {}

    def series(self, context: RequestContext, experiment: str) -> SeriesList:
        """Returns every run and tag."""
        listed, damaged = self._list(context, experiment)
        lengths: dict[tuple[str, str, str], int] = {}
        readable: list[SeriesInfo] = []
        newer: list[str] = []
        for run, tags in sorted(listed.items()):
            for tag, info in sorted(tags.items()):
                kind, name = parse_tag(tag)
                lengths[experiment, run, tag] = info.max_length or 0
                if readable_kind(info.plugin_content) != kind or kind not in KINDS:
                    newer.append(f"{run} · {tag}")
                    continue
                readable.append(SeriesInfo(run, tag, kind, name, info.max_step, _moment(info.max_wall_time)))
        self._lengths = lengths
        return SeriesList(SCHEMA_VERSION, readable, newer, damaged)

    def _list(
        self, context: RequestContext, experiment: str
    ) -> tuple[Mapping[str, Mapping[str, BlobSequenceTimeSeries]], list[str]]:
        """Returns what there is, and the runs that TensorBoard cannot list: where it fails at one, it gives none at all."""
        asked = {"experiment_id": experiment, "plugin_name": PLUGIN_NAME}
        with contextlib.suppress(*DAMAGE):
            return self._provider.list_blob_sequences(context, **asked), []
        found: dict[str, Mapping[str, BlobSequenceTimeSeries]] = {}
        damaged: list[str] = []
        for run in sorted(run.run_name for run in self._provider.list_runs(context, experiment_id=experiment)):
            try:
                only = RunTagFilter(runs=[run])
                found.update(self._provider.list_blob_sequences(context, **asked, run_tag_filter=only))
            except DAMAGE:
                damaged.append(run)
        return found, damaged

    def steps(self, context: RequestContext, experiment: str, run: str, tag: str) -> StepList:
        """Returns every step of one tag.

        Raises:
            NotFoundError: if there is no such run and tag.
        """
        data = self._read_sequence(context, experiment, run, tag)
        if not data:
            raise NotFoundError(self._no_series(context, experiment, run, tag))
        ordered = [data[step] for step in sorted(data)]
        return StepList(
            steps=[datum.step for datum in ordered],
            wall_times=[_moment(datum.wall_time) for datum in ordered],
            blobs=[len(datum.values) for datum in ordered],
        )

    def blob(self, context: RequestContext, experiment: str, run: str, tag: str, step: int, index: int) -> bytes:
        """Returns one blob as it is stored.

        Raises:
            NotFoundError: if there is no such run, tag, step or blob.
        """
        known = self._data.get((experiment, run, tag), {})
        data = known if step in known else self._read_sequence(context, experiment, run, tag)
        if not data:
            raise NotFoundError(self._no_series(context, experiment, run, tag))
        if step not in data:
            raise NotFoundError(
                f"TensorBoard holds no step {step} of {tag!r} in run {run!r}, but {len(data)} steps from {min(data)} to "
                f"{max(data)}. Reload; a step that was logged and is not held was dropped by --samples_per_plugin."
            )
        values = data[step].values
        if not 0 <= index < len(values):
            raise NotFoundError(
                f"Step {step} of {tag!r} in run {run!r} has {len(values)} blobs; index {index} is not one of them."
            )
        try:
            stored = self._provider.read_blob(context, blob_key=values[index].blob_key)
        except ProviderNotFoundError as error:
            self._data.pop((experiment, run, tag), None)
            raise NotFoundError(
                f"Step {step} of {tag!r} in run {run!r} is gone from the log directory. Reload the page."
            ) from error
        except InvalidArgumentError as error:
            # Of the key that it gave itself: it writes a JSON string that it cannot read where it has escapes.
            raise NotFoundError(
                f"TensorBoard's data server cannot read {tag!r} of run {run!r}, since a name has a quotation mark or a backslash. "
                "Rename the run's folder, or start TensorBoard with --load_fast=false."
            ) from error
        except DAMAGE as error:
            raise FrameError(
                f"TensorBoard cannot read step {step} of {tag!r} in run {run!r} ({error}); it is damaged."
            ) from error
        if not isinstance(stored, bytes):
            raise FrameError(f"Step {step} of {tag!r} in run {run!r} holds no bytes; it is damaged.")
        return stored

    def measures(self, context: RequestContext, experiment: str, run: str, tag: str) -> bytes:
        """Returns the measures of all steps of one tag, as a frame; where rows have names, those of the newest step.

        Raises:
            NotFoundError: if there is no such run and tag.
        """
        kind = KINDS.get(parse_tag(tag)[0])
        data = self._read_beside(context, experiment, run, tag, kind.series) if kind else ()
        former = self._former_measures(context, experiment, run, tag, kind.upgrade) if kind and kind.upgrade else {}
        if kind is None or not (data or former):
            raise NotFoundError(self._no_series(context, experiment, run, tag))
        series = {datum.step: datum for datum in data if _are_measures(datum)}
        found = former | {step: with_columns(datum.numpy, len(kind.measures)) for step, datum in series.items()}
        if not found:
            raise FrameError(f"The measures of {tag!r} in run {run!r} are damaged.")
        # A model that was changed between two runs into one folder has other heads: only those of the newest are comparable.
        last, header = max(found), {"names": list(kind.measures)}
        steps = [step for step in sorted(found) if found[step].shape == found[last].shape]
        if kind.rows:
            setups = _setups_of(series, self._frames_beside(context, experiment, run, tag, "setup"))
            for field in kind.rows:
                header[field] = _names_of(setups[max(setups)], field) if setups else []
            steps = [step for step in steps if step >= max(setups, default=step)]
        arrays: dict[str, Array] = {
            "values": np.stack([found[step] for step in steps]).astype(np.float32),
            "steps": np.array(steps, dtype=np.int64),
        }
        return encode_frame(arrays, header)

    def _former_measures(
        self, context: RequestContext, experiment: str, run: str, tag: str, upgrade: Upgrade
    ) -> dict[int, npt.NDArray[np.float32]]:
        """Returns the measures of steps that a package of before has logged, as today's, where they say something."""
        found: dict[int, npt.NDArray[np.float32]] = {}
        headers: dict[tuple[int, ...], bytes] = {}
        for datum in filter(_are_measures, self._read_beside(context, experiment, run, tag, "measures")):
            # What heads there are tells the header of any step with as many.
            shape = datum.numpy.shape
            with contextlib.suppress(FrameError, NotFoundError):
                if shape not in headers:
                    headers[shape] = self.blob(context, experiment, run, tag, datum.step, 0)
                today = upgrade(datum.numpy, headers[shape])
                if today is not None:
                    found[datum.step] = today
        return found

    def texts(self, context: RequestContext, experiment: str, run: str, tag: str, after: int) -> bytes:
        """Returns the texts of all steps of one tag after a step, as a frame without compression.

        Raises:
            NotFoundError: if there is no such run and tag.
        """
        with_texts = [name for name, kind in KINDS.items() if kind.texts]
        if parse_tag(tag)[0] not in with_texts:
            raise NotFoundError(
                f"The tag is {tag!r}; expected one of {' or '.join(with_texts)}, such as '{with_texts[0]}/probe': no other "
                "has texts."
            )
        texts = {datum.step: datum for datum in self._frames_beside(context, experiment, run, tag, "texts")}
        if not texts:
            raise NotFoundError(self._no_series(context, experiment, run, tag))
        setups = _setups_of(texts, self._frames_beside(context, experiment, run, tag, "setup"))
        frames = {step: datum.numpy.item() for step, datum in texts.items()}
        return pack_frame(_joined("texts", frames, after) | _joined("setup", setups, after))

    def alarms(self, context: RequestContext, experiment: str, run: str, tag: str, after: int) -> bytes:
        """Returns what began to be wrong at each step of one tag after a step, as a frame without compression.

        It has no steps where a package of before, which watched nothing, logged them.

        Raises:
            NotFoundError: if there is no such run and tag, or its kind has no alarms.
        """
        kind = KINDS.get(parse_tag(tag)[0])
        if kind and not kind.alarms:
            raise NotFoundError(f"The tag is {tag!r}; expected one of attention: no other has alarms.")
        frames = self._frames_beside(context, experiment, run, tag, "alarms")
        if not frames and not self._read_sequence(context, experiment, run, tag):
            raise NotFoundError(self._no_series(context, experiment, run, tag))
        return pack_frame(_joined("alarms", {datum.step: datum.numpy.item() for datum in frames}, after))

    def setup(self, context: RequestContext, experiment: str, run: str, tag: str) -> tuple[int, bytes]:
        """Returns the first of the newest steps of one tag that share a setup, and this setup as it is stored.

        Raises:
            NotFoundError: if there is no such run and tag, or no setup in it.
        """
        data = self._read_sequence(context, experiment, run, tag)
        if not data:
            raise NotFoundError(self._no_series(context, experiment, run, tag))
        setups = _setups_of(data, self._frames_beside(context, experiment, run, tag, "setup"))
        if not setups:
            raise FrameError(f"The event files of run {run!r} do not say what {tag!r} holds; they are damaged.")
        return max(setups), setups[max(setups)]

    def _read_beside(
        self, context: RequestContext, experiment: str, run: str, tag: str, kind: Beside
    ) -> Sequence[TensorDatum]:
        """Returns what a series beside a record holds."""
        beside = f"{kind}/{tag}"
        try:
            data = self._provider.read_tensors(context, **_all_of(experiment, run, beside))
        except DAMAGE as error:
            # It reads all steps at once, and ends at the first that it cannot read.
            raise FrameError(f"TensorBoard cannot read {beside!r} of run {run!r} ({error}); it is damaged.") from error
        found: Sequence[TensorDatum] = data.get(run, {}).get(beside, [])
        return found

    def _frames_beside(
        self, context: RequestContext, experiment: str, run: str, tag: str, kind: Beside
    ) -> Sequence[TensorDatum]:
        """Returns what a series of frames beside a record holds, without what is no frame."""
        data = self._read_beside(context, experiment, run, tag, kind)
        return [datum for datum in data if datum.numpy.size == 1 and isinstance(datum.numpy.item(), bytes)]

    def _read_sequence(
        self, context: RequestContext, experiment: str, run: str, tag: str
    ) -> dict[int, BlobSequenceDatum]:
        if (experiment, run, tag) not in self._lengths:
            self.series(context, experiment)
        length = self._lengths.get((experiment, run, tag), 0)
        if length > _MOST_BLOBS:
            # TensorBoard's Python loader would make a reference to each of them.
            raise FrameError(f"{tag!r} in run {run!r} has a record that says it has {length} blobs; it is damaged.")
        try:
            read = self._provider.read_blob_sequences(context, **_all_of(experiment, run, tag))
        except DAMAGE as error:
            raise FrameError(f"TensorBoard cannot read {tag!r} of run {run!r} ({error}); it is damaged.") from error
        data = {datum.step: datum for datum in read.get(run, {}).get(tag, [])}
        self._data[experiment, run, tag] = data
        return data

    def _no_series(self, context: RequestContext, experiment: str, run: str, tag: str) -> str:
        series = self.series(context, experiment).series
        runs = sorted({info.run for info in series})
        if run not in runs:
            return f"TensorBoard holds no run {run!r} with SeqViz data; it holds {_listed(runs)}."
        return f"Run {run!r} has no tag {tag!r}; it has {_listed([info.tag for info in series if info.run == run])}."


def _are_measures(datum: TensorDatum) -> bool:
    return datum.numpy.dtype.kind == "f" and datum.numpy.ndim == 2


def _setups_of(
    series: Mapping[int, TensorDatum | BlobSequenceDatum], setups: Sequence[TensorDatum]
) -> dict[int, bytes]:
    """Returns the setup of the first step, and of each whose setup is another than that of the step before.

    What was written last before a step holds for it. That need not be the setup of the nearest step: where a training went back,
    TensorBoard's Python loader keeps the later steps of what came before.
    """
    written = sorted(setups, key=lambda setup: setup.wall_time)
    times = [setup.wall_time for setup in written]
    changes: dict[int, bytes] = {}
    before = None
    for step in sorted(series) if written else ():
        frame = written[max(bisect_right(times, series[step].wall_time) - 1, 0)].numpy.item()
        if frame != before:
            changes[step] = before = frame
    return changes


def _joined(name: str, series: Mapping[int, bytes], after: int) -> dict[str, Array]:
    """Returns the frames of a series one after the other, with the step and the end of each."""
    steps = [step for step in sorted(series) if step > after]
    frames = [series[step] for step in steps]
    return {
        f"{name}.steps": np.array(steps, np.int64),
        f"{name}.ends": np.cumsum([len(frame) for frame in frames], dtype=np.int64),
        f"{name}.frames": np.frombuffer(b"".join(frames), np.uint8),
    }


def _names_of(setup: bytes, field: str) -> list[str]:
    """Returns the names that a setup has for the rows of the measures."""
    names = checked_header(decode_frame(setup).header).get(field)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise FrameError(f"A setup has no list of names {field!r}; the event file is damaged.")
    return names


def _moment(wall_time: float) -> float:
    """Returns when something was written; what is no time at all counts as long ago, since JSON has no NaN."""
    return wall_time if math.isfinite(wall_time) else 0.0


def _all_of(experiment: str, run: str, tag: str) -> dict[str, Any]:
    """Returns what asks the data provider for every step of one tag."""
    return {
        "experiment_id": experiment,
        "plugin_name": PLUGIN_NAME,
        "downsample": _ALL,
        "run_tag_filter": RunTagFilter([run], [tag]),
    }


def _listed(names: list[str], most: int = 10) -> str:
    shown = ", ".join(map(repr, names[:most]))
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown or "none"
