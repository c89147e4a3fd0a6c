"""How many clicks it takes from TensorBoard's start to what one came for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from helpers.tensorboard_process import TensorBoardProcess
from playwright.sync_api import BrowserContext, expect
from tensorboard.summary import Writer as ScalarWriter

import tb_seqviz_plugin as seqviz
from e2e import structure_logs
from e2e.conftest import SeqVizPage
from e2e.logs import SOURCE, TARGET
from e2e.sample_logs import poems
from tb_seqviz_plugin.records.attention.record import AttentionLayer

pytestmark = pytest.mark.slow

Floats = npt.NDArray[np.float64]
STEPS = (0, 10, 20)
PROMPTS = ("Shall I",)
WORDS = [f"word{number}" for number in range(30)]


def vectors(step: int) -> Floats:
    """Returns the table of a step, [words, dimensions]."""
    return np.random.default_rng(step).standard_normal((len(WORDS), 8))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TensorBoardProcess]:
    """A run with records of all views, beside scalars, which TensorBoard starts with."""
    folder = tmp_path_factory.mktemp("trained")
    scalars = ScalarWriter(str(folder / "run/train"))
    structure = structure_logs.translator()
    with seqviz.Writer(folder / "run/seqviz") as writer:
        writer.structure("model", structure, step=0)
        for step in STEPS:
            scalars.add_scalar("epoch_loss", 1 / (step + 1), step)
            weights = np.exp(np.random.default_rng(step).standard_normal((1, len(TARGET), len(SOURCE))) * (1 + step))
            layer = AttentionLayer(
                "decoder/attention", weights / weights.sum(-1, keepdims=True), TARGET, SOURCE, "cross"
            )
            writer.attention("dates/0", [layer], step=step)
            writer.samples("poems", poems(0, step, prompts=PROMPTS), step=step)
            with writer.together():
                writer.statistics("model", structure_logs.statistics(structure, step), step=step)
                for tag, percent in (("statistics/model", 0.25), ("samples/poems", 1.5)):
                    writer.beside({f"overhead/percent/{tag}": 40 - 2 * step + percent, f"overhead/seconds/{tag}": step})
            writer.embeddings("encoder/token", vectors(step), step=step, labels=WORDS)
    scalars.close()
    with TensorBoardProcess(folder) as server:
        server.wait_for_steps("run/seqviz", "embeddings/encoder/token", len(STEPS))
        yield server


@pytest.fixture(scope="module")
def page(trained: TensorBoardProcess, remembering: BrowserContext) -> Iterator[SeqVizPage]:
    """TensorBoard as it starts, after the first click; each test goes to a view of its own."""
    page = SeqVizPage(remembering.new_page(), trained)
    page.page.set_viewport_size({"width": 1280, "height": 800})
    page.page.goto(trained.url)
    expect(page.page.get_by_text("epoch_loss").first).to_be_visible()
    page.page.get_by_role("tab", name="seqviz").click()
    yield page
    page.page.close()
    assert not page.troubles


def to(page: SeqVizPage, view: str) -> None:
    """The second click."""
    page.frame.get_by_role("tab", name=view).click()


def test_the_alignment_of_a_sentence_takes_one(page: SeqVizPage) -> None:
    expect(page.title).to_contain_text("decoder/attention")
    expect(page.now).to_contain_text("step 20")
    expect(page.plot).to_be_in_viewport(ratio=1)
    box = page.plot.bounding_box()
    assert box is not None
    assert min(box["height"] / len(TARGET), box["width"] / len(SOURCE)) > 12


def test_the_text_at_one_temperature_over_all_steps_takes_two(page: SeqVizPage) -> None:
    to(page, "Samples")
    table = page.frame.get_by_role("table", name="samples", exact=True)
    for step in STEPS:
        text = table.get_by_role("cell", name=f"step {step}, temperature 0.2", exact=True).locator(".sample-text")
        expect(text).to_be_in_viewport(ratio=1)
        expect(text).to_have_text(poems(0, step, prompts=PROMPTS)[0].text)


def test_the_gradient_of_a_layer_at_a_step_takes_two(page: SeqVizPage) -> None:
    to(page, "Structure")
    layer = page.frame.get_by_role("rowheader", name="block_3", exact=True)
    paths = [node.path for node in structure_logs.translator().nodes]
    number = structure_logs.gradient_norm(paths.index("block_3"), STEPS[-1])
    expect(page.frame.get_by_role("row").filter(has=layer)).to_contain_text(str(round(number, 3)))


def test_the_neighbours_of_a_word_at_two_steps_take_two_and_the_word(page: SeqVizPage) -> None:
    to(page, "Embeddings")
    page.frame.get_by_role("option").filter(has_text="word7").first.click()
    columns = page.frame.get_by_label("nearest neighbours, run")
    for step in (STEPS[0], STEPS[-1]):
        unit = vectors(step) / np.linalg.norm(vectors(step), axis=1, keepdims=True)
        nearest = [WORDS[row] for row in np.argsort(-unit @ unit[7]) if row != 7][:10]
        listed = columns.get_by_label(f"step {step}", exact=True).get_by_role("listitem")
        expect(listed).to_contain_text(nearest)
        expect(listed.first).to_be_in_viewport()


def test_what_logging_costs_takes_two(page: SeqVizPage) -> None:
    page.frame.get_by_role("button", name="keys", exact=True).click()
    expect(page.frame.get_by_role("dialog")).to_contain_text(
        "Logging has taken 1.75 % of the time of training so far, 40 s in all, the first log included."
    )
