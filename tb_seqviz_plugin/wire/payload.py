"""What a record becomes on its way to the file: the same few parts, whatever its kind."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from tb_seqviz_plugin.schema import BASE_VERSION, Beside
from tb_seqviz_plugin.wire.frame import FrameError

Part = TypeVar("Part")


@dataclass(frozen=True)
class Encoded:
    """A record as it is stored.

    What is read back has no scalars and no histograms, and the setup that was written last before it beside it.

    Args:
        blobs: the frames of the record, the header frame first.
        beside: the series beside it: float32 arrays, or the bytes of a frame.
        setup: the frame that holds for the records to come, too, written only when it changes; None where its kind has none.
        scalars: numbers for TensorBoard's own tabs, by tag.
        histograms: float64 [buckets, 3] of left edge, right edge and count, for TensorBoard's own tabs, by tag.
        version: the oldest version of the format that tells all it holds.
    """

    blobs: list[bytes]
    beside: Mapping[Beside, npt.NDArray[np.float32] | bytes]
    setup: bytes | None = None
    scalars: Mapping[str, float] = field(default_factory=dict)
    histograms: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    version: int = BASE_VERSION

    def part(self, name: Beside, expected: type[Part]) -> Part:
        """Returns a series beside the record, the setup included: `np.ndarray` of measures, else `bytes`.

        Raises:
            FrameError: if there is none, or it is something else.
        """
        part = self.setup if name == "setup" and self.setup is not None else self.beside.get(name)
        if not isinstance(part, expected):
            raise FrameError(f"its series {name!r} is missing or damaged.")
        return part


@dataclass(frozen=True)
class Raw:
    """A record as it was given: what any process can encode later, and costs next to nothing to write down.

    Args:
        said: all but its arrays, as JSON can hold it, with numpy's numbers. None where it is encoded already, and the only array
            holds the bytes of a Summary.
        arrays: of any numeric dtype.
        encoded_size: how many bytes it may take encoded, about, at most.
    """

    said: Any
    arrays: Sequence[npt.NDArray[Any]] = ()
    encoded_size: int = 0


def fields_of(value: Any, cls: type) -> dict[str, Any]:
    """Returns the fields of a dataclass by name, as they are; what a subclass has besides is left out."""
    return {each.name: getattr(value, each.name) for each in dataclasses.fields(cls)}


class Payload(Protocol):
    """A record on its way to the event file."""

    @property
    def kind(self) -> str:
        """Name of its kind."""

    def encode(self, tag: str, record: int) -> Encoded:
        """Returns the record as it is stored.

        Args:
            tag: the record's tag.
            record: how many records the tag has had so far, this one counted.
        """


@runtime_checkable
class RawPayload(Payload, Protocol):
    """A record that is encoded in the background, since that takes long; its kind has a `restore`."""

    @property
    def memory(self) -> Any:
        """What its encoding takes from the record before and hands on to the next; None for most kinds."""

    def raw(self) -> Raw:
        """Returns the record as it was given."""
