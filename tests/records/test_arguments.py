"""What a record is given: numbers of every framework, and nothing that would be stored as something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.log import encoding
from tb_seqviz_plugin.records.arguments import as_float32

ONE = np.full((1, 2, 2), 0.5, np.float32)


class Tensor:
    """What a record knows a tensor of PyTorch by; numpy takes it only once it is detached, on the host, and of no bfloat16."""

    def __init__(self, array: np.ndarray, dtype: str = "torch.bfloat16", done: tuple[str, ...] = ()) -> None:
        self._array, self.dtype, self._done = array, dtype, done

    def detach(self) -> Tensor:
        return Tensor(self._array, self.dtype, (*self._done, "detach"))

    def cpu(self) -> Tensor:
        return Tensor(self._array, self.dtype, (*self._done, "cpu"))

    def float(self) -> Tensor:
        return Tensor(self._array, "torch.float32", self._done)

    def numpy(self) -> np.ndarray:
        if self._done != ("detach", "cpu") or "bfloat16" in self.dtype:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self._array

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")


@pytest.mark.parametrize(
    "given",
    [
        ONE,
        ONE.astype(ml_dtypes.bfloat16),
        ONE.astype(np.float16),
        ONE.astype(np.float64)[..., ::-1],
        ONE.tolist(),
        Tensor(ONE),
        Tensor(ONE, "torch.float32"),
        [ONE[0]],
        np.array([[[0.5, 0.5], [0.5, 0.5]]], object),
    ],
)
def test_real_numbers_of_any_kind_are_taken(tmp_path: Path, given: Any) -> None:
    with seqviz.Writer(tmp_path) as writer:
        writer.attention("a", {"x": given}, step=0)
        writer.embeddings("e", given[0] if isinstance(given, list) else as_float32("e", given, "")[0], step=0)
    attention, embeddings = seqviz.read(tmp_path)
    assert isinstance(attention, seqviz.AttentionRecord)
    assert isinstance(embeddings, seqviz.EmbeddingsRecord)
    np.testing.assert_allclose(attention.layers[0].weights, ONE, atol=1 / 255)
    np.testing.assert_array_equal(embeddings.vectors, ONE[0])


def test_an_array_of_float32_is_not_copied() -> None:
    assert as_float32("weights", ONE, "") is ONE


SAMPLE: dict[str, Any] = {"prompt": "p", "text": "ab", "tokens": ["a", "b"]}


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        (lambda w: w.attention("a", {"x": ONE + 0j}, step=0), "not an array of numbers .*complex"),
        (lambda w: w.attention("a", {"x": [[["0.5", "0.5"]]]}, step=0), "not an array of numbers .*dtype is <U3"),
        (lambda w: w.attention("a", {"x": np.ma.masked_less(ONE, 0)}, step=0), r"masked array.*array\.filled\(0\)"),
        (lambda w: w.attention("a", {"x": np.array([[["0.5"]]], object)}, step=0), "not an array of numbers"),
        (
            lambda w: w.attention("a", {"x": ONE}, query_tokens="ab", step=0),
            "query tokens of layer 'x' are 'ab'; expected a list",
        ),
        (
            lambda w: w.attention("a", {"x": ONE}, key_tokens={"x": "ab"}, step=0),
            "key tokens of layer 'x' are 'ab'; expected a",
        ),
        (
            lambda w: seqviz.AttentionLayer("x", ONE, notes="Cut."),
            r"notes of layer 'x' are 'Cut\.'; expected a list of sentences",
        ),
        (lambda w: w.embeddings("e", np.ma.masked_less(np.eye(2), 0), step=0), "masked array"),
        (
            lambda w: w.embeddings("e", np.eye(2) + 1j, step=0),
            "vectors of layer 'e' are not an array of numbers .*complex",
        ),
        (lambda w: w.embeddings("e", np.eye(2), labels="ab", step=0), "labels of layer 'e' are 'ab'; expected a list"),
        (
            lambda w: w.embeddings("e", np.eye(2), columns={"c": "ab"}, step=0),
            "values of 'c' of layer 'e' are 'ab'; expected a",
        ),
        (
            lambda w: w.embeddings("e", np.eye(2), rows=[0, 0.5], step=0),
            "has 0.5 among its rows; expected whole numbers",
        ),
        (
            lambda w: seqviz.Sample(**{**SAMPLE, "tokens": "ab"}),
            "tokens of a sample are 'ab'; expected a list of strings",
        ),
        (lambda w: seqviz.Sample(**SAMPLE, ranks=[1, 1.5]), "has 1.5 among its ranks; expected whole numbers"),
        (lambda w: seqviz.Sample(**SAMPLE, ranks=[1, "2"]), "among its ranks; expected whole numbers"),
        (lambda w: seqviz.Sample(**SAMPLE, repeat=0.5), "has 0.5 among its repeat; expected whole numbers"),
        (
            lambda w: seqviz.Sample(**SAMPLE, probabilities=[0.5, 1.5]),
            "token of a sample has the probability 1.5; expected 0 to 1",
        ),
        (
            lambda w: seqviz.Sample(**SAMPLE, probabilities=[0.5, 1j]),
            "probabilities of a token of a sample are not an array of",
        ),
        (
            lambda w: seqviz.Sample(**SAMPLE, alternatives=[[("a", -0.5)], []]),
            "alternative of a sample has the probability -0.5; expected 0 to 1",
        ),
        (
            lambda w: seqviz.Sample(**SAMPLE, notes="Cut."),
            r"notes of a sample are 'Cut\.'; expected a list of sentences",
        ),
        (
            lambda w: seqviz.BeamTree([-1], ["a"], [2.0], [0.0], [True], [True]),  # type: ignore[arg-type]
            "node of a beam tree has the probability 2; expected 0 to 1",
        ),
        (
            lambda w: seqviz.Statistics("layer", np.zeros((5, 17))),
            "layers of the statistics are 'layer'; expected a list of paths",
        ),
        (
            lambda w: seqviz.Statistics(["layer"], np.zeros((1, 17)) + 1j),
            "values of the statistics are not an array of numbers",
        ),
    ],
)
def test_what_would_be_stored_wrong_is_refused(
    tmp_path: Path, log: Callable[[seqviz.Writer], Any], sentence: str
) -> None:
    with seqviz.Writer(tmp_path) as writer, pytest.raises(ValueError, match=sentence):
        log(writer)
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_is_to_warn_ends_no_loop(tmp_path: Path) -> None:
    with seqviz.Writer(tmp_path, on_error="warn") as writer:
        with pytest.warns(UserWarning, match=r"Nothing was logged by attention: .*masked array") as got:
            [writer.attention("a", {"x": np.ma.masked_less(ONE, 0)}, step=step) for step in range(3)]  # type: ignore[func-returns-value]
        writer.attention("a", {"x": ONE}, step=3)
    assert [(warning.filename, len(got)) for warning in got] == [(__file__, 1)]
    assert [record.step for record in seqviz.read(tmp_path)] == [3]
    with pytest.raises(ValueError, match="on_error='never'; expected 'raise' or 'warn'"):
        seqviz.Writer(tmp_path, on_error="never")  # type: ignore[arg-type]


def test_records_that_fit_neither_the_format_nor_the_memory_are_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = np.broadcast_to(np.float32(0.5), (1, 1 << 16, 1 << 16))  # 17 GB that are nowhere
    with seqviz.Writer(tmp_path) as writer:
        with pytest.raises(ValueError, match=r"'attention/a' may take 4\.3 GB; expected at most 2 GB.*layers="):
            writer.attention("a", [seqviz.AttentionLayer("x", large)], step=0)
        monkeypatch.setattr(encoding, "_CHECKED_BYTES", 0)
        monkeypatch.setattr(encoding, "available_memory", lambda: 30)
        with pytest.raises(
            ValueError, match=r"takes 0\.0 GB of memory while it is encoded, and 0\.0 GB are free\. Log fewer"
        ):
            writer.attention("a", {"x": ONE}, step=0)
        monkeypatch.setattr(encoding, "available_memory", lambda: None)
        writer.attention("a", {"x": ONE}, step=0)
    assert [record.step for record in seqviz.read(tmp_path)] == [0]
