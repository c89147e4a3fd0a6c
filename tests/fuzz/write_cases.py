"""Writes lies for the page to read, with what Python reads in them: `frontend/src/testing/lies.test.ts`.

python -m fuzz.write_cases COUNT FILE    (with PYTHONPATH=tests)

Without both the few that are kept, `kept.jsonl`. The seeds are 0, 1, 2 and so on.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import zlib
from pathlib import Path
from typing import Any

from helpers.lies import lying_record

from tb_seqviz_plugin.wire.frame import FrameError, decode_frame

KEPT = Path(__file__).with_name("kept.jsonl")
FEW = 60


def case(seed: int) -> dict[str, Any]:
    """Returns a record with something wrong in it, its frames in Base64 and compressed, and what Python reads in each."""
    kind, stored = lying_record(random.Random(seed))
    beside = {"texts": stored.beside.get("texts"), "setup": stored.setup}
    parts = {name: base64.b64encode(part).decode() for name, part in beside.items() if isinstance(part, bytes)}
    blobs = [{"bytes": base64.b64encode(blob).decode(), "arrays": arrays_in(blob)} for blob in stored.blobs]
    return {"seed": seed, "kind": kind, "blobs": blobs, **parts}


def arrays_in(blob: bytes) -> dict[str, list[Any]] | None:
    """Returns shape and checksum of each array of a frame, None where it is none."""
    try:
        arrays = decode_frame(blob).arrays
    except FrameError:
        return None
    return {name: [list(array.shape), zlib.adler32(array.tobytes())] for name, array in arrays.items()}


def write_cases(count: int, path: Path) -> None:
    """Writes a line for each of the first seeds."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(case(seed)) + "\n" for seed in range(count))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write_cases(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        write_cases(FEW, KEPT)
