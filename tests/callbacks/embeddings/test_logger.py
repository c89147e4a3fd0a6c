"""EmbeddingLogger: what it finds, what it calls it, what it says, and that training is the same without it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import PIL.Image
import pytest
from google.protobuf import text_format
from helpers.backends import needs_keras, needs_tensorflow
from keras import layers, ops
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig

import tb_seqviz_plugin as seqviz
from tb_seqviz_plugin.callbacks import EmbeddingLogger, Labels, ProjectorOptions
from tb_seqviz_plugin.callbacks.embeddings import labelling
from tb_seqviz_plugin.callbacks.embeddings.tables import find_tables
from tb_seqviz_plugin.log.spool import Spool
from tb_seqviz_plugin.projector import snapshots
from tb_seqviz_plugin.projector.files import read_snapshot

WORDS = ["", "[UNK]", "the", "cat", "sat", "on", "a", "mat"]
IDS = np.array([[2, 3, 4, 0], [6, 7, 0, 0], [5, 3, 7, 1]])
TARGETS = np.array([[0.0], [1.0], [1.0]])


def classifier(*before: layers.Layer, rows: int = len(WORDS), dtype: Any = None) -> keras.Model:
    ids = layers.Input((4,), dtype="int32")
    x = layers.Embedding(rows, 3, name="words", dtype=dtype)(ids)
    for layer in before:
        x = layer(x)
    x = layers.Dense(2, name="pooled")(layers.GlobalAveragePooling1D()(x))
    model = keras.Model(ids, layers.Dense(1)(x), name="classifier")
    model.compile("sgd", "mse", jit_compile=False)
    return model


def logged(folder: Path, model: keras.Model, **options: Any) -> dict[str, seqviz.EmbeddingsRecord]:
    """Returns what one call logs, by layer."""
    logger = EmbeddingLogger(folder, **options)
    logger.set_model(model)
    logger.log(0)
    logger.close()
    return {record.layer: record for record in seqviz.read(folder, "embeddings")}


def value_of(model: keras.Model) -> np.ndarray[Any, Any]:
    return model.get_layer("words").embeddings.numpy()


def train(model: keras.Model, epochs: int, logger: EmbeddingLogger, after_each: Callable[[], None] = bool) -> None:
    """Calls a logger as `fit` does, without any training."""
    logger.set_model(model)
    logger.set_params({"steps": 1})
    logger.on_train_begin()
    for epoch in range(epochs):
        logger.on_epoch_begin(epoch)
        logger.on_epoch_end(epoch)
        after_each()
    logger.on_train_end()


def clouds(folder: Path, step: int = 0, name: str = "") -> dict[str, tuple[np.ndarray[Any, Any], list[str]]]:
    """Returns what the Projector finds, by the name of the tensor."""
    snapshot = folder / "seqviz" / "embeddings" / name / f"step-{step:06d}"
    config = text_format.Parse((snapshot / "projector_config.pbtxt").read_text(), ProjectorConfig())
    assert any(snapshot.glob("*tfevents*"))
    return {
        info.tensor_name: (
            np.fromfile(snapshot / info.tensor_path, "<f4").reshape(info.tensor_shape),
            (snapshot / info.metadata_path).read_text(encoding="utf-8").splitlines(),
        )
        for info in config.embeddings
    }


def steps_of(folder: Path) -> list[int]:
    return sorted(int(path.name[5:]) for path in (folder / "seqviz" / "embeddings").glob("step-*"))


# ------------------------------------------------------------------------------------------------------------ what is found


class OwnPlaces(layers.Layer):
    """Learned positions, written by hand."""

    def build(self, shape: Any) -> None:
        self.table = self.add_weight(shape=(1, shape[1], shape[2]), name="position_embedding")
        self.scale = self.add_weight(shape=(shape[1], shape[2]), name="scale")

    def call(self, x: Any) -> Any:
        return x + self.table * self.scale


class Distances(layers.Layer):
    """Neither its class nor its name says that one of its weights is a table."""

    def build(self, shape: Any) -> None:
        self.bias = self.add_weight(shape=(4, 2), name="relative_attention_bias_embed")
        self.other = self.add_weight(shape=(4, 5), name="other")
        self.short = self.add_weight(shape=(6, 2), name="wpe")

    def call(self, x: Any) -> Any:
        return x


class TokenAndPosition(layers.Layer):
    """As that of KerasHub is made."""

    def __init__(self) -> None:
        super().__init__(name="embed")
        self.tokens = layers.Embedding(8, 3, name="token_embedding")
        self.places = OwnPlaces(name="position_embedding")

    def call(self, ids: Any) -> Any:
        return self.places(self.tokens(ids))


class Subclassed(keras.Model):
    """Holds layers in a list and a dict, shares one, and projects back onto a table."""

    def __init__(self) -> None:
        if not hasattr(layers, "ReversibleEmbedding"):
            pytest.skip("this version of Keras has no ReversibleEmbedding")
        super().__init__(name="own")
        self.embed = TokenAndPosition()
        self.blocks = [keras.Sequential([layers.Embedding(5, 3, name="inner")], name="block")]
        self.others = {"shared": self.embed.tokens, "bidirectional": layers.Bidirectional(layers.GRU(2))}
        self.tied = layers.ReversibleEmbedding(8, 3, name="tied")
        self.untied = layers.ReversibleEmbedding(8, 3, tie_weights=False, name="untied")

    def call(self, ids: Any) -> Any:
        x = self.embed(ids) + self.others["shared"](ids) + self.blocks[0](ids // 2) + self.tied(ids) + self.untied(ids)
        return self.tied(x, reverse=True) + self.untied(x, reverse=True) + ops.sum(self.others["bidirectional"](x))


def test_every_table_is_found_once_and_named_by_its_path() -> None:
    model = Subclassed()
    model(IDS)
    found = {table.path: table for table in find_tables(model)}
    assert {path: (table.rows, table.dimensions) for path, table in found.items()} == {
        "embed/token_embedding": (8, 3),
        "embed/position_embedding": (4, 3),
        "block/inner": (5, 3),
        "tied": (8, 3),
        "untied": (8, 3),
        "untied/reverse_embeddings": (8, 3),
    }
    rows = np.array([3, 1])
    expected = {
        "embed/token_embedding": model.embed.tokens.embeddings,
        "embed/position_embedding": model.embed.places.table[0],
        "tied": model.tied.embeddings,
        "untied/reverse_embeddings": ops.transpose(model.untied.reverse_embeddings),
    }
    for path, table in expected.items():
        assert np.array_equal(found[path].read(rows), ops.convert_to_numpy(table)[rows])
    assert [path for path, table in found.items() if table.is_of_positions] == ["embed/position_embedding"]


def test_tables_of_weights_alone_are_called_by_the_weight() -> None:
    model = keras.Sequential([layers.Input((4, 3)), Distances(name="attention"), layers.Dense(2, name="dense")])

    def found(*asked: str) -> dict[str, bool]:
        return {table.path: table.is_of_positions for table in find_tables(model, asked)}

    tables = {"attention/relative_attention_bias_embed": False, "attention/wpe": True}
    assert found("*", "attention/*") == tables
    assert found("other", "dense/kernel").keys() == tables.keys() | {"attention/other", "dense/kernel"}


def test_layers_of_one_path_are_told_apart() -> None:
    class Two(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.parts = [keras.Sequential([layers.Embedding(4, 2, name="words")], name="part") for _ in range(2)]

        def call(self, ids: Any) -> Any:
            return self.parts[0](ids) + self.parts[1](ids)

    model = Two()
    model(IDS % 4)
    assert [table.path for table in find_tables(model)] == ["part/words", "part (2)/words"]


@pytest.mark.parametrize(
    ("dtype", "tolerance", "note"),
    [("float16", 1e-3, "stored as float16"), ("bfloat16", 1e-2, "stored as bfloat16"), ("mixed_float16", 0, None)],
)
def test_narrow_tables_are_converted(dtype: str, tolerance: float, note: str | None, tmp_path: Path) -> None:
    model = classifier(dtype=dtype)
    exact = np.array(ops.cast(model.get_layer("words").embeddings, "float32"))
    record = logged(tmp_path, model)["words"]
    assert np.array_equal(record.vectors, exact)
    assert record.vectors.dtype == np.float32
    assert [note in sentence for sentence in record.notes] == [True] if note else not record.notes
    assert np.abs(exact).max() > tolerance


@pytest.mark.parametrize(
    ("mode", "tolerance"), [("int8", 0.01), pytest.param("int4", 0.1, marks=needs_keras("3.11", "knows no int4"))]
)
def test_quantised_tables_are_what_the_model_makes_of_them(mode: str, tolerance: float, tmp_path: Path) -> None:
    model = classifier()
    words = model.get_layer("words")
    exact = words.embeddings.numpy()
    words.quantize(mode)
    record = logged(tmp_path, model)["words"]
    assert np.array_equal(record.vectors, np.array(words(np.arange(len(WORDS)))))
    np.testing.assert_allclose(record.vectors, exact, atol=tolerance * np.abs(exact).max())
    assert f"stored as {mode}" in record.notes[0]


def test_low_rank_weights_are_added(tmp_path: Path) -> None:
    model = classifier()
    words = model.get_layer("words")
    words.enable_lora(2)
    words.lora_embeddings_b.assign(np.ones((2, 3)))
    assert np.array_equal(logged(tmp_path, model)["words"].vectors, np.array(words(np.arange(len(WORDS)))))


def test_layers_are_chosen_by_pattern(tmp_path: Path) -> None:
    model = Subclassed()
    model(IDS)
    assert list(logged(tmp_path / "a", model, layers=["embed/*", "inner"])) == [
        "block/inner",
        "embed/position_embedding",
        "embed/token_embedding",
    ]
    with pytest.warns(
        UserWarning, match=r"'encoder/\*' in `layers` matches no table .* the model has 'embed/token_emb"
    ):
        assert list(logged(tmp_path / "b", model, layers=["tied", "encoder/*"])) == ["tied"]


# ----------------------------------------------------------------------------------------------------------------- labels


class OwnTokenizer:
    """Has a word for each id up to its size, as tokenizers of Hugging Face."""

    def __len__(self) -> int:
        return len(WORDS)

    def encode(self, text: str) -> list[int]:
        return [WORDS.index(word) for word in text.split()]

    def decode(self, ids: list[int]) -> str:
        return " ".join(WORDS[number] for number in ids)

    def convert_ids_to_tokens(self, ids: list[int]) -> list[str]:
        return [WORDS[number] for number in ids]


class UnorderedTokenizer:
    """Names its vocabulary in another order than that of the ids, as that of pairs of bytes in KerasHub."""

    def vocabulary_size(self) -> int:
        return len(WORDS)

    def get_vocabulary(self) -> Any:
        return dict.fromkeys(reversed(WORDS)).keys()

    def id_to_token(self, number: int) -> str:
        return WORDS[number]


class Pieces:
    """As the processor of SentencePiece, which decodes what has no text of its own to nothing."""

    def __len__(self) -> int:
        return len(WORDS)

    def id_to_piece(self, number: int) -> str:
        return WORDS[number]

    def decode(self, ids: list[int]) -> str:
        return ""


def write_tsv(folder: Path) -> Path:
    path = folder / "words.tsv"
    lines = ["count\tword\tkind", *(f"{10 - place}\t{word}\tk{place}" for place, word in enumerate(WORDS))]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    return path


def plain_file(folder: Path) -> Path:
    path = folder / "words.txt"
    path.write_text("\n".join(WORDS), encoding="utf-8")
    return path


SOURCES: dict[str, Callable[[Path], Any]] = {
    "list": lambda folder: WORDS,
    "array": lambda folder: np.array(WORDS),
    "TextVectorization": lambda folder: layers.TextVectorization(vocabulary=WORDS[2:]),
    "StringLookup": lambda folder: layers.StringLookup(vocabulary=WORDS[2:], mask_token=""),
    "tokenizer": lambda folder: OwnTokenizer(),
    "unordered vocabulary": lambda folder: UnorderedTokenizer(),
    "pieces": lambda folder: Pieces(),
    "words to ids": lambda folder: {word: number for number, word in enumerate(WORDS)},
    "ids to words": lambda folder: dict(enumerate(WORDS)),
    "file": plain_file,
    "by layer": lambda folder: {"wo*": WORDS},
}


OF_TENSORFLOW = ("TextVectorization", "StringLookup")


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[needs_tensorflow] if kind in OF_TENSORFLOW else []) for kind in SOURCES]
)
def test_labels_from_whatever_there_is(kind: str, tmp_path: Path) -> None:
    record = logged(tmp_path / "logs", classifier(), labels=SOURCES[kind](tmp_path), skip_rows=(1,))["words"]
    assert record.labels == WORDS[:1] + WORDS[2:]
    assert record.rows.tolist() == [0, 2, 3, 4, 5, 6, 7]
    assert record.table_rows == 8
    assert not record.notes
    vectors, lines = clouds(tmp_path / "logs")["words"]
    assert lines == ["[0]", *WORDS[2:]]
    np.testing.assert_allclose(vectors, record.vectors, rtol=8e-6)
    assert np.array_equal(vectors.ravel()[1:], record.vectors.ravel()[1:])


@needs_tensorflow
def test_columns(tmp_path: Path) -> None:
    record = logged(tmp_path / "a", classifier(), labels=write_tsv(tmp_path), skip_rows=("", "[UNK]"))["words"]
    assert record.labels == WORDS[2:]
    assert record.columns == {"count": list("876543"), "kind": [f"k{n}" for n in range(2, 8)]}
    assert clouds(tmp_path / "a")["words"][1][:2] == ["label\tcount\tkind", "the\t8\tk2"]
    with_columns = Labels(layers.StringLookup(vocabulary=WORDS[2:], mask_token=""), {"frequency": range(8)})
    assert logged(tmp_path / "b", classifier(), labels=with_columns)["words"].columns == {"frequency": list("01234567")}


@needs_tensorflow
def test_a_vocabulary_smaller_than_the_table_leaves_rows_without_words(tmp_path: Path) -> None:
    lookup = layers.StringLookup(vocabulary=WORDS[2:], mask_token="")
    record = logged(tmp_path, classifier(rows=10), labels=lookup)["words"]
    assert record.labels == [*WORDS, "[8]", "[9]"]
    assert record.notes == ("The vocabulary has 8 words for 10 rows; the last 2 are named by their numbers.",)


@pytest.mark.parametrize(
    ("labels", "used", "sentence"),
    [
        (
            WORDS[:7],
            [*WORDS[:7], "[7]"],
            r"has 8 rows and 7 labels were given, 1 fewer; the last row is named by its number\. .* fit with skip_rows=\(0,\)",
        ),
        (
            WORDS[:5],
            [*WORDS[:5], "[5]", "[6]", "[7]"],
            "5 labels were given, 3 fewer; the last 3 rows are named by their numbers",
        ),
        (
            [*WORDS, "dog", "ran"],
            list("01234567"),
            "has 8 rows and 10 labels were given, 2 more; its rows are named by their numbers",
        ),
    ],
)
def test_labels_are_used_as_far_as_they_reach(
    labels: list[str], used: list[str], sentence: str, tmp_path: Path
) -> None:
    with pytest.warns(UserWarning, match=sentence):
        record = logged(tmp_path, classifier(), labels=labels)["words"]
    assert record.labels == used
    assert sentence.split(",")[0].replace("\\", "") in record.notes[0]


def test_a_tokenizer_that_fails_leaves_numbers(tmp_path: Path) -> None:
    class Failing(OwnTokenizer):
        def convert_ids_to_tokens(self, ids: list[int]) -> list[str]:
            raise RuntimeError("no such token")

        decode = convert_ids_to_tokens  # type: ignore[assignment]

    with pytest.warns(UserWarning, match=r"'words' has no labels, and its rows are named by .* no such token"):
        record = logged(tmp_path, classifier(), labels=Failing())["words"]
    assert record.labels == [str(row) for row in range(8)]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["word", *WORDS], r"1 more; .* The first line of .*, 'word', looks like a heading; a single column has none"),
        ([f"{word}\tx" for word in WORDS], r"1 fewer; .* The first line of .* was taken as headings"),
    ],
)
def test_headings_of_files_that_do_not_fit(lines: list[str], sentence: str, tmp_path: Path) -> None:
    (tmp_path / "words.tsv").write_text("\n".join(lines))
    with pytest.warns(UserWarning, match=sentence):
        logged(tmp_path / "logs", classifier(), labels=tmp_path / "words.tsv", skip_rows=None)


def test_labels_without_the_skipped_row_fit(tmp_path: Path) -> None:
    record = logged(tmp_path, classifier(), labels=Labels(WORDS[1:], {"n": range(1, 8)}), skip_rows=[0])["words"]
    assert (record.labels, record.columns) == (WORDS[1:], {"n": list("1234567")})


def test_labels_go_to_the_tables_that_they_fit(tmp_path: Path) -> None:
    model = Subclassed()
    model(IDS)
    records = logged(tmp_path, model, labels=WORDS)
    assert {layer for layer, record in records.items() if record.labels == WORDS} == {
        "embed/token_embedding", "tied", "untied", "untied/reverse_embeddings",
    }  # fmt: skip
    assert records["block/inner"].labels == list("01234")
    assert records["tied"].notes == (
        "These labels fit 'embed/token_embedding', 'untied', 'untied/reverse_embeddings', too; if they are meant for one table, "
        "give them by layer: labels={'tied': ...}.",
    )
    assert not records["block/inner"].notes


def test_rows_are_left_out_of_the_tables_that_have_the_labels(tmp_path: Path) -> None:
    model = Subclassed()
    model(IDS)
    kept = {
        layer: record.rows.tolist()
        for layer, record in logged(tmp_path / "a", model, labels=WORDS, skip_rows=(0, "[UNK]")).items()
    }
    assert kept["embed/token_embedding"] == kept["tied"] == [2, 3, 4, 5, 6, 7]
    assert (kept["embed/position_embedding"], kept["block/inner"]) == ([0, 1, 2, 3], [0, 1, 2, 3, 4])
    numbered = logged(tmp_path / "b", model, skip_rows=0)
    assert (numbered["block/inner"].labels, len(numbered["embed/position_embedding"].rows)) == (list("1234"), 4)
    by_layer = logged(tmp_path / "c", model, skip_rows={"inner": [1], "embed/pos*": 3})
    assert {layer: len(record.rows) for layer, record in by_layer.items() if len(record.rows) != 8} == {
        "embed/position_embedding": 3, "block/inner": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"skip_rows": (99, "cat", "[UNKK]")}, r"skip_rows holds 99, '\[UNKK\]', and no row of 'words' has this"),
        (
            {"labels": {"words": WORDS, "nope": WORDS}},
            "The key 'nope' in `labels` matches no table of vectors; there are 'w",
        ),
        (
            {"projector": ProjectorOptions(sprites={"wrods": np.zeros((8, 2, 2))})},
            "sprites for 'wrods', and no such layer is logged; expected one of 'w",
        ),
    ],
)
def test_what_belongs_to_no_table_is_told(options: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=sentence):
        record = logged(tmp_path, classifier(), **{"labels": WORDS, **options})["words"]
    assert len(record.rows) == (7 if "skip_rows" in options else 8)


def test_hostile_labels(tmp_path: Path) -> None:
    labels = ["", " ", "tab\there", "line\r\nbreak", "x" * 10_000, "twice", "twice", "\udcff日本"]
    record = logged(tmp_path, classifier(), labels=labels)["words"]
    assert record.labels == labels
    lines = clouds(tmp_path)["words"][1]
    assert lines[:4] == ["[0]", "[1]", "tab\\there", "line\\r\\nbreak"]
    assert (len(lines[4]), lines[4][-1]) == (200, "…")
    assert lines[5:] == ["twice", "twice", "\\udcff日本"]
    assert record.notes == (
        "1 label stands at several rows: 'twice' (× 2).",
        "1 label is longer than 200 characters, the longest 10,000; the Projector shows the beginning.",
    )


def test_a_large_table_is_sampled_by_frequency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelling, "MOST_ROWS", 3)
    counts = [0, 0, 5, 90, 7, 7, 8, 1]
    sentence = "has 8 rows; the Projector draws 3, so only so many are logged: "
    with pytest.warns(UserWarning, match=f"{sentence}those of the highest 'frequency'"):
        record = logged(tmp_path / "a", classifier(), labels=Labels(WORDS, {"frequency": counts}))["words"]
    assert (record.labels, record.rows.tolist()) == (["cat", "sat", "a"], [3, 4, 6])
    with pytest.warns(UserWarning, match=f"{sentence}the first, since vocabularies begin with the most frequent words"):
        record = logged(tmp_path / "b", classifier(), labels=WORDS, skip_rows=[0])["words"]
    assert (record.labels, record.table_rows) == (WORDS[1:4], 8)
    assert np.array_equal(record.vectors, clouds(tmp_path / "b")["words"][0]) or len(record.vectors) == 3


@pytest.mark.long
def test_a_table_of_two_million_rows(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="2,000,000 rows; the Projector draws 100,000"):
        record = logged(tmp_path, classifier(rows=2_000_000))["words"]
    assert record.vectors.shape == (100_000, 3)


# --------------------------------------------------------------------------------------------------------------- outputs


def test_outputs_of_a_layer_on_labelled_examples(tmp_path: Path) -> None:
    model = classifier(layers.Dropout(0.5))
    images = np.arange(3 * 4 * 5).reshape(3, 4, 5) / 60
    outputs = {"pooled": (IDS, Labels(["a", "b", "c"], {"rating": TARGETS[:, 0]})), "words": (IDS, [7, 8, 9])}
    records = logged(
        tmp_path, model, layers="words", outputs=outputs, projector=ProjectorOptions(sprites={"pooled": images})
    )
    assert list(records) == ["pooled", "words", "words/output"]
    expected = keras.Model(model.input, model.get_layer("pooled").output)(IDS)
    np.testing.assert_allclose(records["pooled"].vectors, expected, rtol=1e-6)
    assert (records["pooled"].labels, records["pooled"].columns) == (["a", "b", "c"], {"rating": ["0.0", "1.0", "1.0"]})
    table = value_of(model)
    np.testing.assert_allclose(records["words/output"].vectors, table[IDS].mean(axis=1), rtol=1e-6)
    assert records["words/output"].labels == ["7", "8", "9"]
    assert "has shape [4, 3]; shown is its mean but for the last axis" in records["words/output"].notes[0]

    (sprite,) = (tmp_path / "seqviz" / "embeddings" / "step-000000").glob("*.png")
    picture = np.asarray(PIL.Image.open(sprite))
    assert picture.shape == (8, 10)
    pixels = np.rint(images * 255)
    assert np.array_equal(picture[:4, 5:], pixels[1])
    assert np.array_equal(picture[4:, :5], pixels[2])
    assert not picture[4:, 5:].any()


def test_outputs_of_a_model_of_ones_own_with_several_inputs(tmp_path: Path) -> None:
    class Two(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.part = keras.Sequential([layers.Dense(2, name="dense")], name="part")

        def call(self, inputs: Any) -> Any:
            return self.part(inputs["x"]) + inputs["y"]

    model = Two()
    x, y = np.eye(3, dtype="float32"), np.ones((3, 1), "float32")
    model({"x": x, "y": y})
    before = vars(model.part.layers[0]).copy()
    record = logged(tmp_path, model, outputs={"part/dense": ({"x": x, "y": y}, list("abc"))})["part/dense"]
    np.testing.assert_allclose(record.vectors, model.part(x), rtol=1e-6)
    assert vars(model.part.layers[0]).keys() == before.keys()


def test_outputs_leave_padding_out_where_there_is_a_mask(tmp_path: Path) -> None:
    ids = layers.Input((4,), dtype="int32")
    x = layers.GRU(2, return_sequences=True, name="gru")(layers.Embedding(8, 3, mask_zero=True)(ids))
    model = keras.Model(ids, layers.GlobalAveragePooling1D()(x))
    record = logged(tmp_path, model, outputs={"gru": (IDS.tolist(), list("abc"))})["gru"]
    np.testing.assert_allclose(record.vectors, model(IDS), rtol=1e-5)
    assert record.notes[0].endswith("shown is its mean but for the last axis, padding left out.")


@needs_tensorflow
def test_outputs_of_lists_of_texts(tmp_path: Path) -> None:
    texts = keras.Input((1,), dtype="string")
    x = layers.TextVectorization(vocabulary=WORDS[2:], output_sequence_length=3)(texts)
    model = keras.Model(texts, layers.GlobalAveragePooling1D()(layers.Embedding(8, 3, name="words")(x)))
    written = [["the cat"], ["a mat"], ["the cat"]]
    vectors = logged(tmp_path, model, outputs={"words": (written, list("abc"))})["words/output"].vectors
    assert np.array_equal(vectors[0], vectors[2])
    assert not np.allclose(vectors[0], vectors[1])


def test_outputs_that_fail_do_not_cost_the_tables(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="outputs of layer 'pooled' are not logged: ") as caught:
        records = logged(tmp_path, classifier(), outputs={"pooled": (["the cat", "a mat"], list("ab"))})
    assert len(caught) == 1
    assert list(records) == ["words"]
    assert list(clouds(tmp_path)) == ["words"]


def test_outputs_that_cannot_be_had_are_told(tmp_path: Path) -> None:
    model = classifier()
    with pytest.warns(UserWarning, match="lost|rows") as caught:
        records = logged(tmp_path, model, outputs={"lost": (IDS, list("abc")), "pooled": (IDS, list("ab"))})
    said = [str(warning.message) for warning in caught]
    assert "'classifier' has no layer 'lost'; expected one of " in said[0]
    assert "'pooled' has 3 rows and 2 labels were given, 1 fewer" in said[1]
    assert list(records) == ["pooled", "words"]


# ----------------------------------------------------------------------------------------------------- over the training


def test_fit_twice_and_a_loop_of_ones_own_go_on_from_each_other(tmp_path: Path) -> None:
    model = classifier()
    logger = EmbeddingLogger(tmp_path, labels=WORDS)
    for _ in range(2):
        model.fit(IDS, TARGETS, epochs=2, verbose=0, callbacks=[logger])
    logger.log(10)
    logger.close()
    records = list(seqviz.read(tmp_path, "embeddings"))
    assert [record.step for record in records] == [0, 1, 2, 3, 10]
    assert steps_of(tmp_path) == [0, 1, 2, 3, 10]
    assert records[3].measures["movement"] > 0
    assert records[4].measures["movement"] == records[4].measures["churn"] == 0
    assert np.array_equal(records[-1].vectors, value_of(model))


def test_snapshots_stay_few_and_even_with_the_first_and_the_newest(tmp_path: Path) -> None:
    there: list[list[int]] = []
    logger = EmbeddingLogger(tmp_path, projector=ProjectorOptions(most_snapshots=5))

    def look() -> None:
        logger.flush()
        there.append(steps_of(tmp_path))

    train(classifier(), 20, logger, after_each=look)
    assert there[:6] == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 2, 4], [0, 2, 4]]
    assert (max(map(len, there)), there[-1]) == (4, [0, 8, 16])
    assert steps_of(tmp_path) == [0, 8, 16, 19]
    assert [record.step for record in seqviz.read(tmp_path)] == [0, 1, 2, 3, 4, 6, 8, 12, 16, 19]


def test_snapshots_of_another_process_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "seqviz").mkdir()
    of_another_process = Spool(tmp_path / "seqviz")
    try:
        with pytest.warns(UserWarning, match="Another process writes to"):
            train(classifier(), 1, EmbeddingLogger(tmp_path))
    finally:
        of_another_process.close()
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("step-*")] == [
        "seqviz/process-2/embeddings/step-000000"
    ]
    assert {record.run for record in seqviz.read(tmp_path)} == {"seqviz/process-2"}


def test_snapshots_stay_even_over_several_fits(tmp_path: Path) -> None:
    model = classifier()
    for _ in range(3):
        train(model, 5, EmbeddingLogger(tmp_path, projector=ProjectorOptions(most_snapshots=4)))
    assert steps_of(tmp_path) == [0, 8, 14]


def test_snapshots_stay_even_where_every_record_is_asked_for(tmp_path: Path) -> None:
    logger = EmbeddingLogger(tmp_path, projector=ProjectorOptions(most_snapshots=4))
    logger.set_model(classifier())
    for step in range(15):
        logger.log(step)
    with pytest.warns(UserWarning, match="The step is -1; expected one from 0 on"):
        logger.log(-1)
    logger.close()
    assert steps_of(tmp_path) == [0, 8, 14]
    assert len(list(seqviz.read(tmp_path))) == 15


@pytest.mark.parametrize("format", ["bytes", "tsv"])
def test_snapshots_stay_small(format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most = 6000
    monkeypatch.setattr(snapshots, "MOST_BYTES", most)
    noise = np.random.default_rng(0).integers(0, 256, (8, 20, 20), np.uint8)
    train(classifier(), 12, EmbeddingLogger(tmp_path, projector=ProjectorOptions(sprites=noise, format=format)))
    files = [path for path in tmp_path.rglob("step-*/*") if path.is_file()]
    assert len(steps_of(tmp_path)) >= 3
    assert 3200 < sum({path.stat().st_ino: path.stat().st_size for path in files}.values()) <= most
    (picture,) = {path.read_bytes() for path in files if path.suffix == ".png"}
    assert PIL.Image.open(io.BytesIO(picture)).size == (60, 60)

    monkeypatch.setattr(snapshots, "MOST_BYTES", 1)
    train(classifier(), 5, EmbeddingLogger(tmp_path / "two", projector=ProjectorOptions(format=format)))
    assert steps_of(tmp_path / "two") == [0, 4]


def test_sprites_of_floats_up_to_255(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (8, 2, 2)).astype(float)
    logged(tmp_path, classifier(), projector=ProjectorOptions(sprites=images))
    (sprite,) = tmp_path.rglob("*.png")
    assert np.array_equal(np.asarray(PIL.Image.open(sprite))[2:4, 2:4], images[4])


@pytest.mark.parametrize("format", ["bytes", "tsv"])
def test_the_projector_gets_aligned_vectors_and_the_log_raw_ones(format: str, tmp_path: Path) -> None:
    model = classifier()
    words = model.get_layer("words")
    before = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0].astype("float32")
    # The second logger goes on from what the first one left.
    loggers = [
        EmbeddingLogger(tmp_path, labels=Labels(WORDS, {"n": range(8)}), projector=ProjectorOptions(format=format))
        for _ in range(2)
    ]
    for step in range(4):
        logger = loggers[step // 2]
        logger.set_model(model)
        words.embeddings.assign(before @ np.linalg.matrix_power(turn, step))
        logger.log(step)
        if step % 2:
            logger.close()
    for step, record in enumerate(seqviz.read(tmp_path, "embeddings")):
        np.testing.assert_allclose(record.vectors, before @ np.linalg.matrix_power(turn, step), atol=1e-5)
        found = read_snapshot(tmp_path / "seqviz" / "embeddings" / f"step-{step:06d}")
        np.testing.assert_allclose(found["words"][1], before, atol=2e-5)


@pytest.mark.parametrize("scale", [1e21, 1e38])
def test_large_vectors_are_logged_and_aligned(scale: float, tmp_path: Path) -> None:
    model = classifier()
    before = np.random.default_rng(0).uniform(0.1, 1, (8, 3)).astype("float32")
    logger = EmbeddingLogger(tmp_path)
    logger.set_model(model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for step in range(2):
            model.get_layer("words").embeddings.assign(np.roll(before * np.float32(scale), step, axis=1))
            logger.log(step)
        logger.close()
    np.testing.assert_allclose(clouds(tmp_path, 1)["words"][0], before * scale, rtol=1e-5)
    measures = [record.measures for record in seqviz.read(tmp_path)]
    assert measures[0]["norm"] == pytest.approx(np.linalg.norm(before.astype(float) * scale, axis=1).mean())
    assert measures[1]["dimensions"] == pytest.approx(measures[0]["dimensions"], rel=1e-5)


def test_vectors_that_are_not_finite_are_told_and_kept_from_the_projector(tmp_path: Path) -> None:
    model = classifier()
    table = value_of(model)
    table[3, 1] = np.nan
    model.get_layer("words").embeddings.assign(table)
    with pytest.warns(UserWarning, match="1 of 8 vectors of layer 'words' hold NaN or infinity, such as that of 'cat'"):
        record = logged(tmp_path, model, labels=WORDS)["words"]
    assert np.isnan(record.vectors[3, 1])
    vectors, lines = clouds(tmp_path)["words"]
    assert (len(vectors), lines) == (7, ["[0]", "[UNK]", "the", "sat", "on", "a", "mat"])
    np.testing.assert_allclose(vectors, np.delete(table, 3, axis=0), rtol=8e-6)

    model.get_layer("words").embeddings.assign(np.full((8, 3), np.nan))
    with pytest.warns(UserWarning, match="8 of 8 vectors"):
        logged(tmp_path / "all", model)
    assert steps_of(tmp_path / "all") == []


def test_two_loggers_of_one_run(tmp_path: Path) -> None:
    model = classifier()
    for logger in (
        EmbeddingLogger(tmp_path, labels=WORDS),
        EmbeddingLogger(tmp_path, name="plain", projector=ProjectorOptions(format="tsv")),
    ):
        train(model, 1, logger)
    assert [record.tag for record in seqviz.read(tmp_path)] == ["embeddings/plain/words", "embeddings/words"]
    path = tmp_path / "seqviz" / "embeddings" / "plain" / "step-000000" / "vectors_0.tsv"
    np.testing.assert_allclose(np.loadtxt(path), value_of(model), rtol=5e-6)


def test_the_tutorials_checkpoint(tmp_path: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    model = classifier()
    logged(tmp_path / "one", model, projector=ProjectorOptions(format="checkpoint"))
    folder = tmp_path / "one" / "seqviz" / "embeddings" / "step-000000"
    reader = tf.train.load_checkpoint(str(folder))
    name = "embedding/.ATTRIBUTES/VARIABLE_VALUE"
    assert np.array_equal(reader.get_tensor(name), value_of(model))
    config = text_format.Parse((folder / "projector_config.pbtxt").read_text(), ProjectorConfig())
    assert [info.tensor_name for info in config.embeddings] == [name]

    several = Subclassed()
    several(IDS)
    logged(tmp_path / "several", several, projector=ProjectorOptions(format="checkpoint"))
    folder = tmp_path / "several" / "seqviz" / "embeddings" / "step-000000"
    reader = tf.train.load_checkpoint(str(folder))
    name = "embed_token_embedding/.ATTRIBUTES/VARIABLE_VALUE"
    assert np.array_equal(reader.get_tensor(name), several.embed.tokens.embeddings.numpy())


def test_training_is_the_same_to_the_last_bit(tmp_path: Path) -> None:
    def trained(callbacks: list[keras.callbacks.Callback]) -> list[np.ndarray[Any, Any]]:
        keras.utils.clear_session(free_memory=False)
        keras.utils.set_random_seed(3)
        ids = layers.Input((4,), batch_size=1)
        x = layers.Embedding(8, 3, name="words")(ids)
        x = layers.BatchNormalization()(layers.Dropout(0.3)(x))
        x = layers.SimpleRNN(4, stateful=True, dropout=0.2, name="rnn")(layers.GaussianNoise(0.1, seed=None)(x))
        model = keras.Model(ids, layers.Dense(1)(x))
        model.compile("adam", "mse", run_eagerly=True)
        history = model.fit(IDS, TARGETS, batch_size=1, epochs=3, verbose=0, callbacks=callbacks).history
        state = [variable.numpy() for variable in (*model.variables, *model.optimizer.variables)]
        return [*state, np.array(history["loss"]), np.random.random(2), np.array(keras.random.normal((2,)))]

    class Disturbing(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            keras.random.normal((1,))

    def same(one: list[np.ndarray[Any, Any]], other: list[np.ndarray[Any, Any]]) -> bool:
        return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))

    alone = trained([])
    outputs = {"rnn": (IDS[:1], ["a"])}
    assert same(
        alone,
        trained([EmbeddingLogger(tmp_path, schedule=1, outputs=outputs, projector=ProjectorOptions(most_snapshots=3))]),
    )
    assert len(list(seqviz.read(tmp_path))) > 6
    assert not same(alone, trained([Disturbing()]))


# -------------------------------------------------------------------------------------------------------------- bad input

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "layers": ({"layers": 3}, r"The layers are 3; expected patterns of paths such as \['encoder/\*'\]"),
    "labels": ({"labels": 3}, "labels= is an int; expected a list or a dict of tokens, a text file"),
    "label": (
        {"labels": ["a", 3]},
        "labels= is a list that holds 3; expected tokens as texts, in the order of their ids",
    ),
    "mapping": ({"labels": {1: "a", 2: 3}}, "labels= is a dict of 2 entries, 1 of which are not a token with an id"),
    "missing file": ({"labels": "nowhere.tsv"}, "the file 'nowhere.tsv', which cannot be read"),
    "skip_rows of no kind": ({"skip_rows": 1.5}, "skip_rows is 1.5; expected numbers of rows or labels"),
    "skip_rows": ({"skip_rows": [-1]}, r"skip_rows holds -1; expected numbers of rows or labels"),
    "sprites": ({"sprites": np.zeros((3, 4))}, r"The sprites are an array of shape \[3, 4\]"),
    "outputs": (
        {"outputs": {"dense": IDS}},
        r"The outputs of layer 'dense' are given ndarray; expected \(inputs, labels\)",
    ),
    "ragged inputs": (
        {"outputs": {"dense": ([[1], [1, 2]], ["a", "b"])}},
        r"'dense' cannot be made arrays \('tokens': .*\); expected rows of one length",
    ),
    "a generator": (
        {"outputs": {"dense": ((row for row in IDS), ["a"])}},
        "'dense' are a dataset; expected one batch of it",
    ),
    "no examples": (
        {"outputs": {"dense": ([], [])}},
        "'dense' are a list, .., which holds nothing; expected at least one",
    ),
    "most_snapshots": ({"most_snapshots": 1}, "most_snapshots=1; expected a whole number of at least 2"),
    "format": ({"format": "csv"}, "The format is 'csv'; expected one of 'bytes', 'tsv', 'checkpoint'"),
    "name": ({"name": "../other"}, "The name is '../other'; expected one that can be a folder's"),
    "schedule": ({"schedule": "daily"}, "The schedule is 'daily'"),
}


def test_a_dataset_is_refused(tmp_path: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    with pytest.raises(ValueError, match="'dense' are a dataset; expected one batch of it"):
        EmbeddingLogger(tmp_path, outputs={"dense": (tf.data.Dataset.from_tensors(IDS), ["a"])})


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_fail_at_once(case: str, tmp_path: Path) -> None:
    arguments, sentence = WRONG[case]
    with pytest.raises(ValueError, match=sentence):
        EmbeddingLogger(tmp_path, **arguments)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("word\tcount\nthe\t3\ncat", r"labels= is the file .*, whose line 3 has 1 columns; expected 2"),
        ("word\tword\nthe\t3", "'word', 'word'; expected each once"),
        ("the\t3\ncat\t2", "whose first line has '3' for a heading; expected headings such as 'word' and 'frequency'"),
        ("the\ncat\t3", "whose line 2 has several columns and the first line one"),
    ],
)
def test_wrong_files_are_told(lines: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text(lines)
    with pytest.raises(ValueError, match=sentence):
        EmbeddingLogger(tmp_path, labels=path)


def test_a_model_without_any_embedding_is_told_and_trained(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((4,)), layers.Dense(1, name="embedding_like")], name="bare")
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="No embedding was found") as caught:
        history = model.fit(IDS, TARGETS, epochs=2, verbose=0, callbacks=[EmbeddingLogger(tmp_path)]).history
    (said,) = [str(warning.message) for warning in caught if "Embedding" in str(warning.message)]
    assert "training goes on: No embedding was found in the model 'bare'" in said
    assert said.endswith("outputs={'dense': (inputs, labels)}.")
    assert len(history["loss"]) == 2
    assert not any(tmp_path.iterdir())


def test_a_full_disk_is_told_and_training_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(snapshots, "write_snapshot", full)
    with pytest.warns(UserWarning, match="training goes on: No space left on device"):
        train(classifier(), 3, EmbeddingLogger(tmp_path))
    assert [record.step for record in seqviz.read(tmp_path)] == [0, 1, 2]


def test_nothing_is_said_where_nothing_is_wrong(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings(
            "ignore", "__array__ implementation doesn't accept a copy", DeprecationWarning
        )  # Keras' own
        classifier().fit(IDS, TARGETS, verbose=0, callbacks=[EmbeddingLogger(tmp_path, labels=WORDS)])


def test_old_names_work_with_a_warning(tmp_path: Path) -> None:
    with pytest.warns(FutureWarning) as told:
        logger = EmbeddingLogger(tmp_path, most_snapshots=4, format="tsv")  # type: ignore[call-arg]
    assert [str(each.message) for each in told] == [
        "EmbeddingLogger takes most_snapshots=, format= by another name now: projector=ProjectorOptions(most_snapshots=..., "
        "format=...). The old names work in this version for the last time."
    ]
    train(classifier(), 1, logger)
    assert (tmp_path / "seqviz" / "embeddings" / "step-000000" / "vectors_0.tsv").is_file()
