"""The lies that are kept for the page: Python reads in each what the page is told that it does."""

from __future__ import annotations

import base64
import json

from fuzz.write_cases import FEW, KEPT, arrays_in


def test_python_reads_in_them_what_the_page_compares() -> None:
    lies = [json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines()]
    assert len(lies) == FEW
    for lie in lies:
        for blob in lie["blobs"]:
            assert arrays_in(base64.b64decode(blob["bytes"])) == blob["arrays"], lie["seed"]
