"""Which process runs which test, where several run side by side."""

from __future__ import annotations

import os

import pytest


@pytest.mark.parametrize("part", range(6))
def test_a_file_is_one_process_own(part: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    process = os.environ.get("PYTEST_XDIST_WORKER")
    if process is None:
        pytest.skip("one process runs all tests")
    noted = tmp_path_factory.getbasetemp().parent / "process of this file"
    if not noted.exists():
        noted.write_text(process)
    assert noted.read_text() == process
