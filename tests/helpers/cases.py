"""Which of many cases alike are part of `make test`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def others_long(usual: Sequence[Any], every: Iterable[Any]) -> list[Any]:
    """Returns every case; those that are not among the usual ones are left to `make test-long`."""
    return [case if case in usual else pytest.param(case, marks=pytest.mark.long) for case in every]
