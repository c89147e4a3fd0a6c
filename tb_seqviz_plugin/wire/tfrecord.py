"""Event files: records framed as TFRecords, with the checksum computed in C.

A record is a little-endian u64 length, the masked CRC-32C of these 8 bytes, the payload, the masked CRC-32C of the
payload (TensorFlow, `tensorflow/core/lib/io/record_writer.h`). TensorBoard's own writer computes the checksum in Python,
at 0.1 s per MB under the GIL.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import google_crc32c

_HEADER = struct.Struct("<QI")
_FOOTER = struct.Struct("<I")


class DamagedFileError(ValueError):
    """An event file that cannot be read any further."""


def write_record(file: BinaryIO, payload: bytes) -> None:
    """Appends one record to a file that is open for binary writing."""
    length = struct.pack("<Q", len(payload))
    for data in (length + _FOOTER.pack(_masked_checksum(length)), payload, _FOOTER.pack(_masked_checksum(payload))):
        left = memoryview(data)
        # A file without a buffer may take less than it is given.
        while left:
            left = left[file.write(left) :]


def read_records(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yields place and payload of every whole record of a file.

    Raises:
        DamagedFileError: after the last readable record, if the file ends inside a record or a checksum is wrong.
    """
    with path.open("rb") as file:
        offset = 0
        while header := file.read(_HEADER.size):
            if len(header) < _HEADER.size:
                raise DamagedFileError(_ends_early(path, offset))
            length, checksum = _HEADER.unpack(header)
            if _masked_checksum(header[:8]) != checksum:
                raise DamagedFileError(
                    f"{path} holds no readable record at byte {offset}; what comes before it was read. The file is "
                    "damaged, or is not an event file."
                )
            _check_length(file, path, offset, length)
            body = file.read(length + _FOOTER.size)
            payload = body[:length]
            if _masked_checksum(payload) != _FOOTER.unpack(body[length:])[0]:
                raise DamagedFileError(
                    f"{path} has a record at byte {offset} whose checksum is wrong; what comes before it was read. "
                    "The file is damaged."
                )
            yield offset, payload
            offset = file.tell()


def read_record(path: Path, offset: int) -> bytes:
    """Returns the payload of the record at a place that `read_records` gave.

    Raises:
        DamagedFileError: if the file has become shorter since.
    """
    with path.open("rb") as file:
        file.seek(offset)
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size:
            raise DamagedFileError(_ends_early(path, offset))
        length, _ = _HEADER.unpack(header)
        _check_length(file, path, offset, length)
        return file.read(length)


def _check_length(file: BinaryIO, path: Path, offset: int, length: int) -> None:
    """Raises a DamagedFileError unless the file holds what a record says of its length: reading asks for that much memory."""
    if offset + _HEADER.size + length + _FOOTER.size > os.fstat(file.fileno()).st_size:
        raise DamagedFileError(_ends_early(path, offset))


def end_of_records(path: Path) -> int | None:
    """Returns where the last whole record of a file ends, if all that comes after it is one that was cut short; else None."""
    size, end = path.stat().st_size, 0
    with path.open("rb") as file:
        while True:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return end
            length, checksum = _HEADER.unpack(header)
            if _masked_checksum(header[:8]) != checksum:
                return None
            following = end + _HEADER.size + length + _FOOTER.size
            if following > size:
                return end
            end = file.seek(following)


def _ends_early(path: Path, offset: int) -> str:
    return (
        f"{path} ends inside the record at byte {offset}; the records before it were read. It is still being written, "
        "or its writer was stopped."
    )


def _masked_checksum(data: bytes) -> int:
    checksum: int = google_crc32c.value(data)
    return (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF
