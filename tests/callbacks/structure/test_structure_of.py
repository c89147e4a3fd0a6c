"""The structure of models of every form equals what is written by hand, and its totals are those of Keras."""

from __future__ import annotations

import sys
from typing import Any

import keras
import numpy as np
import pytest
from helpers.backends import ATTENTION_CALLS_A_SOFTMAX, needs_keras
from helpers.cases import others_long
from helpers.structure_zoo import MODELS, Calling, Expected, Seq2Seq
from keras import layers

from tb_seqviz_plugin.callbacks.embeddings.tables import find_tables
from tb_seqviz_plugin.callbacks.errors import ModelCallError
from tb_seqviz_plugin.callbacks.structure.structure_of import structure_of
from tb_seqviz_plugin.records.structure.record import Edge, Node, Structure


def said_of_node(node: Node) -> str:
    calls = f" {node.calls} times" if node.calls != 1 else ""
    shared = f" shared with {node.shared_with}" if node.shared_with else ""
    return f"{node.path} {node.class_name} {node.parameters}{calls}{shared}"


def said_of_edge(edge: Edge) -> str:
    kind = "" if edge.kind == "data" else f" ({edge.kind})"
    return f"{edge.source} -> {edge.target} {edge.label}".rstrip() + kind


def assert_sound(structure: Structure, model: keras.Model) -> None:
    """Checks what holds for any structure: totals, and that every layer has its place."""
    assert sum(node.parameters for node in structure.nodes) == sum(int(np.prod(w.shape)) for w in model.weights)
    if model.built:
        assert structure.nodes[0].total == model.count_params()
    trainable = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert structure.nodes[0].trainable == trainable
    by_path = {node.path: node for node in structure.nodes}
    for node in structure.nodes[1:]:
        assert node.parent in by_path
        assert node.total >= node.parameters


@pytest.mark.parametrize("name", MODELS)
def test_structure_is_that_written_by_hand(name: str) -> None:
    expected: Expected = MODELS[name]()
    structure = structure_of(expected.model, expected.inputs).structure
    assert [said_of_node(node) for node in structure.nodes] == expected.nodes
    assert sorted(map(said_of_edge, structure.edges)) == sorted(expected.edges)
    shapes = {node.path: tuple(node.outputs[0]) for node in structure.nodes if node.path in expected.outputs}
    assert shapes == expected.outputs
    assert any(expected.notes in note for note in structure.notes) if expected.notes else not structure.notes
    assert_sound(structure, expected.model)


def test_roles_axes_and_repeats() -> None:
    class Block(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.attention = layers.MultiHeadAttention(2, 3, name="attention")
            self.norm = layers.LayerNormalization(name="norm")

        def call(self, x: Any) -> Any:
            return self.norm(x + self.attention(x, x))

    def call(self: Any, x: Any) -> Any:
        hidden = self.words(x)
        for block in self.blocks:
            hidden = block(hidden)
        return self.head(hidden)

    model = Calling(call, words=layers.Embedding(50, 4, name="words"), blocks=[Block() for _ in range(3)],
                    head=layers.Dense(50, name="head"))  # fmt: skip
    structure = structure_of(model, (None, 6)).structure
    nodes = {node.path: node for node in structure.nodes}
    roles = {path: node.role for path, node in nodes.items() if node.role and "/" not in path}
    assert roles == {"words": "embedding", "head": "output"}
    assert nodes["block/attention"].role == "attention"
    assert nodes["block/attention/query"].outputs[0].axes == ("batch", "time", "heads", "features")
    assert nodes["words"].inputs[0].axes == ("batch", "time")
    assert nodes["head"].outputs[0].axes == ("batch", "time", "vocabulary")
    repeated = {path: node.repeats for path, node in nodes.items() if node.repeats}
    assert repeated == dict.fromkeys(["block", "block_1", "block_2"], "Block 1")
    (added,) = {edge.operations for edge in structure.edges if edge.target == "block/norm" and edge.source == "words"}
    assert added == "Add"


def test_the_role_output_is_where_weights_of_another_layer_project() -> None:
    class RotaryEmbedding(layers.Identity):
        """Has no words."""

    def call(self: Any, x: Any) -> Any:
        return keras.ops.matmul(self.head(self.rotary(self.words(x))), keras.ops.transpose(self.words.embeddings))

    tied = MODELS["tied_by_raw_weights"]().model
    alone = Calling(call, words=layers.Embedding(9, 4, name="words"), rotary=RotaryEmbedding(name="rotary"),
                    head=layers.Dense(4, name="head"))  # fmt: skip
    for model, expected in ((tied, {"words": "embedding", "top": "output", "single": "output"}),
                            (alone, {"words": "embedding"})):  # fmt: skip
        structure = structure_of(model, np.ones((2, 3), "int32")).structure
        assert {node.path: node.role for node in structure.nodes if node.role} == expected
    (read,) = (edge for edge in structure.edges if edge.label == "weights")
    assert (tuple(read.shape), read.operations) == ((9, 4), "Transpose, MatMul")


class PreNorm(layers.Layer):
    """A block of a Transformer with two residual connections."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = layers.LayerNormalization(name="norm")
        self.attention = layers.MultiHeadAttention(2, 4, name="attention")
        self.feed = keras.Sequential([layers.Dense(9), layers.Dense(8)], name="feed")

    def call(self, x: Any) -> Any:
        normed = self.norm(x)
        x = x + self.attention(normed, normed)
        return x + self.feed(x)


@needs_keras(*ATTENTION_CALLS_A_SOFTMAX)
def test_a_block_leads_on_to_the_next_one_only() -> None:
    def call(self: Any, x: Any) -> Any:
        for block in self.blocks:
            x = block(x)
        return self.head(x)

    def traced(count: int) -> Structure:
        model = Calling(call, blocks=[PreNorm() for _ in range(count)], head=layers.Dense(3, name="head"))
        return structure_of(model, (None, 7, 8)).structure

    three, five = traced(3), traced(5)
    assert (
        len(five.edges) - len(three.edges) == 2 * 12
    )  # of which 4 come in, from what two layers of the block before add up
    across = {(edge.source.partition("/")[0], edge.target.partition("/")[0]): edge for edge in three.edges}
    assert {ends for ends in across if ends[0] != ends[1]} == {
        ("inputs", "pre_norm"),
        ("pre_norm", "pre_norm_1"),
        ("pre_norm_1", "pre_norm_2"),
        ("pre_norm_2", "head"),
        ("head", "outputs"),
    }
    assert {edge.repeats for edge in three.nodes if edge.class_name == "PreNorm"} == {"PreNorm 1"}
    # All that goes on from a block is the one tensor that it returns, and the next one is given.
    between = [edge for edge in three.edges if (edge.source[:9], edge.target[:11]) == ("pre_norm/", "pre_norm_1/")]
    assert len(between) == 4
    (returned,) = {edge.leaves[-1] for edge in between}
    assert {edge.enters[-1] for edge in between} == {returned}
    assert three.tensors[returned] == (None, 7, 8)


def _repeats(structure: Structure) -> dict[str, str]:
    return {node.path: node.repeats for node in structure.nodes if node.repeats}


def test_only_what_is_built_alike_and_follows_directly_is_repeated() -> None:
    def chain(*parts: layers.Layer) -> dict[str, str]:
        return _repeats(
            structure_of(keras.Sequential([layers.Input((6, 4)), *parts, layers.Dense(2, name="end")])).structure
        )

    assert chain(layers.Dense(4, name="dense_1"), layers.Dense(4, name="dense_2")) == {
        "dense_1": "Dense 1",
        "dense_2": "Dense 1",
    }
    assert not chain(layers.Dense(4, name="hidden"), layers.Dense(4, name="gate"))
    assert not chain(layers.Dense(4, "relu", name="dense_1"), layers.Dense(4, "tanh", name="dense_2"))
    assert not chain(
        *(layers.GRU(4, return_sequences=True, go_backwards=back, name=f"gru_{back:d}") for back in (0, 1))
    )

    def call(self: Any, x: Any) -> Any:
        first = self.blocks[0](x)
        return self.blocks[1](first + self.between(first))

    between = keras.Sequential([layers.Dense(8)], name="between")
    assert not _repeats(
        structure_of(Calling(call, blocks=[PreNorm(), PreNorm()], between=between), (None, 7, 8)).structure
    )


def borders_of(edge: Edge, structure: Structure) -> list[tuple[int | None, ...]]:
    return [tuple(structure.tensors[place]) for place in (*reversed(edge.enters), edge.tensor, *edge.leaves)]


def test_at_the_border_of_a_loop_is_the_whole_sequence() -> None:
    for length in (6, None):  # unrolled, and in a graph of its own
        stacked = layers.RNN([layers.LSTMCell(4), layers.GRUCell(5)], return_sequences=True, name="rnn")
        each = layers.TimeDistributed(layers.Dense(2, name="dense"), name="each")
        structure = structure_of(keras.Sequential([layers.Input((length, 3)), stacked, each])).structure
        edges = {edge.target: edge for edge in structure.edges if edge.kind == "data"}
        assert [node.parameters for node in structure.nodes[3:5]] == [128, 165]
        whole = (None, length, 3)
        first, second = (node.path for node in structure.nodes[3:5])
        assert borders_of(edges[first], structure) == [whole, (None, 3), whole]
        assert borders_of(edges[second], structure) == [(None, 4)]
        assert edges["each/dense"].source == second
        assert borders_of(edges["each/dense"], structure) == [
            (None, length, 5),
            (None, 5),
            (None, 5),
            (None, length, 5),
        ]
        assert borders_of(edges["outputs/0"], structure)[1:] == [(None, length, 2)]
        assert [(edge.source, edge.label) for edge in structure.edges if edge.kind == "state"] == [
            (first, "states/0"), (first, "states/1"), (second, "states/0"),
        ]  # fmt: skip


def test_an_edge_has_the_shape_of_what_its_source_returned() -> None:
    def call(self: Any, x: Any) -> Any:
        hidden, state = self.gru(x)
        return self.head(keras.ops.concatenate([hidden, self.attention(hidden, hidden)])), self.tail(state)

    model = Calling(call, gru=layers.GRU(8, return_sequences=True, return_state=True, name="gru"),
                    attention=layers.MultiHeadAttention(2, 4, name="attention"), head=layers.Dense(3, name="head"),
                    tail=layers.Dense(2, name="tail"))  # fmt: skip
    structure = structure_of(model, (None, 6, 4)).structure
    found = {(edge.source, edge.target): (tuple(edge.shape), edge.operations) for edge in structure.edges}
    assert found["gru", "head"] == ((None, 6, 8), "Concat")
    assert found["attention/attention_output", "head"] == ((None, 6, 8), "Concat")
    assert found["gru", "tail"] == ((None, 8), "")


@pytest.mark.parametrize("kind", ["subclassed", "sequential"])
def test_a_mask_comes_from_the_layer_that_makes_it(kind: str) -> None:
    parts = [
        layers.Embedding(20, 8, mask_zero=True, name="words"),
        layers.Dropout(0.1, name="drop"),
        layers.GRU(4, name="gru"),
    ]
    model = keras.Sequential([layers.Input((7,), dtype="int32"), *parts])
    if kind == "subclassed":
        model = Calling(lambda self, x: self.parts[2](self.parts[1](self.parts[0](x))), parts=parts)
    masks = [edge for edge in structure_of(model, (None, 7)).structure.edges if edge.kind == "mask"]
    assert [(edge.source, edge.target, edge.label) for edge in masks] == [("words", "gru", "mask")]
    assert (tuple(masks[0].shape), masks[0].shape.axes) == ((None, 7), ("batch", "time"))


def test_a_mask_that_is_an_input_is_one_wherever_it_goes() -> None:
    words, mask = layers.Input((7, 4), name="words"), layers.Input((7,), dtype="int32", name="padding_mask")
    hidden = words * keras.ops.cast(mask, "float32")[:, :, None]
    structure = structure_of(keras.Model([words, mask], layers.Dense(2, name="head")(hidden))).structure
    kinds = {edge.source: edge.kind for edge in structure.edges if edge.target == "head"}
    assert kinds == {"inputs/words": "data", "inputs/padding_mask": "mask"}


def test_axes_go_along_with_the_tensor() -> None:
    convolution, norm = layers.Conv2D(4, 3, name="convolution"), layers.BatchNormalization(name="norm")
    model = keras.Sequential([layers.Input((8, 8, 3)), convolution, norm, layers.Dense(5, name="head")])
    structure = structure_of(model).structure
    image = ("batch", "height", "width", "channels")
    assert [edge.shape.axes for edge in structure.edges] == [image, image, image, (*image[:3], "features")]
    assert {shape.axes for node in structure.nodes[1:3] for shape in (*node.inputs, *node.outputs)} == {image}


def test_a_slash_that_got_into_a_name_does_no_harm() -> None:
    model = keras.Sequential([layers.Input((3,)), layers.Dense(2, name="head")])
    model.layers[0].name = "to/p"
    structure = structure_of(model).structure
    assert [(node.path, node.parameters) for node in structure.nodes[1:]] == [("to∕p", 8)]
    assert not structure.notes


def test_the_model_says_what_it_takes_once_it_is_built() -> None:
    model = Calling(lambda self, x: self.head(x), head=layers.Dense(2, name="head"))
    with pytest.raises(ModelCallError, match=r"'model' is not built, .*Pass inputs=: a batch"):
        structure_of(model)
    model(np.ones((3, 4), "float32"))
    assert structure_of(model).structure.nodes[1].inputs[0] == (None, 4)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (lambda: 3, "The inputs hold a single value, a int, 3, as 'tokens'; expected an array"),
        (lambda: object(), "expected an array"),
        (lambda: iter(x for x in [1]), "The inputs are a dataset; expected one batch"),
        (lambda: np.array([[1], [1, 2]], dtype=object), "expected an array"),
        (lambda: (), r"The inputs are a tuple, \(\), which holds nothing; expected at least one example"),
        (lambda: [], "which holds nothing"),
        (lambda: {}, "which holds nothing"),
    ],
)
def test_what_is_no_input_is_refused(inputs: Any, message: str) -> None:
    with pytest.raises(ModelCallError, match=message):
        structure_of(Seq2Seq(), inputs())


def test_why_a_pass_ended_is_one_sentence() -> None:
    def call(self: Any, x: Any) -> Any:
        return self.body(x)

    def body(self: Any, x: Any) -> Any:
        raise ValueError("It needs a dict. You can pass one.\nMore.")

    structure = structure_of(Calling(call, body=Calling(body)), (None, 3)).structure
    assert structure.notes[0].startswith("The forward pass ended early (ValueError: It needs a dict), so that")
    assert structure.nodes[1].notes == ("Its call ended with ValueError: It needs a dict",)


@pytest.mark.parametrize("model", [3, keras.layers.Dense, None])
def test_what_is_no_model_is_refused(model: Any) -> None:
    with pytest.raises(ModelCallError, match=r"The model is .*; expected a keras.Model"):
        structure_of(model, (None, 3))


class Optional(keras.Model):
    """A model whose second input may be left out, and whose `build` names both."""

    def __init__(self) -> None:
        super().__init__(name="model")
        self.first, self.second = layers.Dense(2, name="first"), layers.Dense(2, name="second")

    def build(self, x_shape: Any, y_shape: Any = None) -> None:
        self.first.build(x_shape)
        if y_shape is not None:
            self.second.build(y_shape)

    def call(self, x: Any, y: Any = None, training: bool = False) -> Any:
        return self.first(x) if y is None else self.first(x) + self.second(y)


@pytest.mark.parametrize("way", ["shapes", "named shapes", "named", "named with targets", "built"])
def test_optional_arguments_are_given_too(way: str) -> None:
    x, y, model = np.ones((2, 3), "float32"), np.ones((2, 5), "float32"), Optional()
    inputs = {
        "shapes": ((None, 3), (None, 5)),
        "named shapes": {"x": (None, 3), "y": (None, 5)},
        "named": {"x": x, "y": y},
        "named with targets": ({"x": x, "y": y}, y),
        "built": None,
    }[way]
    if way == "built":
        model(x, y)
    traced = structure_of(model, inputs)
    assert {edge.source for edge in traced.structure.edges} == {"inputs/x", "inputs/y", "first", "second"}
    assert (traced.call.targets is not None) == (way == "named with targets")
    assert len(structure_of(model, {"x": x} if way == "named" else (x, y)).structure.edges) == 2


def test_a_batch_with_targets_is_told_from_two_inputs() -> None:
    x, y = np.ones((2, 7), "int32"), np.ones((2, 5), "int32")
    assert structure_of(Seq2Seq(), (x, y)).call.targets is None
    traced = structure_of(Seq2Seq(), ((x, y), y))
    assert traced.call.targets is not None
    assert traced.structure.nodes[0].outputs[0] == (None, 5, 9)
    one_input = keras.Sequential([layers.Embedding(9, 4), layers.Dense(2)])
    assert structure_of(one_input, (x, x)).call.targets is not None


def test_nothing_is_left_behind() -> None:
    model = MODELS["states_between_two_lstms"]().model
    before = [(sorted(vars(layer)), len(layer._inbound_nodes)) for layer in model.layers]
    weights = [weight.numpy() for weight in model.weights]
    structure_of(model)
    assert [(sorted(vars(layer)), len(layer._inbound_nodes)) for layer in model.layers] == before
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(weights, model.weights, strict=True))


def _many(count: int) -> keras.Model:
    def call(self: Any, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    model = Calling(call, parts=[layers.Activation("relu") for _ in range(count)])
    model(np.ones((1, 2), "float32"))
    return model


@pytest.mark.parametrize("count", [30, pytest.param(5_000, marks=pytest.mark.long)])
def test_many_layers_take_work_in_proportion(count: int) -> None:
    small, large = (_calls_for_structure(_many(each), each) for each in (count, 2 * count))
    assert large < 2.2 * small


def _calls_for_structure(model: keras.Model, count: int) -> int:
    """Returns how many functions are called for the structure of a model of `count` layers."""
    calls = 0

    def counted(frame: Any, event: str, arg: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        structure = structure_of(model, (None, 2)).structure
    finally:
        sys.setprofile(None)
    assert len(structure.nodes) == len(structure.edges) == count + 1
    return calls


def _backbones() -> dict[str, Any]:
    small = {"vocabulary_size": 50, "num_layers": 2, "hidden_dim": 8, "intermediate_dim": 16}
    heads = {**small, "num_heads": 2}
    return {
        "Bert": ({**heads, "max_sequence_length": 12}, "transformer_layer_0/self_attention_layer"),
        "GPT2": ({**heads, "max_sequence_length": 12}, "transformer_layer_0/self_attention"),
        "T5": (heads, "transformer_encoder_layer_0/self_attention"),
        "Bart": ({**heads, "max_sequence_length": 12}, "transformer_decoder_layer_1/cross_attention"),
        "Llama": ({**small, "num_query_heads": 4, "num_key_value_heads": 2}, "transformer_layer_0/self_attention"),
        "Whisper": (
            {**heads, "max_encoder_sequence_length": 20, "max_decoder_sequence_length": 12, "num_mels": 8},
            "transformer_decoder_layer_0/cross_attention",
        ),
        "ViT": (
            {
                "image_shape": (16, 16, 3),
                "patch_size": 4,
                "num_layers": 2,
                "num_heads": 2,
                "hidden_dim": 8,
                "mlp_dim": 16,
            },
            "vit_encoder/transformer_block_1/mha",
        ),
    }


@pytest.mark.parametrize("name", others_long(["Bert", "ViT"], _backbones()))
def test_backbones_of_keras_hub(name: str) -> None:
    hub = pytest.importorskip("keras_hub")
    config, attention = _backbones()[name]
    model = getattr(hub.models, f"{name}Backbone")(**config)
    structure = structure_of(model).structure
    assert_sound(structure, model)
    assert not structure.notes
    nodes = {node.path: node for node in structure.nodes}
    assert nodes[attention].role == "attention"
    # Vectors are called by the path of their layer, to which the weight's name comes where that is no embedding.
    assert all({table.path, table.path.rpartition("/")[0]} & set(nodes) for table in find_tables(model))
    # Every layer that `summary()` lists is there, with as many parameters.
    listed = {layer.name: layer.count_params() for layer in model.layers if not isinstance(layer, layers.InputLayer)}
    assert listed == {node.path: node.total for node in structure.nodes if node.parent == model.name}
    # Every innermost layer that is called takes something, and leads on to an output.
    parents = {node.parent for node in structure.nodes}
    reached = {edge.target for edge in structure.edges}
    innermost = {path for path, node in nodes.items() if path not in parents and node.calls > 0}
    assert innermost - reached <= {"vit_patching_and_embedding/position_embedding"}
    onward = {edge.source for edge in structure.edges}
    assert innermost <= onward
    shapes = model.output if isinstance(model.output, dict) else {"0": model.output}
    said = {edge.target: tuple(edge.shape) for edge in structure.edges if edge.target.startswith("outputs/")}
    assert said == {f"outputs/{name}": tuple(tensor.shape) for name, tensor in shapes.items()}
