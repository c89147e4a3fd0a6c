"""Short runs of examples write few texts: XLA would take longer to compile their loops than it saves."""

from __future__ import annotations

import pytest

from tb_seqviz_plugin.callbacks.backends.tensorflow import generation
from tb_seqviz_plugin.callbacks.backends.tensorflow.compiled import Compiled


@pytest.fixture
def without_xla(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        generation, "Compiled", lambda function, is_static, may_wait=False: Compiled(function, is_static=False)
    )
