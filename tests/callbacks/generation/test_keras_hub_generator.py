"""Tasks of KerasHub write, through their cache, what they write when asked anew for each token, and are left as they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.cases import others_long
from helpers.plain_beams import check, remembering
from helpers.writers import Case, Probabilities, ids_of, shaken, written_plainly
from helpers.writing_runs import sample_logger

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks.backends.tensorflow import compiled
from tb_seqviz_plugin.callbacks.decoding.beam_search import BeamSearch
from tb_seqviz_plugin.callbacks.decoding.sampling import Sampling
from tb_seqviz_plugin.callbacks.errors import GenerationError
from tb_seqviz_plugin.callbacks.generation.generated import origins_of
from tb_seqviz_plugin.callbacks.generation.generator import Generator
from tb_seqviz_plugin.callbacks.generation.generator_for import generator_for
from tb_seqviz_plugin.callbacks.generation.keras_hub_generator import KerasHubGenerator
from tb_seqviz_plugin.callbacks.generation.next_token import NextToken
from tb_seqviz_plugin.callbacks.samples.prompts import Prompts
from tb_seqviz_plugin.callbacks.text.vocabulary import Vocabulary

keras_hub = pytest.importorskip("keras_hub", reason="KerasHub is not installed")
models = keras_hub.models

VOCABULARY, PLACES = 17, 24
PROMPTS = [[3, 1, 4], [1, 5, 9, 2, 6], [7]]
SOURCE = np.random.default_rng(1).integers(1, VOCABULARY, (len(PROMPTS), 4)).astype("int32")
SAMPLING = Sampling(temperatures=(0, 1.3), repeats=2, max_length=7, seed=5)
SIZES: dict[str, Any] = {
    "vocabulary_size": VOCABULARY,
    "num_layers": 1,
    "num_heads": 2,
    "hidden_dim": 8,
    "intermediate_dim": 16,
    "max_sequence_length": PLACES,
}
GROUPED: dict[str, Any] = {
    "vocabulary_size": VOCABULARY,
    "num_layers": 1,
    "num_query_heads": 4,
    "num_key_value_heads": 2,
    "hidden_dim": 16,
    "intermediate_dim": 16,
}


def gpt2() -> Any:
    return models.GPT2CausalLM(models.GPT2Backbone(**SIZES))


def bart() -> Any:
    return models.BartSeq2SeqLM(models.BartBackbone(**SIZES))


def llama() -> Any:
    return models.LlamaCausalLM(models.LlamaBackbone(**GROUPED))


def gemma3() -> Any:
    backbone = models.Gemma3Backbone(image_size=16, head_dim=4, vision_encoder=None, **GROUPED)
    return models.Gemma3CausalLM(preprocessor=None, backbone=backbone)


def t5() -> Any:
    sizes = {name: size for name, size in SIZES.items() if name != "max_sequence_length"}
    return models.T5Seq2SeqLM(models.T5Backbone(**sizes))


TASKS: list[Callable[[], Any]] = [gpt2, bart, llama, gemma3, t5]


def asking(task: Any, prompt: int) -> Callable[[list[int]], Probabilities]:
    """Returns how one would ask a task for the next token without its cache."""
    call = tf.function(task, reduce_retracing=True)

    def ask(ids: list[int]) -> Any:
        tokens, is_token = ids_of([*ids, *[0] * (PLACES - len(ids))]), np.arange(PLACES)[None] < len(ids)
        inputs = {"token_ids": tokens, "padding_mask": is_token}
        if "decoder_token_ids" in task.input:
            source = SOURCE[prompt : prompt + 1]
            inputs = {f"decoder_{name}": value for name, value in inputs.items()}
            inputs |= {"encoder_token_ids": source, "encoder_padding_mask": source > 0}
        return call(inputs)[0, len(ids) - 1]

    return remembering(Case(task, ask).next)


@pytest.mark.parametrize("make", others_long([gpt2], TASKS), ids=lambda make: make.__name__)
def test_it_writes_what_a_plain_loop_writes(make: Callable[[], Any]) -> None:
    task = shaken(make())
    generator = generator_for(task)
    assert isinstance(generator, KerasHubGenerator)
    source = SOURCE if generator.takes_source else None
    samples = generator(PROMPTS, SAMPLING, source=source)
    origins = origins_of(PROMPTS, source)
    asks = [asking(task, prompt) for prompt in range(len(PROMPTS))]
    assert [sample.prompt for sample in samples] == [0] * 4 + [1] * 4 + [2] * 4
    for number, sample in enumerate(samples):
        prompt, row = divmod(number, 4)
        assert (sample.temperature, sample.repeat) == SAMPLING.rows[row]
        noise = SAMPLING.noise(origins[prompt])[row].tolist()
        ids, distributions = written_plainly(asks[prompt], PROMPTS[prompt], noise, sample.temperature)
        assert sample.ids.tolist() == ids
        for place, chances in enumerate(distributions):
            order = np.argsort(-chances)
            assert sample.probabilities[place] == pytest.approx(chances[ids[place]], rel=1e-3)
            assert sample.alternative_ids[place].tolist() == order[:5].tolist()
            assert sample.ranks[place] == 1 + order.tolist().index(ids[place])
    beams = BeamSearch(width=3, max_length=5, stop=int(samples[0].ids[3]), length_penalty=0.6)
    for number, found in enumerate(generator.search(PROMPTS, beams, source=source)):
        check(found, asks[number], PROMPTS[number], beams)
    assert generator.why_eager == ""


@pytest.mark.usefixtures("without_xla")
def test_it_is_traced_once_follows_the_weights_and_does_not_depend_on_the_other_prompts() -> None:
    task = shaken(gpt2())
    generator = KerasHubGenerator(task, alternatives=2)
    before = generator(PROMPTS, SAMPLING)
    shaken(task, seed=1)
    after = generator([[5, 1, 4], [2, 5, 9, 2, 6], [7]], SAMPLING)
    assert generator.traces == 1
    assert after[8].ids.tolist() != before[8].ids.tolist()
    assert after[0].alternative_ids.shape == (7, 2)
    alone = KerasHubGenerator(task)([[5, 1, 4]], SAMPLING)
    assert [sample.ids.tolist() for sample in alone] == [sample.ids.tolist() for sample in after[:4]]
    whole = after[9]
    stop = int(whole.ids[3])
    stopped = generator([[5, 1, 4], [2, 5, 9, 2, 6], [7]], Sampling((0, 1.3), 2, 7, stop, seed=5))[9]
    assert stopped.ids.tolist() == whole.ids.tolist()[: whole.ids.tolist().index(stop) + 1]


@pytest.mark.long  # the logger of such a task is held against it below
def test_it_writes_what_the_task_writes_by_itself() -> None:
    task = shaken(bart())
    task.compile(sampler="greedy")
    found = KerasHubGenerator(task)(PROMPTS[:1], Sampling((0,), max_length=6), source=SOURCE[:1])[0]
    inputs = {
        "encoder_token_ids": SOURCE[:1],
        "encoder_padding_mask": np.ones((1, 4), bool),
        "decoder_token_ids": np.array([[*PROMPTS[0], *[0] * 6]]),
        "decoder_padding_mask": np.arange(9)[None] < 3,
    }
    assert task.generate(dict(inputs), stop_token_ids=None)["decoder_token_ids"][0, 3:].tolist() == found.ids.tolist()


class Writing(keras.callbacks.Callback):
    """Generates and searches after every epoch."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.generator = generator_for(self.model)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.generator(PROMPTS, Sampling((0, 1.0), max_length=4))
        self.generator.search(PROMPTS, BeamSearch(2, 4))


def _trained(*callbacks: keras.callbacks.Callback) -> tuple[list[bytes], Any]:
    """Returns everything that training makes, what the task writes by itself afterwards, and the task."""
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(42)
    task = models.GPT2CausalLM(models.GPT2Backbone(dropout=0.2, **SIZES))
    task.compile(keras.optimizers.SGD(0.01, momentum=0.9), sampler=keras_hub.samplers.RandomSampler(seed=3))
    texts = np.random.default_rng(7).integers(0, VOCABULARY, (8, 6))
    inputs = {"token_ids": texts[:, :-1], "padding_mask": np.ones((8, 5), bool)}
    prompt = {"token_ids": texts, "padding_mask": np.arange(6) < np.full((8, 1), 2)}
    task.generate(dict(prompt), stop_token_ids=None)
    sampler, function = task.sampler, task.generate_function
    history = task.fit(inputs, texts[:, 1:], epochs=2, batch_size=4, verbose=0, callbacks=list(callbacks)).history
    assert task.sampler is sampler
    assert task.generate_function is function
    written = task.generate(dict(prompt), stop_token_ids=None)["token_ids"]
    numbers = [variable.numpy() for variable in (*task.variables, *task.optimizer.variables)]
    numbers += [written, np.random.random(3), keras.random.normal((3,)).numpy(), np.array(history["loss"])]
    return [np.asarray(value).tobytes() for value in numbers], task


@pytest.mark.long
@pytest.mark.usefixtures("without_xla")
def test_training_is_the_same_to_the_last_bit_and_the_task_is_left_as_it_was() -> None:
    writing = Writing()
    assert _trained()[0] == _trained(writing)[0]
    assert writing.generator.traces == 2


def test_xla_compiles_a_task_where_there_is_leave_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_XLA_TAKES", -1)
    generator = KerasHubGenerator(shaken(gpt2()))
    asked: list[float] = []
    generator.compiling = asked.append  # which gives none
    first, second = (generator(PROMPTS[:1], SAMPLING) for _ in range(2))
    assert asked
    assert (generator.traces, generator.is_settled) == (1, False)
    assert [one.ids.tolist() for one in first] == [one.ids.tolist() for one in second]


def test_a_task_that_fails_is_left_as_it_was() -> None:
    task = gpt2()
    sampler = task.sampler
    task.generate_step = None
    with pytest.raises(GenerationError, match=r"failed at prompts of up to 3 tokens and 7 more; .* own generate"):
        KerasHubGenerator(task)(PROMPTS[:1], SAMPLING)
    assert task.sampler is sampler


def test_prompts_and_sources_that_do_not_fit() -> None:
    generator = KerasHubGenerator(gpt2())
    for prompts, sampling, message in [
        ([[VOCABULARY]], SAMPLING, "Prompt 0 has the unknown token 17; expected 0 to 16"),
        ([[1], [1] * 24], SAMPLING, "Prompt 1 has 24 tokens, and the task .* has positions for 24; expected a shorter prompt"),
    ]:  # fmt: skip
        with pytest.raises(GenerationError, match=message):
            generator(prompts, sampling)
    with pytest.raises(
        GenerationError, match=r"A source was given, and the task .* takes the text only; leave source out"
    ):
        generator([[1]], SAMPLING, source=SOURCE[:1])
    generator = KerasHubGenerator(bart())
    for source, message in [
        (None, "writes from encoder_.*, encoder_.*; expected source=, with one row per prompt"),
        (SOURCE, r"has the shape \(3, 4\); expected 2 axes and 1 rows, one per prompt"),
        ([[1], [2, 3]], "The source is not an array of numbers; expected rows of one length"),
        (
            {"encoder_token_ids": SOURCE[:1]},
            "The source is encoder_token_ids, and the task .* expected a dict of these.",
        ),
    ]:
        with pytest.raises(GenerationError, match=message):
            generator([[1]], SAMPLING, source=source)


@pytest.mark.long
@pytest.mark.parametrize("attention", [False, True])
def test_padding_is_that_of_the_task(attention: bool, tmp_path: Path) -> None:
    """Texts of another length beside it change nothing of what is written from a text."""
    task = shaken(bart())
    task.preprocessor = SimpleNamespace(tokenizer=SimpleNamespace(pad_token_id=1))
    characters = [*"s_efghijklmnopqrt"]
    probabilities, lengths = [], []
    for name, texts in (("alone", ["fgh"]), ("beside", ["fgh", "ghijkl"])):
        logger = sample_logger(
            tmp_path / name,
            texts,
            tokenizer=characters,
            start="s",
            temperatures=(0,),
            max_length=5,
            attention=attention,
        )
        logger.set_model(task)
        logger.log(0)
        logger.close()
        *attended, record = seqviz.read(tmp_path / name)
        assert isinstance(record, seqviz.SamplesRecord)
        probabilities.append(record.samples[0].probabilities)
        lengths += [{len(layer.key_tokens) for layer in one.layers if layer.role == "cross"} for one in attended[:1]]
    assert probabilities[0] == pytest.approx(probabilities[1], rel=1e-3)
    assert lengths == [{3}, {3}] * attention


@pytest.mark.long
@pytest.mark.usefixtures("without_xla")
def test_a_sample_ends_where_the_task_has_no_more_places() -> None:
    generator = KerasHubGenerator(shaken(gpt2()))
    short, _, long, _ = generator([[3, 1], [5] * 20], Sampling((0, 1), max_length=30))
    assert [len(short.ids), len(long.ids)] == [22, 4]
    assert long.notes == ("The task has positions for 24 tokens, of which the prompt takes 20; a sample ends after 4.",)
    assert [len(found.ids) for found in generator.search([[3, 1], [5] * 20], BeamSearch(1, 30))] == [22, 4]


def test_a_model_on_a_backbone_is_given_masks_and_no_more_tokens_than_there_are_places() -> None:
    backbone = models.BartBackbone(**SIZES)
    dense = keras.layers.Dense(VOCABULARY)
    model = shaken(keras.Model(backbone.input, dense(backbone.output["decoder_sequence_output"])))
    asked = NextToken(model)
    assert (asked.positions, asked.is_causal, asked.source.is_there) == (PLACES, True, True)
    padded = np.pad(SOURCE, [(0, 0), (0, 3)])
    tokens = np.array([[3, 1, -1], [1, 5, 9], [7, -1, -1]], np.int32)
    alike = [asked(tokens, np.array([1, 2, 0]), source)[0] for source in (padded, SOURCE)]
    inputs = {"decoder_token_ids": tokens[:1, :2], "decoder_padding_mask": np.ones((1, 2), bool)}
    inputs |= {"encoder_token_ids": SOURCE[:1], "encoder_padding_mask": np.ones((1, 4), bool)}
    for scores in alike:
        np.testing.assert_allclose(scores, model(inputs)[0, -1], rtol=1e-4, atol=1e-5)


@pytest.mark.usefixtures("without_xla")
def test_a_source_may_come_with_its_mask() -> None:
    generator = KerasHubGenerator(shaken(bart()))
    padded = np.pad(SOURCE[:1], [(0, 0), (0, 2)])
    named = {"encoder_token_ids": padded, "encoder_padding_mask": padded != 0}
    [one, other] = (generator([[1]], Sampling((0,), max_length=5), source=source)[0] for source in (padded, named))
    assert one.ids.tolist() == other.ids.tolist()


def test_which_generator_fits() -> None:
    task = gpt2()
    with pytest.raises(
        GenerationError, match=r"window=5, and the model .* is a task of KerasHub, whose cache holds all"
    ):
        generator_for(task, window=5)
    with pytest.raises(
        GenerationError, match=r"outputs='probabilities', and the model .* returns logits; leave outputs"
    ):
        generator_for(task, outputs="probabilities")
    layers = keras.layers
    plain = keras.Sequential([layers.Input((None,)), layers.Embedding(9, 4), layers.GRU(4), layers.Dense(9)])
    assert isinstance(generator_for(plain), Generator)
    with pytest.raises(
        GenerationError, match=r"The model is a Sequential; expected a CausalLM or Seq2SeqLM of KerasHub."
    ):
        KerasHubGenerator(plain)


class Spelling(keras_hub.tokenizers.Tokenizer):
    """A letter is a token."""

    def __init__(self) -> None:
        super().__init__()
        self._letters = "_bcdefghijklmnopq"

    def tokenize(self, text: str) -> list[int]:
        return list(map(self._letters.index, text))

    def detokenize(self, ids: Any) -> str:
        return "".join(self._letters[number] for number in np.asarray(ids))

    def vocabulary_size(self) -> int:
        return VOCABULARY


def of_letters(*special: str) -> dict[str, int]:
    return {token: number for number, token in enumerate([*"abcdefghijklm"[: VOCABULARY - len(special)], *special])}


def test_a_prompt_begins_as_the_task_itself_begins_it() -> None:
    task = gpt2()
    tokenizer = models.GPT2Tokenizer(vocabulary=of_letters("<|endoftext|>"), merges=[])
    task.preprocessor = models.GPT2CausalLMPreprocessor(tokenizer, sequence_length=2)
    generator, known = generator_for(task), Vocabulary.of(tokenizer)
    own = Prompts(["fgh", "ab"], None, known).for_model(generator)
    assert own == (None, [[13, 5, 6, 7], [13, 0, 1]])
    assert Prompts(["fgh"], None, known, start="a").for_model(generator) == (None, [[0, 5, 6, 7]])
    assert Prompts(["fgh"], None, Vocabulary.of("hgf")).for_model(generator) == (None, [[2, 1, 0]])


@pytest.mark.usefixtures("without_xla")
def test_the_logger_shows_what_generate_of_the_task_writes(tmp_path: Path) -> None:
    task = shaken(bart())
    tokenizer = models.BartTokenizer(vocabulary=of_letters("<s>", "<pad>", "</s>", "<mask>"), merges=[])
    preprocessor = models.BartSeq2SeqLMPreprocessor(tokenizer, encoder_sequence_length=8, decoder_sequence_length=8)
    task.compile(sampler="greedy")
    inputs = preprocessor.generate_preprocess(["fgh"])
    expected = task.generate(inputs, stop_token_ids=None)["decoder_token_ids"][0, 2:]
    task.preprocessor = preprocessor
    logger = sample_logger(tmp_path, ["fgh", "ab"], temperatures=(0,), max_length=6, stop=False)
    logger.set_model(task)
    logger.log(0)
    logger.close()
    (record,) = seqviz.read(tmp_path)
    assert record.samples[0].tokens == list(map(Vocabulary.of(tokenizer).token, expected.tolist()))


@pytest.mark.usefixtures("without_xla")
def test_a_task_brings_its_tokenizer(tmp_path: Path) -> None:
    task = shaken(gpt2())
    task.preprocessor = SimpleNamespace(tokenizer=Spelling())
    texts = []
    for name, tokenizer in (("task", task), ("preprocessor", task.preprocessor), ("none", None)):
        logger = sample_logger(tmp_path / name, ["fgh"], tokenizer=tokenizer, temperatures=(0,), max_length=5)
        logger.set_model(task)
        logger.log(0)
        logger.close()
        (record,) = seqviz.read(tmp_path / name)
        texts.append(record.samples[0].text)
    assert texts == [texts[0]] * 3
    assert set(texts[0]) <= set("_bcdefghijklmnopq")
    with pytest.raises(ValueError, match="Prompt 0 cannot be used: "):
        sample_logger(tmp_path, ["xyz"], model=task)
