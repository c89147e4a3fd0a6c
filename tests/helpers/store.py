"""An object store for tests, `kept://`: a folder of this machine, so that it outlives the processes that write to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import fsspec
from fsspec.implementations.local import LocalFileSystem


class Kept(LocalFileSystem):  # type: ignore[misc]
    """A store in the folder `root`, whose first part of a path is a bucket.

    Attributes:
        fails: is asked before each upload, with the place; raises what goes wrong.
        put: the places that something was uploaded to, in order.
    """

    protocol = "kept"
    root: ClassVar[Path]
    fails: ClassVar[Callable[[str], None]]
    put: ClassVar[list[str]]

    @classmethod
    def _strip_protocol(cls, path: Any) -> str:
        place = str(path).removeprefix("kept://").removeprefix(f"{cls.root}/")
        return f"{cls.root}/{place}".rstrip("/")

    def put_file(self, lpath: str, rpath: str, **_: Any) -> None:
        """Uploads a file, whole or not at all."""
        place = str(Path(rpath).relative_to(self.root))
        type(self).fails(place)
        Path(rpath).write_bytes(Path(lpath).read_bytes())
        type(self).put.append(place)

    def get_file(self, rpath: str, lpath: str, **_: Any) -> None:
        """Downloads a file."""
        Path(lpath).write_bytes(Path(rpath).read_bytes())

    @classmethod
    def begin(cls, root: Path) -> None:
        """Begins with a folder, where nothing fails."""
        cls.root, cls.fails, cls.put = root, staticmethod(lambda place: None), []  # type: ignore[assignment]
        fsspec.register_implementation("kept", cls, clobber=True)
