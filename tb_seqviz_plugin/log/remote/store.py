"""An object store, through fsspec, which is imported when an address is given and not before."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tb_seqviz_plugin.log.troubles import reason_of

SECONDS_TO_ANSWER = 30.0
"""How long whoever trains waits for a store that is asked what it holds."""

_WITH_BUCKETS = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "oci", "r2")
"""Schemes whose first part has to be there before anything is written; in other stores it is a folder."""
_NO_CREDENTIALS = (
    "NoCredentialsError",
    "PartialCredentialsError",
    "DefaultCredentialsError",
    "ClientAuthenticationError",
)
"""What the packages of the stores raise, which need not be installed, and is no OSError."""

Answer = TypeVar("Answer")


class StoreError(OSError):
    """What a store did not do.

    Args:
        message: a sentence.
        lasts: whether it helps nothing to try again before somebody has done something about it.
    """

    def __init__(self, message: str, lasts: bool) -> None:
        super().__init__(message)
        self.lasts = lasts


class Store:
    """The store that an address is of. All its methods raise a StoreError where it does not do what is asked.

    Args:
        address: of a folder in it.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._opened: tuple[Any, str] | None = None

    def check(self) -> None:
        """Raises a StoreError unless the store is there as far as can be told, or does not answer for now."""
        with self._said("asked for what it holds"):
            files, folder = self._open()
            scheme, _, place = self._address.partition("://")
            if scheme in _WITH_BUCKETS:
                files.invalidate_cache()
                try:
                    _find(files, place.partition("/")[0])
                except FileNotFoundError as error:
                    raise FileNotFoundError("there is no such bucket") from error
            self._sizes(files, folder)

    def sizes(self) -> dict[str, int]:
        """Returns the names of the files that lie directly in the folder, with their sizes in bytes."""
        with self._said("asked for what it holds"):
            return self._sizes(*self._open())

    def read(self, name: str) -> bytes:
        """Returns what a file holds."""
        with self._said(f"asked for {name}"):
            files, folder = self._open()
            found: bytes = files.cat_file(f"{folder}/{name}")
            return found

    def put(self, path: Path, name: str) -> None:
        """Uploads a file."""
        with self._said(f"given {name}"):
            files, folder = self._open()
            if self._address.partition("://")[0] not in _WITH_BUCKETS:
                files.makedirs(f"{folder}/{name}".rpartition("/")[0], exist_ok=True)
            files.put_file(str(path), f"{folder}/{name}")

    def remove(self, name: str) -> None:
        """Deletes a file; that it is gone already does no harm."""
        with self._said(f"told to delete {name}"), contextlib.suppress(FileNotFoundError):
            files, folder = self._open()
            files.rm_file(f"{folder}/{name}")

    def fetch(self, into: Path, wanted: Callable[[str], bool] = bool) -> list[Path]:
        """Downloads the files in the folder and below; returns where they are.

        Args:
            into: a folder of this machine, made if it is missing.
            wanted: tells by the name of a file, relative to the folder, whether it is to be downloaded.
        """
        with self._said("asked for what it holds"):
            files, folder = self._open()
            files.invalidate_cache()
            names = [name.removeprefix(folder).lstrip("/") for name in files.find(folder)]
            wanted_names = [name for name in names if name and ".." not in name.split("/") and wanted(name)]
            paths = [into / name for name in wanted_names]
            for path in paths:
                path.parent.mkdir(parents=True, exist_ok=True)
            if paths:
                files.get([f"{folder}/{name}" for name in wanted_names], [str(path) for path in paths])
            return paths

    def _sizes(self, files: Any, folder: str) -> dict[str, int]:
        files.invalidate_cache()
        found: Mapping[str, Mapping[str, Any]] = files.find(folder, maxdepth=1, detail=True)
        return {name.rpartition("/")[2]: int(about.get("size") or 0) for name, about in found.items()}

    def _open(self) -> tuple[Any, str]:
        """Returns the file system, and the folder in it."""
        if self._opened is None:
            from fsspec.core import url_to_fs

            self._opened = url_to_fs(self._address)
        return self._opened

    @contextlib.contextmanager
    def _said(self, doing: str) -> Iterator[None]:
        """Makes a StoreError of whatever is raised."""
        try:
            yield
        except Exception as error:  # of packages of which nothing is known
            raise _store_error(self._address, doing, error) from error


@functools.cache
def check_once(address: str) -> None:
    """Raises a StoreError where nothing can be uploaded to an address before somebody has done something about it."""
    try:
        within(SECONDS_TO_ANSWER, Store(address).check)
    except StoreError as error:
        if error.lasts:
            raise


def within(seconds: float, ask: Callable[[], Answer]) -> Answer:
    """Returns an answer of a store, of which who waits for it has so many seconds at most.

    Raises:
        StoreError: if there is none.
    """
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def asking() -> None:
        try:
            answers.append(ask())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=asking, name="seqviz asks a store", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not answers:
        raise StoreError(f"The store did not answer within {seconds:g} seconds.", lasts=False)
    return answers[0]


def processor_seconds() -> float:
    """Returns the processor time of this thread and, as far as the system tells it, of the one in which fsspec does the talking."""
    seconds = time.thread_time()
    with contextlib.suppress(ImportError, AttributeError, OSError):
        from fsspec.asyn import iothread

        if iothread[0] is not None:
            seconds += time.clock_gettime(time.pthread_getcpuclockid(iothread[0].ident))
    return seconds


def _store_error(address: str, doing: str, error: Exception) -> StoreError:
    reason, scheme = reason_of(error), address.partition("://")[0]
    if isinstance(error, ImportError):
        if error.name == "fsspec":
            way = 'what writes to object stores is not installed. Install it: pip install "tb-seqviz-plugin[remote]"'
        else:
            way = f"the package for {scheme}:// is not installed: {str(error).rstrip('.')}"
        return StoreError(f"{address} cannot be used, since {way}.", lasts=True)
    if isinstance(error, ValueError) and "rotocol" in reason:
        return StoreError(
            f"{address} cannot be used, since fsspec knows no {scheme}:// ({reason}). Expected an address such as 's3://bucket/run'.",
            lasts=True,
        )
    said = f"{address} was {doing}, and failed: {reason}."
    if isinstance(error, PermissionError) or type(error).__name__ in _NO_CREDENTIALS:
        return StoreError(f"{said} Check the credentials of this process, and what they allow.", lasts=True)
    if isinstance(error, FileNotFoundError):
        return StoreError(f"{said} Check the name, or make the bucket.", lasts=True)
    return StoreError(said, lasts=isinstance(error, NotImplementedError))


def _find(files: Any, bucket: str) -> None:
    """Raises a FileNotFoundError if there is no such bucket."""
    try:
        files.info(bucket)
    except FileNotFoundError:
        files.ls(bucket)  # where s3fs of 2024 finds one without a file, too
