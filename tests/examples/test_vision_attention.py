"""The vision Transformer: what is drawn is where it is said to be, and the class token finds it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import tb_seqviz_plugin as seqviz

SCRIPT = Path(__file__).parents[2] / "examples" / "vision_attention.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vision_attention", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["vision_attention"] = module
    spec.loader.exec_module(module)
    return module


vision_attention = _load()


def test_a_shape_is_bright_and_lies_on_the_patches_that_it_touches() -> None:
    images, kinds, where = vision_attention.draw(60, np.random.default_rng(0))
    assert images.shape == (60, 24, 24, 1)
    assert set(kinds.tolist()) == {0, 1, 2}
    assert images[..., 0][where].mean() > 0.8
    assert images[..., 0][~where].mean() < 0.2
    touched = vision_attention.patches_of(where)
    for image, patches in zip(where, touched, strict=True):
        expected = {(row // 4) * 6 + column // 4 for row, column in np.argwhere(image).tolist()}
        assert set(np.flatnonzero(patches).tolist()) == expected


@pytest.mark.long
def test_default_run_looks_at_the_shape(tmp_path: Path) -> None:
    result = vision_attention.main(["--log-dir", str(tmp_path)])
    assert result.accuracy > 0.7
    assert result.on_shape > 2 * result.area
    records = list(seqviz.read(tmp_path, "attention"))
    for record in records:
        (image,) = record.images
        assert (image.rows, image.columns, image.first) == (6, 6, 1)
        assert image.png.startswith(b"\x89PNG")
        assert not record.alarms
