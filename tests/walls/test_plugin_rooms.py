"""The rooms of the plugin lie in layers, each above what it may import; kinds are told apart by their table alone."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest
from helpers.sources import CALLBACKS, imports_of, is_of, modules

from tb_seqviz_plugin.records.kinds import KINDS

PACKAGE = "tb_seqviz_plugin"
LAYERS = ("schema", "wire", "records", "log", "projector", "server", "plugin")
"""From below: each may import those before it, and itself."""

SOURCES = {name: path.read_text(encoding="utf-8") for name, path in modules().items() if not is_of(name, [CALLBACKS])}


def layer_of(module: str) -> int | None:
    """Returns the layer of a module of the plugin, None of others and of the package itself, which shows them all."""
    parts = module.split(".")
    return LAYERS.index(parts[1]) if parts[0] == PACKAGE and len(parts) > 1 and parts[1] in LAYERS else None


def upward(sources: Mapping[str, str]) -> list[str]:
    """Returns what is imported from a layer above."""
    found = []
    for module, source in sources.items():
        layer = layer_of(module)
        for name in imports_of(source) if layer is not None else ():
            above = layer_of(name)
            if above is not None and layer is not None and above > layer:
                found.append(f"{module}: {name}")
    return found


def kinds_told_apart(source: str) -> list[int]:
    """Returns the lines that compare with the name of a kind, look something up by it, or match it."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        compared: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            compared = [node.left, *node.comparators]
        elif isinstance(node, ast.MatchValue):
            compared = [node.value]
        elif isinstance(node, ast.Dict):
            compared = [key for key in node.keys if key is not None]
        elif isinstance(node, ast.Subscript) and not (isinstance(node.value, ast.Name) and node.value.id == "Literal"):
            compared = [node.slice]
        parts = [part for each in compared for part in ast.walk(each)]
        if any(isinstance(part, ast.Constant) and part.value in KINDS for part in parts):
            lines.append(node.lineno)  # type: ignore[attr-defined]
    return lines


def of_one_kind(module: str) -> bool:
    """Returns whether a module is in the room of a kind, such as `records.samples`, which may name it."""
    return any(part in KINDS for part in module.split("."))


def test_every_module_is_in_a_layer() -> None:
    assert {name for name in SOURCES if layer_of(name) is None} == {PACKAGE}
    assert len(SOURCES) > 45


def test_no_layer_imports_one_above() -> None:
    assert upward(SOURCES) == []


def test_no_module_tells_kinds_apart() -> None:
    # TensorBoard's Projector has a key "embeddings" of its own.
    allowed = {f"{PACKAGE}.server.projector_page"}
    shared = {name: source for name, source in SOURCES.items() if not of_one_kind(name) and name not in allowed}
    found = {name: kinds_told_apart(source) for name, source in shared.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("tb_seqviz_plugin.schema.common", "from tb_seqviz_plugin.wire.frame import encode_frame"),
        ("tb_seqviz_plugin.wire.frame", "def late():\n    from tb_seqviz_plugin.records import kinds"),
        ("tb_seqviz_plugin.records.kinds", "import tb_seqviz_plugin.log.writer"),
        ("tb_seqviz_plugin.log.writer", "from tb_seqviz_plugin.projector.files import Cloud"),
        ("tb_seqviz_plugin.server.reader", "from tb_seqviz_plugin.plugin import SeqVizPlugin"),
    ],
)
def test_the_check_of_layers_can_fail(module: str, line: str) -> None:
    assert upward({module: line})
    assert not upward({"tb_seqviz_plugin.plugin": line})


@pytest.mark.parametrize(
    "line",
    [
        'if kind == "samples":\n    pass',
        'if kind in ("attention", "samples"):\n    pass',
        'if "embeddings" != parse_tag(tag)[0]:\n    pass',
        'match kind:\n    case "structure":\n        pass',
        'names = {"statistics": 1}[kind]',
        'decode = DECODERS["attention"]',
    ],
)
def test_the_check_of_kinds_can_fail(line: str) -> None:
    assert kinds_told_apart(line)
    assert not kinds_told_apart('make_tag("attention", name) if kind == "other" else KINDS[kind]')
