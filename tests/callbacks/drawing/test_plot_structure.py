"""The drawing: nothing overlaps, every tensor has its line, and files are sound."""

from __future__ import annotations

import io
import itertools
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import typst
from helpers.cases import others_long
from helpers.drawn import Drawn, drawn_in
from helpers.structure_zoo import MODELS, Calling, Seq2Seq
from keras import layers
from PIL import Image

from tb_seqviz_plugin.callbacks import plot_structure
from tb_seqviz_plugin.callbacks.drawing import svg
from tb_seqviz_plugin.callbacks.drawing.picture import to_picture
from tb_seqviz_plugin.callbacks.drawing.svg import to_svg
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of
from tb_seqviz_plugin.records.structure.record import Edge, Node, Shape, Structure

SHAPES = ((None, 7), (None, 5))


def blocks(count: int, chained: bool = True) -> Structure:
    """Returns the structure of a stack of blocks of two layers with a line around each."""
    nodes = [Node("model", "Model", "", 0, 0, 0)]
    edges = []
    before, shape = "inputs/x", Shape((None, 4))
    for number in range(count):
        name = f"block_{number}"
        nodes.append(Node(name, "Block", "model", 0, 20, 20, repeats="Block 1" if chained else ""))
        nodes += [Node(f"{name}/{part}", "Dense", name, 10, 10, 10) for part in ("a", "b")]
        edges += [
            Edge(before, f"{name}/a", shape),
            Edge(f"{name}/a", f"{name}/b", shape),
            Edge(before, f"{name}/b", shape),
        ]
        before = f"{name}/b"
    return Structure("model", nodes, [*edges, Edge(before, "outputs/0", shape)])


def small() -> keras.Model:
    return keras.Sequential([layers.Input((3,)), layers.Dense(2, name="head")], name="small")


def assert_sound(drawing: Drawn) -> None:
    """Checks that boxes lie within those around them and meet no others, that lines cross none, and labels meet nothing."""
    for (one, outer), (other, inner) in itertools.combinations(drawing.boxes.items(), 2):
        assert not outer.meets(inner) or (one in drawing.frames and outer.holds(inner)), (one, other)
        assert not other.startswith(f"{one}/") or outer.holds(inner), (one, other)
    for line in drawing.lines:
        group = drawing.boxes[line.group]
        others = {key: box for key, box in drawing.boxes.items() if not box.holds(group)}
        for x, y in line.points:
            assert not [key for key, box in others.items() if box.has_within(x, y)], line
        if line.ground is not None:
            assert group.holds(line.ground)
            assert not [key for key, box in others.items() if box.meets(line.ground)], line
    grounds = [line.ground for line in drawing.lines if line.ground is not None]
    assert not [pair for pair in itertools.combinations(grounds, 2) if pair[0].meets(pair[1])]


@pytest.mark.parametrize("name", others_long(sorted(MODELS)[::2], MODELS))
def test_drawings_are_sound(name: str) -> None:
    expected = MODELS[name]()
    structure = structure_of(expected.model, expected.inputs).structure
    drawing = drawn_in(to_svg(structure, depth=99))
    folded = {node.path.partition("/")[0] for node in structure.nodes if node.repeats}
    shown = {node.path for node in structure.nodes if node.path.partition("/")[0] not in folded}
    assert shown <= set(drawing.boxes)
    assert_sound(drawing)


def test_blocks_are_folded_and_their_inner_lines_with_them() -> None:
    drawing = drawn_in(to_svg(blocks(12), depth=2))
    assert set(drawing.boxes) == {"model", "inputs/x", "block_0 × 12", "block_0", "block_0/a", "block_0/b", "outputs/0"}
    assert_sound(drawing)
    inside = {(line.source, line.target) for line in drawing.lines if line.group == "block_0"}
    assert len(inside) == 4  # both in, from one to the other, and out
    assert ("block_0/a", "block_0/b") in inside
    assert {line.label for line in drawing.lines} <= {"", "? × 4", "? × 4, 2 tensors"}  # not of twelve
    assert "▾ Block × 12" in drawing.texts


def test_groups_open_as_deep_as_asked(tmp_path: Path) -> None:
    file = plot_structure(Seq2Seq(), SHAPES, tmp_path / "model.svg")
    drawing = drawn_in(file.read_text(encoding="utf-8"))
    assert {"encoder", "encoder/gru", "decoder/gru"} < set(drawing.boxes)
    assert "batch × time 5 × vocabulary 9" in drawing.texts or "batch × time 5 × features 9" in drawing.texts
    assert {line.kind for line in drawing.lines} >= {"data", "state"}
    closed = plot_structure(Seq2Seq(), SHAPES, tmp_path / "closed.svg", depth=1)
    assert "decoder" in (boxes := drawn_in(closed.read_text(encoding="utf-8")).boxes)
    assert "decoder/gru" not in boxes


def test_what_the_model_itself_computes_has_a_box() -> None:
    def failing(self: Any, x: Any) -> Any:
        raise ValueError("Needs a dict. More advice.")

    for call, other in ((lambda self, x: x * 2, "outputs/0"), (failing, "part")):
        structure = structure_of(Calling(call, part=layers.Dense(2, name="part")), (None, 3)).structure
        drawing = drawn_in(to_svg(structure))
        assert set(drawing.boxes) >= {"inputs/x", "model itself", other}
        assert ("inputs/x", "model itself") in {(line.source, line.target) for line in drawing.lines}
        assert_sound(drawing)
    assert any("Needs a dict" in text for text in drawing.texts)


def test_closed_groups_show_what_passes_their_borders() -> None:
    each = layers.TimeDistributed(layers.Dense(12), name="each")
    structure = structure_of(keras.Sequential([layers.Input((8, 4)), each, layers.Dense(2, name="head")])).structure
    drawing = drawn_in(to_svg(structure, depth=1))
    assert drawing.text_of("each") == "batch × time 8 × features 4"
    assert drawing.text_of("head") == "batch × time 8 × features 12"
    assert drawing.text_of("outputs/0") == "batch × time 8 × features 2"


def test_what_is_not_called_is_closed_names_fit_and_colours_are_told() -> None:
    name = "とても長い名前の層" * 3
    nodes = [Node("m", "M", "", 0, 0, 0), Node(name, "Dense", "m", 0, 0, 0, role="output")]
    nodes += [Node("unused", "Block", "m", 0, 0, 0, calls=0), Node("unused/inner", "Dense", "unused", 0, 0, 0, calls=0)]
    drawing = drawn_in(to_svg(Structure("m", nodes, [Edge("inputs/x", name, Shape((None, 4)))])))
    assert drawing.boxes[name].width >= 13 * len(name)
    assert {name, "▸ unused", "not called", "output head"} < set(drawing.texts)
    assert not {"inner", "encoder", "mask"} & set(drawing.texts)


def test_names_cannot_break_the_file() -> None:
    # What no XML may hold is left out; a parser reads the file.
    control = "".join(map(chr, [*range(0x20), 0x7F, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]))
    for name in ('<b>"&\x00', f"a{control}b]]>", "<!-- -->"):
        nodes = [Node("m", "M", "", 0, 0, 0, notes=[name]), Node(name, name, "m", 0, 0, 0, role="output")]
        edges = [Edge("inputs/" + name, name, Shape((None, 4)), name)]
        root = ElementTree.fromstring(to_svg(Structure(name, nodes, edges, (name,))))
        assert any(text.startswith(name[:2].rstrip("\0")) for text in root.itertext()), name


@pytest.mark.parametrize("chained", [True, False])
def test_three_thousand_blocks_are_folded(chained: bool) -> None:
    assert 5 < len(drawn_in(to_svg(blocks(3333, chained))).boxes) < 50


def test_pictures_are_as_large_as_asked(tmp_path: Path) -> None:
    sizes = {}
    for dpi in (96, 192):
        file = plot_structure(small(), None, tmp_path / "model.PNG", dpi=dpi)
        with Image.open(file) as picture:
            sizes[dpi] = picture.size
            colours = picture.convert("RGB").getcolors(1 << 24)
    assert all(abs(large - 2 * small) <= 2 for small, large in zip(sizes[96], sizes[192], strict=True))
    assert colours is not None
    assert len(colours) > 50  # letters are smooth
    pdf = plot_structure(small(), None, tmp_path / "model.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"/FontFile" in pdf or b"/ObjStm" in pdf  # letters, not their picture


def test_pictures_are_never_too_large() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40000"><rect width="9" height="9"/></svg>'
    with Image.open(io.BytesIO(to_picture(svg, "png", dpi=300))) as picture:
        assert 15_990 <= picture.size[1] <= 16_000


def test_letters_without_a_font_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typst.Fonts, "fonts", lambda self: [])
    with pytest.warns(UserWarning, match=r"2 letters of the drawing \(層, 語\); empty boxes"):
        to_picture('<svg width="9" height="9" xmlns="http://www.w3.org/2000/svg"><text>層 語 é Ж ×</text></svg>', "pdf")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"to_file": "model.jpg"}, r"to_file='model.jpg'; expected a name that ends in .svg, .png or .pdf."),
        ({"to_file": "model"}, r"to_file='model'; expected a name that ends in"),
        ({"depth": 0}, r"depth=0; expected a whole number of at least 1."),
        ({"dpi": "200"}, r"dpi='200'; expected a number of pixels per inch from 1 to 2400, such as 200."),
        ({"dpi": 0}, r"dpi=0; expected a number"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plot_structure(small(), None, **arguments)


@pytest.mark.parametrize(
    ("module", "file", "message"),
    [
        ("typst", "model.png", r"PNG or PDF file needs the package typst.*pip install 'tb-seqviz-plugin\[draw\]'"),
        ("quickjs", "model.svg", r"draws with the package quickjs-ng, which is not installed: pip install quickjs-ng"),
    ],
)
def test_what_is_missing_is_named(
    module: str, file: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=message):
        plot_structure(small(), None, tmp_path / file)
    assert not list(tmp_path.iterdir())


def test_a_script_that_was_not_built_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(svg, "_SCRIPT", tmp_path / "draw.js")
    with pytest.raises(FileNotFoundError, match=r"was not built. Run `make build`"):
        to_svg(blocks(1))


def test_numpy_numbers_are_numbers(tmp_path: Path) -> None:
    file = plot_structure(small(), None, tmp_path / "m.png", depth=np.int64(1), dpi=np.float32(72))
    assert file.stat().st_size > 1000
