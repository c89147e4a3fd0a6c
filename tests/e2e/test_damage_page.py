"""A run whose headers lie: each view says so in one sentence, and nothing else happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import expect
from tensorboard.compat.proto.event_pb2 import Event

from e2e.conftest import SeqVizPage
from tb_seqviz_plugin import EvaluationExample, Node, Sample, Structure, Writer
from tb_seqviz_plugin.wire.frame import decode_frame, encode_frame
from tb_seqviz_plugin.wire.tfrecord import read_records, write_record

pytestmark = pytest.mark.slow

LIES: dict[str, dict[str, Any]] = {
    "attention/a": {"axes": {"source": "not a list"}},
    "setup/samples/s": {"samples": [{"prompt": 10**9, "temperature": 1.0, "repeat": 0, "beams": 0}]},
    "samples/u": {"vocabulary": "not a list"},
    "structure/m": {"nodes": [{"path": "m", "parent": "m"}]},
    "evaluation/e": {"curves": "not a list"},
    "setup/evaluation/e": {"inputs": ["one", "two"]},
    "setup/tokens/t": {"tokens": ["of", "three", "tokens"]},
}
"""By tag, what its header says instead."""


@pytest.fixture(scope="module")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardProcess]:
    folder = tmp_path_factory.mktemp("lying")
    with Writer(folder / "run") as writer:
        writer.attention("a", {"x": np.full((2, 3, 3), 1 / 3)}, step=0)
        writer.samples("s", [Sample("p", "t", measures={"length": 1})], step=0)
        writer.samples("u", [Sample("p", "ab", tokens=["a", "b"], probabilities=np.full(2, 0.5))], step=0)
        rows = [{"slice": "all", "measure": "accuracy", "value": 0.5}]
        writer.evaluation("e", rows, step=0, examples=[EvaluationExample("one", "1", "2", correct=False)])
        writer.tokens("t", "ab", ["a", "b"], np.full(2, 0.5), step=0)
        writer.structure("m", Structure("m", [Node("m", "Model", "", 0, 0, 0)]), step=0)
    (path,) = (folder / "run").glob("*tfevents*")
    payloads = [payload for _, payload in read_records(path)]
    with path.open("wb") as file:
        for payload in payloads:
            event = Event.FromString(payload)
            for value in event.summary.value:
                if value.tag in LIES:
                    said = decode_frame(value.tensor.string_val[0]).header
                    value.tensor.string_val[0] = encode_frame({}, {**said, **LIES[value.tag]})
            write_record(file, event.SerializeToString())
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps("run", "structure/m", 1)
        yield server


def test_each_view_says_what_is_wrong(lying: TensorBoardProcess, open_page: Callable[..., SeqVizPage]) -> None:
    page = open_page(lying, view="attention")
    for view, sentence in {
        "attention": "Step 0 of run run could not be read: axes[source] of a record is not a list; expected a list.",
        "samples": "The texts of run run could not be read: A sample is of prompt 1000000000, of which there are 1.",
        "structure": "The structure of run run could not be read: nodes[0].class_name of a record is undefined; expected text.",
    }.items():
        page.frame.locator(f"#tab-{view}").click()
        expect(page.frame.get_by_text(sentence).first).to_be_visible()
    page.frame.locator("#tab-evaluation").click()
    for sentence in (
        "The examples of run run could not be read: An evaluation has 2 inputs and 1 references",
        "The record of run run at this step could not be read; its curves, matrices and remarks are missing: curves of a "
        "record is not a list; expected a list.",
    ):
        expect(page.frame.get_by_text(sentence).first).to_be_visible()
    expect(page.frame.get_by_role("rowheader", name="whole set")).to_be_visible()
    page.choose("Drawn as", "token strip")
    expect(page.frame.get_by_text("The tokens of run run could not be read: ").first).to_be_visible()


def test_what_is_wrong_is_said_in_the_readers_language(
    lying: TensorBoardProcess, open_page: Callable[..., SeqVizPage]
) -> None:
    page = open_page(lying, language="zh-CN", view="samples", group="u")
    page.press("i")
    for view, sentence in {
        "samples": "无法读取这段文本的词元：vocabulary of a record is not a list",
        "attention": "无法读取运行 run 的第 0 步：axes[source] of a record is not a list",
        "structure": "无法读取运行 run 的结构：nodes[0].class_name of a record is undefined",
        "evaluation": "无法读取运行 run 的样本：An evaluation has 2 inputs and 1 references",
    }.items():
        page.frame.locator(f"#tab-{view}").click()
        expect(page.frame.get_by_text(sentence).first).to_be_visible()
