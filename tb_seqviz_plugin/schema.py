"""The wire format: what a record holds, how it is named, and how its bytes are laid out.

This is the only definition. `frame.py` turns these headers and arrays into bytes, the browser's types
(`frontend/src/wire/schema.gen.ts`) are generated from this file, and golden bytes are decoded by both languages.

One **record** belongs to one (run, tag, step). It is stored as one summary value of data class BLOB_SEQUENCE, a rank-1
string tensor of **blobs**. A blob is a gzip-compressed **frame**; a frame is a safetensors file:

    u64 little endian: length of the JSON header | JSON header | array bytes, little endian

Blob 0 is the record's *header frame*: no arrays, and the JSON of a header dataclass of this module as text under
`__metadata__.seqviz`. The blobs after it hold the arrays.

An **attention** record holds, for layer `i` of `AttentionHeader.layers`, in the blobs that `parts` names:

    {i}.weights  uint8   [heads, queries, keys]  round(255 * sqrt(w / scale)); decoded: scale * (q / 255) ** 2
    {i}.scale    float32 [heads, queries]        the largest weight of the row, rounded up by at most 0.05 %
    {i}.invalid  uint8   [heads, queries, keys]  only where some weight was not finite: 0 finite, 1 NaN, 2 infinite

and in blob `AttentionHeader.overview`, for each layer whose `thumbnail` is true:

    {i}.thumbnail uint8  [heads, rows, columns]  weights, max-pooled, 255 * sqrt(w) in 16 levels, on one scale for all

A **samples** record holds what a model wrote at one step: all prompts, temperatures and repeats. Its tokens lie in the blobs that
`SampleHeader` names, those of several samples one after the other:

    token        uint    [tokens]        place in `SamplesHeader.vocabulary`
    length       uint    [tokens]        code points of the text that the token adds; of several that make one, the last adds it
    probability  uint8   [2, tokens]     high and low bytes of round(-1024 log2 p); 65534 stands for 0, 65535 for NaN
    rank         uint    [tokens]        place among all tokens by probability, from 1; 0 where it is not known

in blobs of their own the alternatives at each place, by falling probability:

    token        uint    [tokens, alternatives]
    probability  uint8   [2, tokens, alternatives]

and in one blob per beam search its tree, every node after its parent:

    parent       int32   [nodes]         -1: follows the prompt
    token        uint    [nodes]
    probability  uint8   [2, nodes]      of the token after those before it
    score        float32 [nodes]         what hypotheses were compared by
    best         uint8   [nodes]         1 on the hypothesis chosen
    end          uint8   [nodes]         1 where a hypothesis ends

"uint" is the narrowest unsigned integer that holds the values.

An **embeddings** record holds the vectors of one layer at one step, `EmbeddingsHeader.rows_per_blob` of them in each blob:

    vectors      float32 [rows, dimensions]

A **structure** record holds the layers of a model and what flows between them: blob 0 alone, `StructureHeader`. There is one per
run, and another only where the structure changed.

A **statistics** record holds one step of the numbers that tell whether a model trains well, on one probe batch: blob 0,
`StatisticsHeader`, and where layers are recurrent a blob with, for place `i` of `StatisticsSetup.layers`:

    {i}.gradient_over_time  float32 [time]     norm of d loss / d state after each time step, over the examples and units

Beside a record stand small series of data class TENSOR, so that all steps of one cost one read:

    measures/<tag>  float32 [rows, measures]   per head of all layers, in order, `MEASURES`; per sample `SAMPLE_MEASURES`;
                                               of embeddings one row, `EMBEDDING_MEASURES`;
                                               of statistics one row per layer, `STATISTICS`
    texts/<tag>     string  [1]                of samples: a frame without arrays, `TextsHeader`
    setup/<tag>     string  [1]                of samples: a frame without arrays, `SamplesSetup`, first in each file and when it
                                               changes; it holds for what comes after it. Of embeddings: a frame with
                                               `EmbeddingsSetup` and `row`, uint [rows], each vector's place in the table.
                                               Of statistics: a frame without arrays, `StatisticsSetup`
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

PLUGIN_NAME = "seqviz"
SCHEMA_VERSION = 1

Kind = Literal["attention", "samples", "embeddings", "structure", "statistics"]
Role = Literal["encoder self", "decoder self", "cross", "other"]
KINDS: tuple[str, ...] = get_args(Kind)
ROLES: tuple[str, ...] = get_args(Role)
LayerRole = Literal["encoder", "decoder", "attention", "embedding", "output", ""]
EdgeKind = Literal["data", "state", "mask"]

MEASURES = ("entropy", "peak", "distance", "first")
"""One number per head and step, each the mean over the queries and between 0 and 1.

entropy: of a row, divided by log(keys); 0 looks at one key, 1 at all alike.
peak: the largest weight of a row.
distance: how far the row looks from the diagonal, sum_k w |q / (queries - 1) - k / (keys - 1)|.
first: the weight on the first key (where heads without work put it).
"""

SAMPLE_MEASURES = (
    "log_probability",
    "perplexity",
    "length",
    "distinct_1",
    "distinct_2",
    "distinct_3",
    "longest_repeat",
    "repetitive",
    "copied",
    "exact_match",
    "edit_distance",
    "chrf",
    "bleu",
)
"""One number per sample and step, NaN where there is nothing to measure; `text_measures.py` defines them."""

EMBEDDING_MEASURES = ("norm", "movement", "churn", "similarity", "dimensions")
"""Five numbers per record, NaN where there is nothing to measure; `embedding_measures.py` defines them."""

STATISTICS = (
    "parameter_norm",
    "parameter_mean",
    "parameter_deviation",
    "parameter_zeros",
    "parameter_not_finite",
    "update_ratio",
    "gradient_norm",
    "gradient_mean",
    "gradient_deviation",
    "gradient_zeros",
    "gradient_not_finite",
    "activation_norm",
    "activation_mean",
    "activation_deviation",
    "activation_zeros",
    "activation_not_finite",
    "activation_saturated",
)
"""One number per layer and step, those of the layers in it included; NaN where there is nothing to measure.

parameter: of its trainable and other weights. gradient: of the loss on the probe batch by its trainable weights. activation: of
what it returned first for the probe batch, in all calls. Of each, over the finite numbers:
norm: the root of the sum of squares.
mean, deviation: the mean and the standard deviation (divided by n).
zeros: the share that is exactly 0.
not_finite: the share of all numbers that is NaN or infinite.
update_ratio: norm of what training changed in its trainable weights, over their norm before; `StatisticsHeader.update_steps`.
activation_saturated: the share of a bounded activation in the outer tenths of its range (sigmoid below 0.1 or above 0.9, tanh below
    -0.8 or above 0.8; Karpathy, Johnson, Fei-Fei, "Visualizing and Understanding Recurrent Networks", 2015, section 4.2), for LSTM
    and GRU of their gates.
"""

Beside = Literal["measures", "texts", "setup"]
BESIDE: tuple[str, ...] = get_args(Beside)
"""Kinds of the series beside a record; the tag is `<beside>/<tag of the record>`."""
HEADER_KEY = "seqviz"

WEIGHT_LEVELS = 255
THUMBNAIL_FROM = 64
"""A layer with more queries or keys than this gets a thumbnail; smaller ones are drawn whole."""
THUMBNAIL_SIDE = 28
"""The most rows and columns of a thumbnail."""


@dataclass(frozen=True)
class Part:
    """A stretch of a layer's heads that lies in one blob.

    Args:
        blob: index of the blob in the record.
        first_head: the first head in it.
        heads: how many heads from there.
    """

    blob: int
    first_head: int
    heads: int


@dataclass(frozen=True)
class LayerHeader:
    """One attention layer as one forward pass used it.

    A layer that a decoder calls once per step with one query each is kept as one matrix: `calls` then has one
    entry per query, in order. Otherwise each call is a layer of its own, told apart by `call`.

    Args:
        path: names of the nested layers, joined by "/", such as "decoder/attention".
        call: which call of this layer it is, from 0; of a stack, the first.
        calls: place of each call among all attention calls of the forward pass.
        role: what it connects, or "other" where that is unknown.
        class_name: the layer's class, "" if there is none.
        heads: number of heads.
        queries: number of queries, that is rows.
        keys: number of keys, that is columns.
        query_axis: name in `AttentionHeader.axes` of the tokens along the queries, "" for bare positions.
        key_axis: the same along the keys.
        parts: where the weights are, by rising `first_head`.
        thumbnail: whether the overview blob holds a thumbnail.
        notes: what a reader should know about these weights, as sentences.
    """

    path: str
    call: int
    calls: list[int]
    role: Role
    class_name: str
    heads: int
    queries: int
    keys: int
    query_axis: str
    key_axis: str
    parts: list[Part]
    thumbnail: bool
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class AttentionHeader:
    """Blob 0 of an attention record.

    Args:
        version: `SCHEMA_VERSION` of the writer.
        kind: "attention".
        title: the example in words, such as its source text; may be "".
        record: how many records this tag has had so far, this one counted.
        layers: the layers, in the order of their first call.
        axes: tokens by axis name, such as {"source": [...], "target": [...]}.
        overview: index of the blob with the thumbnails, -1 where there are none.
        notes: what a reader should know about this record, as sentences.
    """

    version: int
    kind: Literal["attention"]
    title: str
    record: int
    layers: list[LayerHeader]
    axes: dict[str, list[str]]
    overview: int
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SampleKey:
    """Which sample it is.

    Args:
        prompt: place in `SamplesSetup.prompts`.
        temperature: what the scores were divided by; 0 always takes the most probable token.
        repeat: which of the samples of this prompt and temperature it is, from 0.
        beams: width of the beam search, 0 where tokens were drawn one by one.
    """

    prompt: int
    temperature: float
    repeat: int
    beams: int


@dataclass(frozen=True)
class SamplesSetup:
    """What stays the same from record to record, stored once.

    Args:
        version: `SCHEMA_VERSION` of the writer.
        prompts: what the samples continue, or are made from.
        references: what was expected of each prompt; empty where nothing was.
        samples: the samples of each record, in order.
    """

    version: int
    prompts: list[str]
    references: list[str]
    samples: list[SampleKey]


@dataclass(frozen=True)
class TextsHeader:
    """The texts of one record.

    Args:
        version: `SCHEMA_VERSION` of the writer.
        texts: what was generated, without the prompt, in the order of `SamplesSetup.samples`.
    """

    version: int
    texts: list[str]


@dataclass(frozen=True)
class SampleHeader:
    """Where the tokens of one sample lie.

    Args:
        tokens: how many there are, 0 where only the text is known.
        first: place of the first in the arrays of its blobs.
        blob: index of the blob with its tokens, -1 for none.
        alternatives: index of the blob with their alternatives, -1 for none.
        tree: index of the blob with the tree of its beam search, -1 for none.
        attention: name of the attention record of this sample, "" for none.
        first_query: which query of that attention chose the first token.
        notes: what a reader should know about this sample, as sentences.
    """

    tokens: int
    first: int
    blob: int
    alternatives: int
    tree: int
    attention: str
    first_query: int
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SamplesHeader:
    """Blob 0 of a samples record.

    Args:
        version: `SCHEMA_VERSION` of the writer.
        kind: "samples".
        record: how many records this tag has had so far, this one counted.
        samples: the samples, in the order of `SamplesSetup.samples`.
        vocabulary: every token of the record once, as text.
        notes: what a reader should know about this record, as sentences.
    """

    version: int
    kind: Literal["samples"]
    record: int
    samples: list[SampleHeader]
    vocabulary: list[str]
    notes: list[str] = field(default_factory=list)


FREQUENCY_COLUMNS = ("frequency", "frequencies", "freq", "count", "counts")
"""Names, in any case, of the column of an `EmbeddingsSetup` that says how often each word occurs."""


@dataclass(frozen=True)
class EmbeddingsSetup:
    """What stays the same from record to record, stored once.

    Args:
        version: `SCHEMA_VERSION` of the writer.
        table_rows: how many vectors the layer has, those that are not logged counted.
        labels: what each logged vector stands for.
        columns: what else is known of each, by name, such as {"frequency": ["1061", "93"]}.
    """

    version: int
    table_rows: int
    labels: list[str]
    columns: dict[str, list[str]]


@dataclass(frozen=True)
class EmbeddingsHeader:
    """Blob 0 of an embeddings record.

    Args:
        version: `SCHEMA_VERSION` of the writer.
        kind: "embeddings".
        record: how many records this tag has had so far, this one counted.
        layer: names of the nested layers, joined by "/", such as "encoder/token_embedding".
        rows: how many vectors there are.
        dimensions: the numbers in each.
        rows_per_blob: blob b, from 1, holds the vectors from `(b - 1) * rows_per_blob` on, so many or what is left.
        notes: what a reader should know about this record, as sentences.
    """

    version: int
    kind: Literal["embeddings"]
    record: int
    layer: str
    rows: int
    dimensions: int
    rows_per_blob: int
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class StructureTensor:
    """A tensor that goes into a layer or comes out of it.

    Args:
        name: name of the argument, such as "sequences" or "inputs/0"; of what comes out "" or its place, such as "1".
        shape: its sizes, -1 where one is unknown or differs from call to call.
        axes: what each axis is: "batch", "time", "features", "heads", "vocabulary", "queries", "keys", "height", "width",
            "channels", "units", "" where that is unknown.
        dtype: such as "float32".
    """

    name: str
    shape: list[int]
    axes: list[str]
    dtype: str


@dataclass(frozen=True)
class StructureNode:
    """A layer at one place of the model, with all its calls there.

    Args:
        path: names of the nested layers below the model, joined by "/", such as "decoder/gru", each once in a record; of the model
            itself its name. A slash in a layer's name becomes "∕" (U+2215).
        class_name: class of the layer.
        parent: path of the layer whose call calls it; "" of the model itself.
        parameters: numbers in its own weights, each weight counted at one node only, so that all nodes sum to `count_params()`.
        total: numbers in the weights of the layer and of all in it, shared ones included.
        trainable: those of `total` that are trained.
        inputs: what goes in at the first call.
        outputs: what comes out at the first call.
        dtype: what it computes in, such as "float32" or "mixed_float16".
        role: what it is in the model, "" for none of these.
        calls: how often one forward pass calls it, a loop's every turn counted; 0 not at all, -1 unknown.
        shared_with: path of the first use of the same weights, "" where this is the first or only one.
        repeats: the same for siblings that are built alike and follow each other, such as the blocks of a Transformer; "" for
            others.
        attention: path of the layer in attention records, "" where none is captured.
        config: what it was made with, in short.
        notes: what a reader should know about this layer, as sentences.
    """

    path: str
    class_name: str
    parent: str
    parameters: int
    total: int
    trainable: int
    inputs: list[StructureTensor]
    outputs: list[StructureTensor]
    dtype: str
    role: LayerRole
    calls: int
    shared_with: str
    repeats: str
    attention: str
    config: dict[str, str]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class StructureEdge:
    """A tensor that one innermost layer computes from what another returned.

    What a layer with others in it returns comes from those in it alone, even where it adds its own input to that: whoever takes it
    has no edges from before that layer.

    On its way the tensor leaves the groups around its source that are not around its target, and enters those around its target
    that are not around its source. What it is at their borders may differ: a recurrent layer takes a sequence and its cell one step
    of it. A drawing in which some groups are closed has a line show what leaves the box that it starts at: `tensor` if that is the
    source itself, else what leaves that group. A line that starts at the border of an open group and leads to a box in it shows
    what enters that group. Tensors of one number are one, however many edges carry it.

    Args:
        source: path of the node it comes from, or "inputs/<name>".
        target: path of the node it goes to, or "outputs/<number>".
        tensor: what the source returned, an index into `StructureHeader.tensors`.
        leaves: of each group that it leaves, the innermost first, what that group returned, an index as of `tensor`; -1 unknown.
        enters: of each group that it enters, the innermost first, what that group was given, an index as of `tensor`; -1 unknown.
        label: name of the argument that it arrives as, such as "sequences", "initial_state" or "mask"; "" at an output; "weights"
            if these are weights of the source, not what that returned: another layer or the model read them for what arrives.
        operations: what is computed on the way outside of any layer, such as "Add, Relu"; "" for nothing.
        kind: "state" of a recurrent layer, "mask", or "data".
    """

    source: str
    target: str
    tensor: int
    leaves: list[int]
    enters: list[int]
    label: str
    operations: str
    kind: EdgeKind


@dataclass(frozen=True)
class StructureHeader:
    """Blob 0 of a structure record.

    Args:
        version: `SCHEMA_VERSION` of the writer.
        kind: "structure".
        record: how many records this tag has had so far, this one counted.
        name: name of the model.
        nodes: the model first, each node after its parent, siblings in the order of their first call.
        tensors: what flows, each tensor once.
        edges: in the order in which they are computed.
        notes: what a reader should know about this record, as sentences, such as what could not be traced.
    """

    version: int
    kind: Literal["structure"]
    record: int
    name: str
    nodes: list[StructureNode]
    tensors: list[StructureTensor]
    edges: list[StructureEdge]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class StatisticsSetup:
    """What stays the same from record to record, stored once.

    Args:
        version: `SCHEMA_VERSION` of the writer.
        layers: paths of the rows, those of `StructureHeader.nodes`.
    """

    version: int
    layers: list[str]


@dataclass(frozen=True)
class StatisticsHeader:
    """Blob 0 of a statistics record.

    Args:
        version: `SCHEMA_VERSION` of the writer.
        kind: "statistics".
        record: how many records this tag has had so far, this one counted.
        examples: how many examples the probe batch has, 0 for none.
        update_steps: how many training steps `update_ratio` spans, 0 where that is unknown.
        recurrent: places in `StatisticsSetup.layers` of those with `gradient_over_time`.
        over_time: index of the blob with these, -1 for none.
        notes: what a reader should know about this record, as sentences.
    """

    version: int
    kind: Literal["statistics"]
    record: int
    examples: int
    update_steps: int
    recurrent: list[int]
    over_time: int
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SeriesInfo:
    """One tag of one run, as route `series` lists it.

    Args:
        run: the run's name in TensorBoard.
        tag: the tag, `<kind>/<name>`.
        kind: what its records are.
        name: the tag without its kind.
        last_step: the newest step.
        last_wall_time: when it was written, in seconds since 1970.
    """

    run: str
    tag: str
    kind: str
    name: str
    last_step: int
    last_wall_time: float


@dataclass(frozen=True)
class SeriesList:
    """Answer of route `series`.

    Args:
        version: `SCHEMA_VERSION` of the server.
        series: every readable tag, by run and tag.
        newer: run and tag of those written by a newer version, as "run · tag"; they are not in `series`.
    """

    version: int
    series: list[SeriesInfo]
    newer: list[str]


@dataclass(frozen=True)
class StepList:
    """Answer of route `steps`.

    Args:
        steps: the steps that TensorBoard holds, rising.
        wall_times: when each was written, in seconds since 1970.
        blobs: the number of blobs of each.
    """

    steps: list[int]
    wall_times: list[float]
    blobs: list[int]


@dataclass(frozen=True)
class EmbeddingWords:
    """What route `labels` says of the vectors of a layer.

    Args:
        layer: names of the nested layers, joined by "/".
        since: the first step with these labels; those before are left out of all answers.
        rows: how many vectors there are.
        dimensions: the numbers in each, at the newest step.
        frequency: name of the column that says how often each occurs, "" where there is none.
        setup: what each stands for.
        notes: what a reader should know about the newest record, as sentences.
    """

    layer: str
    since: int
    rows: int
    dimensions: int
    frequency: str
    setup: EmbeddingsSetup
    notes: list[str]


@dataclass(frozen=True)
class EmbeddingMapHeader:
    """What route `map` says of its points.

    Args:
        fitted: the map is made from so many vectors, the first ones.
        shares: how much of their variance each axis holds, from 0 to 1.
    """

    fitted: int
    shares: list[float]


@dataclass(frozen=True)
class Failure:
    """Body of every answer that is not a success.

    Args:
        error: one sentence: what was received, what was expected, what to do.
    """

    error: str


def make_tag(kind: Kind, name: str) -> str:
    """Returns the tag of a record.

    Args:
        kind: what the record is.
        name: the probe example, such as "probe/0"; it may hold slashes.

    Returns:
        `<kind>/<name>`.

    Raises:
        ValueError: if the name is empty or has characters that break a line.

    >>> make_tag("attention", "probe/0")
    'attention/probe/0'
    """
    if not isinstance(name, str) or not name or name != name.strip() or not name.isprintable():
        raise ValueError(
            f"The name of a record is {name!r}; expected printable text without space at its ends. "
            "Pass a short name such as 'example'."
        )
    return f"{kind}/{name}"


def parse_tag(tag: str) -> tuple[str, str]:
    """Splits a tag into kind and name; the reverse of `make_tag`.

    >>> parse_tag("attention/probe/0")
    ('attention', 'probe/0')
    """
    kind, _, name = tag.partition("/")
    return kind, name
