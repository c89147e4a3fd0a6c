"""The drawing: nothing overlaps, every tensor has its line, and the file is sound SVG."""

from __future__ import annotations

import itertools
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from helpers.structure_zoo import MODELS, Calling, Seq2Seq
from keras import layers

from tb_seqviz_plugin.callbacks import plot_structure
from tb_seqviz_plugin.callbacks.drawing.boxes import Drawing, draw
from tb_seqviz_plugin.callbacks.drawing.layers import Size, arrange
from tb_seqviz_plugin.callbacks.drawing.plot_structure import to_svg
from tb_seqviz_plugin.callbacks.drawing.view import Box, View
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of
from tb_seqviz_plugin.records.structure.record import Edge, Node, Shape, Structure


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


def overlap(one: Box, other: Box) -> bool:
    apart = (
        one.left + one.width <= other.left
        or other.left + other.width <= one.left
        or one.top + one.height <= other.top
        or other.top + other.height <= one.top
    )
    return not apart


def is_inside(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and inner.left + inner.width <= outer.left + outer.width
        and outer.top <= inner.top
        and inner.top + inner.height <= outer.top + outer.height
    )


def assert_sound(drawing: Drawing) -> None:
    """Checks that boxes lie in the boxes around them and on no others, and that lines cross none but those around their ends."""
    by_path = {box.node.path: box for box in drawing.boxes if box.node is not None}
    for one, other in itertools.combinations(drawing.boxes, 2):
        nested = one.node is not None and other.node is not None and other.node.path.startswith(f"{one.node.path}/")
        assert is_inside(other, one) if nested else not overlap(one, other)
    for line in drawing.lines:
        assert line.points[0][1] <= line.points[-1][1]
        ends = [end for end in (line.edge.source, line.edge.target) if end in by_path]
        around = {path for path in by_path for end in ends if end == path or end.startswith(f"{path}/")}
        for x, y in line.points[1:-1]:
            for path, box in by_path.items():
                hit = box.left < x < box.left + box.width and box.top < y < box.top + box.height
                assert path in around or not hit


@pytest.mark.parametrize("name", MODELS)
def test_drawings_are_sound(name: str) -> None:
    expected = MODELS[name]()
    structure = structure_of(expected.model, expected.inputs).structure
    drawing = draw(View(structure, lambda node: True))
    assert {box.node.path for box in drawing.boxes if box.node} == {node.path for node in structure.nodes[1:]}
    if name != "cell_of_ones_own_in_a_loop" and name != "decoder_loop_of_cells":  # whose lines lead back
        assert_sound(drawing)
    ElementTree.fromstring(to_svg(structure))


def test_blocks_are_folded_and_their_inner_lines_with_them() -> None:
    drawing = draw(View(blocks(12), lambda node: True))
    shown = {box.node.path: box.repeated for box in drawing.boxes if box.node is not None}
    assert shown == {"block_0": 12, "block_0/a": 1, "block_0/b": 1}
    assert_sound(drawing)
    lines = {(line.edge.source, line.edge.target) for line in drawing.lines}
    assert {("inputs/x", "block_0/a"), ("inputs/x", "block_0/b"), ("block_0/a", "block_0/b")} < lines
    assert len(lines) == 4
    assert {line.text for line in drawing.lines} == {"? × 4"}  # of one block, not of twelve
    assert "block_0 × 12" in "".join(ElementTree.fromstring(to_svg(blocks(12))).itertext())


def test_groups_open_as_deep_as_asked(tmp_path: Path) -> None:
    file = plot_structure(Seq2Seq(), ((None, 7), (None, 5)), tmp_path / "model.svg")
    text = "".join(ElementTree.parse(file).getroot().itertext())
    assert all(word in text for word in ("encoder", "gru", "initial_state ? × 5", "? × 5 × 9", " parameters"))
    closed = plot_structure(Seq2Seq(), ((None, 7), (None, 5)), tmp_path / "closed.svg", depth=1)
    text = "".join(ElementTree.parse(closed).getroot().itertext())
    assert "decoder" in text
    assert "gru" not in text


def test_what_the_model_itself_computes_has_a_box() -> None:
    def failing(self: Any, x: Any) -> Any:
        raise ValueError("Needs a dict. More advice.")

    for call, others in ((lambda self, x: x * 2, {"output 0"}), (failing, {"part"})):
        structure = structure_of(Calling(call, part=layers.Dense(2, name="part")), (None, 3)).structure
        drawing = draw(View(structure, lambda node: True))
        assert {box.lines[0] for box in drawing.boxes} >= {"x", "model", *others}
        assert ("inputs/x", "model") in {(line.edge.source, line.edge.target) for line in drawing.lines}
        assert_sound(drawing)


def test_closed_groups_show_what_passes_their_borders() -> None:
    each = layers.TimeDistributed(layers.Dense(12), name="each")
    structure = structure_of(keras.Sequential([layers.Input((8, 4)), each, layers.Dense(2, name="head")])).structure
    texts = {line.edge.target: line.text for line in draw(View(structure, lambda node: False)).lines}
    assert sorted(texts.values()) == ["? × 8 × 12", "? × 8 × 2", "? × 8 × 4"]
    assert texts["head"] == "? × 8 × 12"
    closed = draw(View(structure_of(Seq2Seq(), ((None, 7), (None, 5))).structure, lambda node: False))
    assert [line.text for line in closed.lines if line.edge.source.startswith("encoder")] == ["initial_state ? × 5"]


def test_what_is_not_called_is_closed_names_fit_and_colours_are_told() -> None:
    name = "とても長い名前の層" * 3
    nodes = [Node("m", "M", "", 0, 0, 0), Node(name, "Dense", "m", 0, 0, 0, role="output")]
    nodes += [Node("unused", "Block", "m", 0, 0, 0, calls=0), Node("unused/inner", "Dense", "unused", 0, 0, 0, calls=0)]
    structure = Structure("m", nodes, [Edge("inputs/x", name, Shape((None, 4)))])
    (box,) = [box for box in draw(View(structure, lambda node: False)).boxes if box.node is nodes[1]]
    assert box.width >= 12 * len(name)
    texts = [element.text for element in ElementTree.fromstring(to_svg(structure)).iter() if element.text]
    assert {"unused", "output"} < set(texts)
    assert not {"inner", "encoder", "mask"} & set(texts)


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"model\.png'; expected the name of an SVG file"):
        plot_structure(Seq2Seq(), ((None, 7), (None, 5)), tmp_path / "model.png")


def test_names_cannot_break_the_file() -> None:
    nodes = [Node("m", "M", "", 0, 0, 0), Node('<b>"&\x00', "C", "m", 0, 0, 0)]
    root = ElementTree.fromstring(to_svg(Structure("<m>", nodes)))
    assert '<b>"&' in "".join(root.itertext())


@pytest.mark.parametrize("chained", [True, False])
def test_three_thousand_blocks_are_drawn_in_seconds(chained: bool) -> None:
    start = time.perf_counter()
    to_svg(blocks(3333, chained))
    assert time.perf_counter() - start < 20


def test_layout_keeps_rows_and_distances() -> None:
    random = np.random.default_rng(0)
    keys = [str(number) for number in range(30)]
    lines = sorted({(keys[a], keys[b]) for a, b in np.sort(random.integers(0, 30, (60, 2)), axis=1) if a != b})
    arranged = arrange({key: Size(20, 10) for key in keys}, lines, gap=5, row_gap=8)
    for one, other in itertools.combinations(arranged.centres.values(), 2):
        assert one[1] != other[1] or abs(one[0] - other[0]) >= 25 - 1e-6
    for upper, lower in lines:
        assert arranged.centres[upper][1] + 18 <= arranged.centres[lower][1]
