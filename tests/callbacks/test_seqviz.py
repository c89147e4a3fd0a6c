"""One callback for everything: what it logs of each kind of model, what it says, and that training stays the same."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.logging_runs import language_model
from helpers.writing_runs import CHARACTERS, bigrams, transformer, translator, warnings_of
from keras import layers

import tb_seqviz_plugin as records
from tb_seqviz_plugin.callbacks import AttentionLogger, EvaluationOptions, EveryEpochs, Sampling, SeqViz

IDS = np.random.default_rng(0).integers(1, 9, (12, 6)).astype("int32")
LABELS = (IDS[:, 0] > 4).astype("float32")
SHORT = Sampling(temperatures=(0,), max_length=4)


def logged(folder: Path) -> dict[str, list[int]]:
    """Returns the steps of each tag that a run holds."""
    steps: dict[str, list[int]] = defaultdict(list)
    for record in records.read(folder):
        steps[record.tag].append(record.step)
    return dict(steps)


def fit(model: keras.Model, *callbacks: Any, y: Any = IDS, **options: Any) -> keras.callbacks.History:
    return model.fit(IDS, y, callbacks=list(callbacks), **{"batch_size": 4, "epochs": 2, "verbose": 0, **options})


WITHOUT_STRUCTURE = {"structure": False}
"""Spares what takes long where it is not what is tested."""


def classifier(embeds: bool = True) -> keras.Model:
    """A model that attends to nothing and writes nothing."""
    first = [layers.Embedding(9, 4, name="words")] if embeds else [layers.Reshape((6, 1))]
    model = keras.Sequential([layers.Input((6,)), *first, layers.GRU(4, name="gru"), layers.Dense(1)])
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), run_eagerly=True)
    return model


# What is logged of each kind of model


def test_a_language_model_has_everything(tmp_path: Path) -> None:
    callback = SeqViz(
        tmp_path,
        IDS[:2],
        tokens=CHARACTERS,
        targets=IDS[:2],
        prompts=["ab", "c"],
        sampling=SHORT,
        evaluation=(IDS[:, :-1], IDS[:, 1:]),
        options={"evaluation": {"name": "held out", "options": EvaluationOptions(texts=1)}},
    )
    fit(transformer(), callback)
    assert callback.reasons == {}
    assert logged(tmp_path) == {
        "attention/probe/0": [0, 1],
        "attention/probe/1": [0, 1],
        "samples/probe": [0, 1],
        "structure/model": [0],
        "statistics/model": [0, 1],
        "embeddings/embedding": [0, 1],
        "embeddings/positions": [0, 1],
        "evaluation/held out": [0, 1],
        "tokens/held out/0": [0, 1],
    }
    by_tag = {record.tag: record for record in records.read(tmp_path)}
    expected = [CHARACTERS[number] for number in IDS[0]]
    assert by_tag["attention/probe/0"].layers[0].query_tokens == expected
    assert [sample.prompt for sample in by_tag["samples/probe"].samples] == ["ab", "c"]
    assert by_tag["embeddings/embedding"].labels == list(CHARACTERS)
    assert by_tag["tokens/held out/0"].text == "".join(CHARACTERS[number] for number in IDS[0])
    statistics = by_tag["statistics/model"].statistics
    assert statistics.examples == 2
    assert "gradient_norm" in statistics.of("attention")


def test_without_inputs_it_looks_at_the_first_that_fit_is_given(tmp_path: Path) -> None:
    callback = SeqViz(tmp_path, tokens=CHARACTERS)
    model = transformer()
    fit(model, callback, validation_split=0.25, shuffle=True)
    found = {record.tag: record for record in records.read(tmp_path)}
    examples = sorted(tag for tag in found if tag.startswith("attention/"))
    assert examples == [f"attention/probe/{number}" for number in range(4)]
    for number, tag in enumerate(examples):
        assert found[tag].title == "".join(CHARACTERS[id] for id in IDS[number])
    assert found["statistics/model"].statistics.examples == 9  # a quarter is for validation
    assert "gradient_norm" in found["statistics/model"].of("attention")
    assert set(callback.reasons) == {"samples", "evaluation"}


def test_a_classifier_without_attention_says_so(tmp_path: Path) -> None:
    callback = SeqViz(tmp_path, IDS[:2], tokens=CHARACTERS, targets=LABELS[:2])
    fit(classifier(), callback, y=LABELS)
    assert (callback.attention, callback.samples) == (None, None)
    assert callback.structure is not None
    assert callback.embeddings is not None
    assert callback.reasons["attention"].startswith("No attention was found in the model 'sequential'")
    assert callback.reasons["samples"].startswith("prompts= is missing; if the model writes, pass texts")
    assert callback.evaluation is None
    assert callback.reasons["evaluation"].startswith("evaluation= is missing; to measure what the model can do")
    assert set(logged(tmp_path)) == {"structure/model", "statistics/model", "embeddings/words"}


def test_a_data_set_that_does_not_fit_is_told_and_the_rest_is_logged(tmp_path: Path) -> None:
    callback = SeqViz(tmp_path, IDS[:2], evaluation=(IDS, np.ones((12, 3))), options=WITHOUT_STRUCTURE)
    said = warnings_of(lambda: fit(classifier(), callback, y=LABELS))
    assert any(
        each.startswith("There is nothing to log of evaluation: The model 'sequential' returns") for each in said
    )
    assert callback.evaluation is None
    assert set(logged(tmp_path)) == {"embeddings/words"}


def test_a_model_without_embeddings_says_so(tmp_path: Path) -> None:
    callback = SeqViz(tmp_path, IDS[:2], options={"structure": {"statistics": ()}})
    fit(classifier(embeds=False), callback, y=LABELS)
    assert callback.embeddings is None
    assert callback.reasons["embeddings"].startswith("No embedding was found in the model 'sequential'")
    assert logged(tmp_path) == {"structure/model": [0]}


def test_an_evaluation_writes_with_the_tokenizer_and_reads_with_the_tokens(tmp_path: Path) -> None:
    source, target = ["", "[START]", "[END]", *"ijklmnopq"], ["", "[START]", "[END]", *"abcdef"]
    options = {**WITHOUT_STRUCTURE, "embeddings": False, "evaluation": {"options": EvaluationOptions(draws=0)}}
    callback = SeqViz(
        tmp_path, tokens={"source": source}, tokenizer=target, evaluation=((IDS, IDS), IDS), options=options
    )
    assert callback.evaluation is not None
    words = callback.evaluation._evaluator._words
    assert words.source is not None
    assert words.target is not None
    assert (words.source.token(3), words.target.token(3)) == ("i", "a")


def test_an_encoder_decoder_reads_with_one_vocabulary_and_writes_with_the_other(tmp_path: Path) -> None:
    source, target = ["", "[START]", "[END]", *"ijklmnopq"], ["", "[START]", "[END]", *"abcdef"]
    callback = SeqViz(
        tmp_path,
        (IDS[:2], IDS[:2]),
        tokens=(source, target),
        prompts=[("ijk", "abc"), ("lm", "d")],
        sampling=SHORT,
        options={"structure": {"statistics": ()}},
    )
    model = translator()
    model.fit((IDS, IDS), IDS, batch_size=4, verbose=0, callbacks=[callback])
    found = {record.tag: record for record in records.read(tmp_path)}
    assert found["embeddings/source_embedding"].labels == source
    assert found["embeddings/embedding"].labels == target
    (first, second) = found["samples/probe"].samples
    assert (first.prompt, first.reference, second.prompt) == ("ijk", "abc", "lm")
    assert set(first.text.replace("[START]", "").replace("[END]", "")) <= set("abcdef")
    cross = next(layer for layer in found["attention/probe/0"].layers if layer.path == "cross")
    assert cross.key_tokens == [source[number] for number in IDS[0]]
    assert cross.query_tokens == [target[number] for number in IDS[0]]


def test_a_part_that_was_asked_for_and_cannot_be_had_is_warned_of_once(tmp_path: Path) -> None:
    callback = SeqViz(tmp_path, IDS[:2], tokens=CHARACTERS, prompts=["ab"], options=WITHOUT_STRUCTURE)
    with pytest.warns(UserWarning, match=r"^There is nothing to log of samples: ") as caught:
        fit(classifier(), callback, y=LABELS)
    assert len(caught) == 1
    assert callback.samples is None
    assert "samples/probe" not in logged(tmp_path)


def test_a_dataset_is_not_looked_into(tmp_path: Path) -> None:
    dataset = tf.data.Dataset.from_tensor_slices((IDS, IDS)).batch(4)
    callback = SeqViz(tmp_path)
    transformer().fit(dataset, shuffle=False, verbose=0, callbacks=[callback])
    assert callback.attention is None
    assert callback.reasons["attention"] == (
        "inputs= is missing, and fit was given a dataset, which cannot be looked into without changing what training gets; pass "
        "one batch of it, taken before training, such as inputs=next(iter(dataset))"
    )
    assert {"structure/model", "statistics/model"} <= set(logged(tmp_path))


class InPlainPython(keras.Model):
    """Cannot be built before it is called, nor run as a graph."""

    def __init__(self) -> None:
        super().__init__()
        self.words = layers.Embedding(9, 4, name="words")
        self.attention = layers.MultiHeadAttention(1, 4, name="attention")

    def call(self, ids: Any) -> Any:
        x = self.words(ids)
        return self.attention(x, x) * float(np.sign(ids.numpy().max()))


def test_a_model_that_is_built_by_its_first_batch(tmp_path: Path) -> None:
    model = InPlainPython()
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    callback = SeqViz(tmp_path, IDS[:1], options=WITHOUT_STRUCTURE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it runs op by op
        fit(model, callback, y=IDS % 4)
    assert logged(tmp_path)["attention/probe/0"] == [0, 1]
    assert logged(tmp_path)["embeddings/words"] == [0, 1]
    assert callback.reasons.keys() == {"samples", "structure", "evaluation"}


def test_two_lists_without_inputs_are_two_vocabularies(tmp_path: Path) -> None:
    assert SeqViz(tmp_path, tokens=(["a", "b"], ["c", "d"])).reasons.keys() == {"attention", "samples", "evaluation"}


def test_two_functions_are_the_vocabulary_of_a_single_input(tmp_path: Path) -> None:
    two = (lambda text: [CHARACTERS.index(each) for each in text]), (lambda ids: "".join(CHARACTERS[id] for id in ids))
    callback = SeqViz(tmp_path, IDS[:1], tokens=two, prompts=["abc"], model=bigrams(), options=WITHOUT_STRUCTURE)
    callback.log(0)
    assert next(iter(records.read(tmp_path, "embeddings"))).labels == list(CHARACTERS)
    assert next(iter(records.read(tmp_path, "samples"))).samples[0].prompt == "abc"


# Settings of the parts


def test_options_reach_the_parts_and_leave_them_out(tmp_path: Path) -> None:
    options = {
        "embeddings": {"skip_rows": [0], "schedule": EveryEpochs(2)},
        "attention": {"name": "held out"},
        "structure": False,
    }
    callback = SeqViz(tmp_path, IDS[:1], tokens=CHARACTERS, options=options)
    fit(transformer(), callback, epochs=3)
    assert callback.structure is None
    assert callback.reasons["structure"] == "options= switches it off"
    steps = logged(tmp_path)
    assert steps["attention/held out/0"] == [0, 1, 2]
    assert steps["embeddings/embedding"] == [0, 2]
    assert next(iter(records.read(tmp_path, "embeddings"))).rows.tolist() == list(range(1, 9))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"schedule": "epochs"}, r"The schedule is 'epochs'; expected 'epoch'"),
        ({"tokens": 3}, r"tokens= "),
        ({"inputs": None, "tokens": [["a", "b"]]}, r"tokens= holds the strings of examples, and inputs= is missing"),
        ({"inputs": []}, r"The inputs are .* holds nothing"),
        ({"inputs": None, "targets": IDS}, r"targets= is given without inputs="),
        ({"targets": IDS[:1]}, r"different numbers of examples"),
        ({"prompts": "ab", "tokenizer": CHARACTERS}, r"The prompts are 'ab'; expected a list"),
        ({"prompts": ["z"], "tokenizer": CHARACTERS}, r"Prompt 0 cannot be used"),
        ({"prompts": ["two words"], "tokens": ["two", "##words"]}, r"tokenizer= is missing for the prompts, and tokens= is a list"),
        ({"sampling": 3}, r"sampling=3; expected Sampling"),
        ({"labels": 3}, r"labels= "),
        ({"options": {"sample": {}}}, r"options=.*; expected a dict with some of 'attention', 'samples', 'structure'"),
        ({"options": {"samples": {"beam": 4}}}, r"options\['samples'\] holds 'beam'; expected False, or a dict with .*'beams'"),
        ({"options": {"embeddings": 1}}, r"options\['embeddings'\] is 1; expected False, or a dict"),
        ({"options": {"attention": {"layers": 3}}}, r"The layers are 3; expected"),
        ({"model": 3}, r"The model is '3', a int; expected a keras\.Model"),
        ({"verbose": 2}, r"verbose=2; expected 0, 1, or 'auto'"),
        ({"verbose": "yes"}, r"verbose='yes'; expected 0, 1, or 'auto'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_in_one_sentence(arguments: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        SeqViz(tmp_path, **{"inputs": IDS[:2], **arguments})


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"is a file; expected a folder"):
        SeqViz(tmp_path / "file")


# What is said


def test_it_says_what_it_logs_what_that_takes_and_how_to_look_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    callback = SeqViz("logs/run 1", IDS[:2], tokens=[*CHARACTERS, "j"])
    fit(language_model(), callback, verbose=2)
    size = sum(path.stat().st_size for path in Path("logs/run 1/seqviz").rglob("*") if path.is_file())
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "SeqViz logs to logs/run 1/seqviz/, after every epoch:"
    assert lines[1:6] == [
        "  attention     1 layer on 2 examples: attention",
        "  structure     10 layers: weights and activations on 2 examples; for gradients pass targets=",
        "  embeddings    embedding (10 x 8)",
        "  no samples    prompts= is missing; if the model writes, pass texts to continue, such as prompts=['Once upon']",
        "  no evaluation evaluation= is missing; to measure what the model can do, pass data that was held out, such as "
        "evaluation=(x_val, y_val)",
    ]
    costs = [number for number, line in enumerate(lines) if line.startswith("SeqViz: the first log took ")]
    epochs = [number for number, line in enumerate(lines) if line.startswith("Epoch ")]
    assert len(costs) == 1
    assert costs[0] == epochs[1] - 1
    assert " is kept for later ones. max_overhead=0.02 leaves " in lines[costs[0]]
    assert re.fullmatch(
        rf"SeqViz logged twice: [\d.]+ m?s and {size / 1000:.1f} kB in all\. To look at it: tensorboard --logdir logs",
        lines[-1],
    )


@pytest.mark.parametrize(
    ("own", "of_fit", "speaks"), [("auto", 2, True), ("auto", 0, False), (0, 2, False), (1, 0, True)]
)
def test_who_wants_silence_gets_it(
    own: Any, of_fit: int, speaks: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit(bigrams(), SeqViz(tmp_path, verbose=own, options=WITHOUT_STRUCTURE), epochs=1, verbose=of_fit)
    assert ("SeqViz" in capsys.readouterr().out) == speaks


def test_a_fit_in_which_nothing_was_due_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fit(bigrams(), SeqViz(tmp_path, schedule=1000, options=WITHOUT_STRUCTURE), verbose=2)
    assert capsys.readouterr().out.splitlines()[-1].startswith("SeqViz logged nothing: nothing was due")
    assert not any(tmp_path.iterdir())


def test_a_second_fit_goes_on_and_measures_nothing_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    callback = SeqViz(tmp_path, IDS[:1], options=WITHOUT_STRUCTURE, verbose=1)
    model = transformer()
    for _ in range(2):
        fit(model, callback)
    steps = logged(tmp_path)
    assert steps["attention/probe/0"] == [0, 1, 2, 3]
    said = capsys.readouterr().out
    assert said.count("SeqViz logs to") == said.count("the first log took") == 1
    assert said.count("SeqViz logged") == 2
    assert "SeqViz logged 4 times" in said


@pytest.mark.parametrize(
    "inputs", [pytest.param(None, id="of fit"), pytest.param(IDS[:1], id="given", marks=pytest.mark.long)]
)
def test_another_model_is_looked_at_anew(inputs: Any, tmp_path: Path) -> None:
    callback = SeqViz(tmp_path, inputs, options=WITHOUT_STRUCTURE)
    fit(classifier(), callback, y=LABELS)
    assert callback.attention is None
    fit(transformer(), callback)
    assert isinstance(callback.attention, AttentionLogger)
    assert callback.attention.examples == (4 if inputs is None else 1)
    assert logged(tmp_path)["attention/probe/0"] == [0, 1]


def test_three_lines_in_a_loop_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = transformer()
    callback = SeqViz(tmp_path, IDS[:1], tokens=CHARACTERS, options=WITHOUT_STRUCTURE, model=model)
    for step in range(10):
        model.train_on_batch(IDS, IDS)
        if step % 4 == 0:
            callback.log(step)
            assert logged(tmp_path)["attention/probe/0"][-1] == step
    assert {tuple(steps) for tag, steps in logged(tmp_path).items()} == {(0, 4, 8)}
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(", whenever log(step) is called:")
    assert lines[-2].startswith("SeqViz: the first log took ")
    assert lines[-2].endswith(" is kept for later ones.")
    assert lines[-1] == f"To look at it: tensorboard --logdir {tmp_path}"


# Training stays as it is


class Drawing(keras.utils.PyDataset):
    """Batches drawn at random, by workers."""

    def __init__(self) -> None:
        super().__init__(workers=2)
        self.random = np.random.default_rng(3)

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> Any:
        rows = np.random.default_rng(index).permutation(12)[:4]
        return IDS[rows], IDS[rows]


DATA: dict[str, Any] = {
    "arrays": lambda: {"x": IDS, "y": IDS, "batch_size": 4},
    "dataset": lambda: {"x": tf.data.Dataset.from_tensor_slices((IDS, IDS)).shuffle(12).batch(4), "shuffle": False},
    "workers": lambda: {"x": Drawing()},
}


def trained(data: str, *callbacks: Any) -> list[bytes]:
    """Returns everything that training makes, to the last bit; of arrays by a compiled step, which takes long."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(42)
    model = transformer()
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), model.loss, run_eagerly=data != "arrays", jit_compile=False)
    history = model.fit(**DATA[data](), epochs=2, verbose=0, callbacks=list(callbacks)).history
    after = [np.random.random(3), keras.random.normal((3,)).numpy(), tf.random.normal((3,)).numpy()]
    variables = [variable.numpy() for variable in (*model.variables, *model.optimizer.variables)]
    return [np.asarray(each).tobytes() for each in (*variables, *after, *history.values())]


@pytest.mark.parametrize("data", ["arrays", "workers", pytest.param("dataset", marks=pytest.mark.long)])
def test_training_is_the_same_to_the_last_bit(data: str, tmp_path: Path) -> None:
    everything: dict[str, Any] = {"prompts": ["ab"], "sampling": SHORT}
    settings = everything if data == "arrays" else {"inputs": IDS[:2], "options": WITHOUT_STRUCTURE}
    callback = SeqViz(tmp_path, tokens=CHARACTERS, schedule=1, **settings)
    assert trained(data, callback) == trained(data)
    assert logged(tmp_path)["attention/probe/0"] == [1, 2, 3, 4, 5, 6]
    assert set(callback.reasons) == {"evaluation", *(() if data == "arrays" else ("samples", "structure"))}


def test_nothing_of_it_ends_fit(tmp_path: Path) -> None:
    def fails(number: int) -> str:
        if number > 3:
            raise RuntimeError("no more words")
        return "x"

    model = transformer()
    told = warnings_of(lambda: fit(model, SeqViz(tmp_path, tokens=fails, labels=fails)))
    assert any("no more words" in each for each in told)
    assert logged(tmp_path)["statistics/model"] == [0, 1]
