"""Writes the file: the page, the answers that it would have from a server, and what finds them there."""

from __future__ import annotations

import dataclasses
import html
import json
from collections.abc import Callable
from functools import partial
from typing import IO

from tensorboard.context import RequestContext

from tb_seqviz_plugin.schema.answers import SeriesList, StepList
from tb_seqviz_plugin.schema.onefile import FileIndex, FileTag
from tb_seqviz_plugin.server.embeddings.reader import EmbeddingReader
from tb_seqviz_plugin.server.onefile.chunks import Chunks, Place, smallest
from tb_seqviz_plugin.server.onefile.packing import pack
from tb_seqviz_plugin.server.page import PAGE
from tb_seqviz_plugin.server.reader import NotFoundError, Reader, Where
from tb_seqviz_plugin.wire.frame import FrameError, inflate

SCRIPT = PAGE.with_name("onefile.js")
"""The whole page as one classic script, since a page of `file:` imports no modules."""

_ENCODING = "utf-16-le"
_MARK = b"\xff\xfe"
_BEFORE_ALL = -(2**63)


class PageMissingError(FileNotFoundError):
    """The page was not built."""


def write_file(
    file: IO[bytes],
    title: str,
    reader: Reader,
    embeddings: EmbeddingReader,
    context: RequestContext,
    experiment: str,
    series: SeriesList,
    scalars: dict[str, dict[str, list[list[float]]]] | None = None,
) -> None:
    """Writes a log as one HTML file.

    Args:
        file: where to.
        title: what a browser calls it.
        reader: where the records are from.
        embeddings: the same for what is asked about words.
        context: of the request.
        experiment: of TensorBoard.
        series: which runs and tags, and what is said of others.
        scalars: losses, which the step bar draws: wall time, step and value of each, by run and tag.

    Raises:
        PageMissingError: if the page was not built.
    """
    if not SCRIPT.is_file():
        raise PageMissingError(f"{SCRIPT} is missing. Run `make build`, or install with `pip install .`.")
    script = SCRIPT.read_text(encoding="utf-8")

    def write(text: str) -> None:
        # A name may hold what is no text, such as half of a surrogate pair.
        file.write(text.encode(_ENCODING, "replace"))

    def write_packed(kind: str, data: bytes) -> None:
        write(f'<script type="seqviz/{kind}">')
        file.write(pack(data))
        write("</script>\n")

    file.write(_MARK)
    write('<!doctype html>\n<html lang="en"><head><meta name="viewport" content="width=device-width">')
    write(f"<title>{html.escape(title)}</title></head><body>\n")
    chunks = Chunks(lambda chunk: write_packed("chunk", chunk))
    index = FileIndex(
        series=series,
        tags=[_tag(reader, embeddings, (context, experiment, info.run, info.tag), chunks) for info in series.series],
        scalars=scalars or {},
    )
    write_packed("index", smallest(json.dumps(dataclasses.asdict(index), separators=(",", ":")).encode()))
    write_packed("page", smallest(script.encode()))
    write(f"<script>{_start()}</script></body></html>\n")


def _start() -> str:
    """Returns what begins: it reads the page's script and runs it."""
    text = SCRIPT.with_name("onefileStart.js").read_text(encoding="utf-8")
    if "</script" in text.lower() or not text.isascii():
        raise AssertionError("onefileStart.js holds what ends a script.")
    return text


def _tag(reader: Reader, embeddings: EmbeddingReader, where: Where, chunks: Chunks) -> FileTag:
    """Returns what the routes answer for a tag."""
    failures: dict[str, str] = {}

    def placed(name: str, frame: Callable[[], bytes], add: Callable[[bytes], Place]) -> Place:
        try:
            return add(frame())
        except (FrameError, NotFoundError) as error:
            failures[name] = str(error)
            return []

    try:
        steps = reader.steps(*where)
    except FrameError as error:
        return FileTag(where[2], where[3], StepList([], [], []), [], {}, {"steps": str(error)})
    blobs = [
        [
            placed(f"{step}/{index}", partial(reader.blob, *where, step, index), chunks.add_stored)
            for index in range(count)
        ]
        for step, count in zip(steps.steps, steps.blobs, strict=True)
    ]
    answers: dict[str, Callable[[], bytes]] = {
        "measures": lambda: inflate(reader.measures(*where)),
        "texts": lambda: reader.texts(*where, _BEFORE_ALL),
        "alarms": lambda: reader.alarms(*where, _BEFORE_ALL),
        "labels": lambda: inflate(embeddings.labels(where)),
        "map": lambda: inflate(embeddings.flat_map(where, [])),
    }
    frames = {route: placed(route, answer, chunks.add) for route, answer in answers.items()}
    chunks.close()
    return FileTag(
        where[2], where[3], steps, blobs, {route: place for route, place in frames.items() if place}, failures
    )
