"""The types of the page: generated from the modules of the schema, whichever there are."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tb_seqviz_plugin import schema

SCRIPT = Path(__file__).parents[2] / "frontend" / "generate_types.py"
TIDES = '''
from dataclasses import dataclass
from typing import Literal

TIDE_MEASURES = ("level", "flow")
Tide = Literal["ebb", "flood"]
_PRIVATE = 3


@dataclass(frozen=True)
class TidesHeader:
    """Blob 0 of a record of tides."""

    tide: Tide
    harbours: dict[str, list[float]]
'''


@pytest.fixture
def generate_types() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_types", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose modules count as modules of the schema."""
    monkeypatch.setattr(schema, "__path__", [*schema.__path__, str(tmp_path)])
    yield tmp_path
    for name in ("tides", "more_tides"):
        sys.modules.pop(f"{schema.__name__}.{name}", None)
        vars(schema).pop(name, None)


def test_the_types_of_the_page_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def test_what_a_new_module_defines_is_found(generate_types: ModuleType, folder: Path) -> None:
    (folder / "tides.py").write_text(TIDES)
    text = generate_types.generate()
    assert 'export { TIDE_MEASURES } from "./constants/tides.gen";' in text
    (constants,) = [written for path, written in generate_types.files().items() if path.match("constants/tides.gen.ts")]
    assert constants.endswith('export const TIDE_MEASURES = ["level", "flow"] as const;\n')
    assert 'export type Tide = "ebb" | "flood";' in text
    assert "export interface TidesHeader {\n" in text
    assert "  harbours: Record<string, number[]>;\n" in text
    assert "_PRIVATE" not in text


def test_a_name_that_two_modules_define_is_refused(generate_types: ModuleType, folder: Path) -> None:
    (folder / "tides.py").write_text(TIDES)
    (folder / "more_tides.py").write_text(TIDES)
    with pytest.raises(
        ValueError, match=r"schema\.tides defines TIDE_MEASURES, as another module does; expected another name"
    ):
        generate_types.generate()
