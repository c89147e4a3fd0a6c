"""Records that lie: sound ones of every kind, damaged at random; the same for the same seed."""

from __future__ import annotations

import dataclasses
import functools
import gzip
import json
import math
import random
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from tensorboard.compat.proto.event_pb2 import Event
from wire.make_golden import records

from tb_seqviz_plugin.schema import HEADER_KEY
from tb_seqviz_plugin.wire.frame import decode_frame
from tb_seqviz_plugin.wire.payload import Encoded
from tb_seqviz_plugin.wire.summary import encode_event, values_of

_DEEP = "nested deeper than any parser goes"
_HOSTILE: list[Any] = [
    *(
        None,
        True,
        False,
        -1,
        0,
        1,
        2,
        3,
        255,
        2**31,
        2**32,
        10**18,
        -(2**63),
        2**64,
        1.5,
        -0.0,
        1e308,
        math.nan,
        math.inf,
    ),
    *("", "x", "1", "\ud800", "\x00", "x" * 2000, "__proto__", "constructor", "toString", "embeddings"),
    *([], {}, [[]], [None], {"": 0}, [0] * 40, ["a"] * 40, [-1, -4], [2**31, 2**31], [2**33, 2**31], _DEEP),
]
_DTYPES = [
    "U8",
    "I8",
    "U16",
    "I16",
    "U32",
    "I32",
    "U64",
    "I64",
    "F16",
    "BF16",
    "F32",
    "F64",
    "BOOL",
    "F8_E5M2",
    "F4",
    "",
    None,
]


@functools.cache
def sound() -> list[tuple[str, Encoded]]:
    """Returns sound records: the kind of each, and as it is stored."""
    return [(decode_frame(encoded.blobs[0]).header["kind"], encoded) for _, encoded, _ in records()]


def lying_frame(random: random.Random, frame: bytes) -> bytes:
    """Returns a frame, itself not compressed, with something wrong in it."""
    length = int.from_bytes(frame[:8], "little")
    entries, data = json.loads(frame[8 : 8 + length]), frame[8 + length :]
    way = random.randrange(6)
    if way == 0:
        return lying_bytes(random, frame)
    if way == 1 and HEADER_KEY in entries.get("__metadata__", {}):
        header = json.loads(entries["__metadata__"][HEADER_KEY])
        for _ in range(random.choice((1, 1, 2, 5))):
            header = _lying_json(random, header)
        entries["__metadata__"][HEADER_KEY] = _dumped(header)
    elif way == 2 and len(entries) > 1:
        name = random.choice([name for name in entries if name != "__metadata__"])
        entries[name]["dtype"] = random.choice(_DTYPES)
    elif way == 3 and len(entries) > 1:
        name = random.choice([name for name in entries if name != "__metadata__"])
        entries[name]["shape"] = _lying_json(random, entries[name]["shape"])
    elif way == 4 and len(entries) > 1:
        one, other = (random.choice([name for name in entries if name != "__metadata__"]) for _ in range(2))
        entries[one], entries[other] = entries[other], entries[one]
    else:
        entries = _lying_json(random, entries)
    said = _dumped(entries).encode(errors="surrogatepass")
    claimed = len(said) if random.random() < 0.9 else random.choice([0, 1, len(said) + 1, 2**31, 2**63, 2**64 - 1])
    return claimed.to_bytes(8, "little") + said + data


def lying_blob(random: random.Random, blob: bytes) -> bytes:
    """Returns a compressed frame with something wrong in it."""
    if random.random() < 0.15:
        return lying_bytes(random, blob)
    packed = gzip.compress(lying_frame(random, gzip.decompress(blob)), 1, mtime=0)
    if random.random() < 0.05:
        return packed[:-4] + random.choice([bytes(4), b"\xff" * 4])
    return packed + random.choice([b"", b"", b"", b"more"])


def lying_bytes(random: random.Random, data: bytes) -> bytes:
    """Returns bytes with some others in them, or fewer."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8))):
        at = random.randrange(len(changed) + 1)
        match random.randrange(4):
            case 0:
                changed[at : at + 1] = random.randbytes(1)
            case 1:
                del changed[at:]
            case 2:
                del changed[at : at + random.randrange(1, 20)]
            case _:
                changed[at:at] = random.randbytes(random.randrange(1, 9))
    return bytes(changed)


def lying_record(random: random.Random) -> tuple[str, Encoded]:
    """Returns a kind and a record of it as it is stored, with something wrong in it."""
    kind, encoded = random.choice(sound())
    blobs, beside, setup = list(encoded.blobs), {**encoded.beside}, encoded.setup
    for place in sorted(random.sample(range(-3, len(blobs) + 1), random.choice((1, 1, 1, 2)))):
        if place >= len(blobs):
            blobs = random.choice([blobs[::-1], blobs[:1], blobs * 2, [], blobs[1:], random.choice(sound())[1].blobs])
        elif place >= 0:
            blobs[place] = lying_blob(random, blobs[place])
        elif place == -1 and setup is not None:
            setup = lying_blob(random, setup) if random.random() < 0.9 else None
        elif place == -2 and "texts" in beside:
            beside["texts"] = lying_blob(random, encoded.part("texts", bytes))
        elif place == -3 and "measures" in beside:
            beside["measures"] = _lying_measures(random, encoded.part("measures", np.ndarray))
    return kind, dataclasses.replace(encoded, blobs=blobs, beside=beside, setup=setup)


def lying_event(random: random.Random, name: str, step: int) -> bytes:
    """Returns a serialised event with a record of that name, with something wrong in one or the other."""
    kind, encoded = lying_record(random) if random.random() < 0.6 else random.choice(sound())
    event = Event.FromString(encode_event(step, 1.7e9 + step, values_of(f"{kind}/{name}", encoded)))
    for _ in range(random.choice((0, 1, 1, 2))):
        random.choice(_WAYS)(random, event, random.choice(event.summary.value))
    return event.SerializeToString()


_WAYS: list[Callable[[random.Random, Any, Any], Any]] = [
    lambda random, event, value: setattr(event, "wall_time", random.choice([math.nan, math.inf, -1e308, 0.0, 1e308])),
    lambda random, event, value: setattr(event, "step", random.choice([-(2**63), 2**63 - 1, -1, 0])),
    lambda random, event, value: setattr(
        value, "tag", random.choice(["", "/", "samples", "a" * 300, "setup/x", "\x00"])
    ),
    lambda random, event, value: setattr(
        value.metadata.plugin_data, "content", _lying_content(random, value.metadata.plugin_data.content)
    ),
    lambda random, event, value: setattr(
        value.metadata.plugin_data, "plugin_name", random.choice(["", "scalars", "seqviz"])
    ),
    lambda random, event, value: setattr(value.metadata, "data_class", random.randrange(4)),
    lambda random, event, value: setattr(value.tensor, "dtype", random.choice([0, 1, 2, 3, 7, 9, 14, 19])),
    lambda random, event, value: value.tensor.ClearField("tensor_shape"),
    lambda random, event, value: value.tensor.tensor_shape.dim.add(size=random.choice([0, 1, 2, -1, 2**40])),
    lambda random, event, value: value.tensor.ClearField("tensor_content"),
    lambda random, event, value: value.tensor.ClearField("string_val"),
    lambda random, event, value: value.tensor.string_val.append(random.choice([b"", b"\xff", b"\x1f\x8b\x08"])),
    lambda random, event, value: value.ClearField("tensor"),
    lambda random, event, value: event.summary.value.append(value),
]
"""What may be wrong with an event: given it, and one of its values."""


def _lying_measures(random: random.Random, measures: np.ndarray) -> Any:
    return random.choice(
        [
            measures[:1, :0],
            measures.ravel(),
            measures[None],
            measures[:-1],
            measures * np.nan,
            np.float32(1).reshape(()),
            b"?",
        ]
    )


def _lying_content(random: random.Random, content: bytes) -> bytes:
    if random.random() < 0.3:
        return lying_bytes(random, content)
    try:
        said = json.loads(content)
    except ValueError:
        return b""
    return _dumped(_lying_json(random, said)).encode(errors="surrogatepass")


def _lying_json(random: random.Random, value: Any) -> Any:
    """Returns JSON with another value somewhere in it, or without one."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        name = random.choice(list(value))
        changed = {**value}
        way = random.random()
        if way < 0.08:
            del changed[name]
        elif way < 0.14:
            changed[random.choice(["__proto__", "more", "0.weights", "vectors"])] = random.choice(_HOSTILE)
        else:
            changed[name] = _lying_json(random, value[name])
        return changed
    if isinstance(value, list) and value and random.random() < 0.75:
        place = random.randrange(len(value))
        way = random.random()
        if way < 0.1:
            return value[:place]
        if way < 0.2:
            return [*value, value[place]]
        if way < 0.25:
            return value * 30
        return [*value[:place], _lying_json(random, value[place]), *value[place + 1 :]]
    if type(value) in (int, float) and random.random() < 0.3:
        return value + random.choice([-1, 1, 0.5, 1000])
    return random.choice(_HOSTILE)


def _dumped(value: Any) -> str:
    text = json.dumps(value)
    deep = "[" * 100_000 + "]" * 100_000
    return text.replace(json.dumps(_DEEP), deep)


def bomb(size: int, *, claims: int | None = None) -> bytes:
    """Returns gzip that holds so many zeros, and says so, or claims another size."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    data = compressor.compress(bytes(size)) + compressor.flush()
    return data if claims is None else data[:-4] + claims.to_bytes(4, "little")
